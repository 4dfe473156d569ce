//! The write fails, is refused, or is rolled back: no audit row of it stays (rule 12).

use model_runtime::audit::{self, AuditContext};
use model_runtime::prelude::*;
use model_runtime::schema;
use tests::recorded::{Article, Booking, create_tables};
use tests::{on_both, raw_sql};

use super::faults::{KINDS, Kind, TABLES};
use super::replay::{assert_agreement, assert_unchanged, snapshot};

/// A shelf, to which volumes refer.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "shelves", app = "library", id = i64, display = name, unchecked)]
#[audited]
struct Shelf {
    /// Its name.
    #[column(unique)]
    name: String,
    /// Where it stands.
    #[column(default)]
    room: String,
}

/// A volume on a shelf.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "volumes", app = "library", display = title, unchecked)]
#[track_changes]
#[audited]
struct Volume {
    /// The title.
    title: String,
    /// How many there are.
    #[column(check = "copies >= 0")]
    copies: i32,
    /// Where it stands.
    #[belongs_to(Shelf, on_delete = protect)]
    shelf_id: i64,
}

const LIBRARY: [&str; 3] = ["shelves", "volumes", "audit_logs"];

/// The write fails as it should, and nothing is there that was not before.
async fn refused<T: std::fmt::Debug>(
    db: &Pool,
    tables: &[&str],
    write: impl Future<Output = Result<T>>,
    is_expected: fn(&Error) -> bool,
) {
    let before = snapshot(db, tables).await;
    let error = write.await.expect_err("the write is refused");
    assert!(is_expected(&error), "{error:?}");
    assert_unchanged(db, tables, &before, &error.to_string()).await;
}

fn is_unique(error: &Error) -> bool {
    matches!(error, Error::Unique { .. })
}

fn is_nul(error: &Error) -> bool {
    let Error::Validation(errors) = error else { return false };
    let says = "contains the character U+0000, which a database cannot store in text";
    !errors.errors().is_empty() && errors.errors().iter().all(|error| error.message == says)
}

fn is_nul_of_title(error: &Error) -> bool {
    is_nul(error) && error.to_string().starts_with("Article is not valid: title contains")
}

fn is_nul_of_account(error: &Error) -> bool {
    is_nul(error) && error.to_string().starts_with("Booking is not valid: account contains")
}

async fn ten_rows(db: &Pool) -> Vec<Article> {
    create_tables(db).await;
    let rows = (0..10).map(|i| Article::builder().title(format!("row {i}")).views(i).build()).collect();
    Article::bulk_create(rows, db).await.expect("the articles are created")
}

fn booking(account: &str) -> Booking {
    Booking::builder().account(account).amount(Decimal::ONE).build()
}

on_both! {
    async fn a_taken_value_leaves_no_audit_row(db) {
        let mut rows = ten_rows(&db).await;
        for account in ["a", "b", "c"] {
            booking(account).insert(&db).await.unwrap();
        }
        refused(&db, &TABLES, booking("a").insert(&db), is_unique).await;
        let many = ["d", "e", "a", "f"].map(booking);
        refused(&db, &TABLES, Booking::bulk_create(many.into(), &db), is_unique).await;
        let mut b = Booking::objects().filter(|b| b.account.eq("b")).fetch_one(&db).await.unwrap();
        b.account = "a".to_owned();
        refused(&db, &TABLES, b.save(&db), is_unique).await;
        refused(&db, &TABLES, Booking::objects().update(|b| b.account.set("x"), &db), is_unique).await;
        rows[1].slug = rows[0].slug.clone();
        let mut second = rows[1].clone();
        refused(&db, &TABLES, second.save(&db), is_unique).await;
        // Restoring into a taken value, one and many.
        rows[0].delete(&db).await.unwrap();
        second.save(&db).await.unwrap();
        rows[3].delete(&db).await.unwrap();
        refused(&db, &TABLES, rows[0].restore(&db), is_unique).await;
        refused(&db, &TABLES, Article::objects().restore_all(&db), is_unique).await;
        assert_agreement(&db).await;
    }

    async fn a_check_and_a_foreign_key_leave_no_audit_row(db) {
        schema::create_tables(&[Shelf::table(), Volume::table(), AuditLog::table()], &db).await.unwrap();
        let shelf = Shelf::builder().name("A").create(&db).await.unwrap();
        let volume = |copies, shelf_id| Volume::builder().title("V").copies(copies).shelf_id(shelf_id).build();
        let mut first = volume(1, shelf.id);
        first.insert(&db).await.unwrap();
        let check = |error: &Error| {
            matches!(error, Error::Validation(_)) && error.to_string().contains("copies is refused by the schema")
        };
        let key = |error: &Error| error.to_string().contains("shelf_id refers to a row that does not exist");
        refused(&db, &LIBRARY, volume(-1, shelf.id).insert(&db), check).await;
        refused(&db, &LIBRARY, volume(1, shelf.id + 1).insert(&db), key).await;
        let many = |copies, shelf_id| vec![volume(1, shelf.id), volume(copies, shelf_id), volume(2, shelf.id)];
        refused(&db, &LIBRARY, Volume::bulk_create(many(-1, shelf.id), &db), check).await;
        refused(&db, &LIBRARY, Volume::bulk_create(many(1, shelf.id + 1), &db), key).await;
        let mut changed = first.clone();
        changed.copies = -1;
        refused(&db, &LIBRARY, changed.save(&db), check).await;
        changed.copies = 3;
        changed.shelf_id += 1;
        refused(&db, &LIBRARY, changed.save(&db), key).await;
        refused(&db, &LIBRARY, Volume::objects().update(|v| v.copies.set(-2), &db), check).await;
        refused(&db, &LIBRARY, Volume::objects().update(|v| v.shelf_id.set(99), &db), key).await;
        let protected = |error: &Error| matches!(error, Error::Protected { .. });
        refused(&db, &LIBRARY, shelf.hard_delete(&db), protected).await;
        refused(&db, &LIBRARY, Shelf::objects().delete(&db), protected).await;
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 2);
        assert_eq!(raw_sql::value::<String>(&db, "SELECT CAST(change_log AS TEXT) FROM volumes").await, "{}");
    }

    async fn what_the_caller_rolls_back_leaves_no_audit_row(db) {
        let rows = ten_rows(&db).await;
        let before = snapshot(&db, &TABLES).await;
        let mut transaction = db.begin().await.unwrap();
        Article::builder().title("new").create(&mut transaction).await.unwrap();
        booking("a").insert(&mut transaction).await.unwrap();
        let mut first = rows[0].clone();
        first.title = "other".to_owned();
        assert!(first.save(&mut transaction).await.unwrap());
        first.slug.clear();
        assert!(first.save(&mut transaction).await.unwrap());
        assert!(first.publish(&mut transaction).await.unwrap());
        assert!(first.delete(&mut transaction).await.unwrap());
        assert!(first.restore(&mut transaction).await.unwrap());
        assert!(rows[1].hard_delete(&mut transaction).await.unwrap());
        let all = Article::objects;
        assert_eq!(all().update(|a| a.views.set(77), &mut transaction).await.unwrap(), 10);
        assert_eq!(all().archive(&mut transaction).await.unwrap(), 10);
        assert_eq!(all().delete(&mut transaction).await.unwrap(), 10);
        Booking::bulk_create(vec![booking("b"), booking("c")], &mut transaction).await.unwrap();
        assert!(AuditLog::objects().count(&mut transaction).await.unwrap() > 40);
        transaction.rollback().await.unwrap();
        assert_unchanged(&db, &TABLES, &before, "the transaction").await;

        // Dropped without a word.
        let mut transaction = db.begin().await.unwrap();
        assert_eq!(all().hard_delete(&mut transaction).await.unwrap(), 10);
        drop(transaction);
        assert_unchanged(&db, &TABLES, &before, "the transaction").await;
        assert_agreement(&db).await;
    }

    async fn a_nul_in_a_field_is_refused_by_name(db) {
        let mut rows = ten_rows(&db).await;
        let bad = "a\0b";
        let article = |title: &str| Article::builder().title(title).slug("s").build();
        refused(&db, &TABLES, article(bad).insert(&db), is_nul_of_title).await;
        refused(&db, &TABLES, Article::bulk_create(vec![article("good"), article(bad)], &db), is_nul_of_title).await;
        rows[0].title = bad.to_owned();
        refused(&db, &TABLES, rows[0].save(&db), is_nul_of_title).await;
        refused(&db, &TABLES, rows[0].save_only(|a| a.title, &db), is_nul_of_title).await;
        refused(&db, &TABLES, Article::objects().update(|a| a.title.set(bad), &db), is_nul_of_title).await;
        refused(&db, &TABLES, booking(bad).insert(&db), is_nul_of_account).await;
        refused(&db, &TABLES, Booking::bulk_create(vec![booking("a"), booking(bad)], &db), is_nul_of_account).await;
        assert_agreement(&db).await;
    }

    async fn a_nul_in_the_audit_context_is_refused_by_name(db) {
        ten_rows(&db).await;
        let bad = "a\0b";
        let contexts = [
            ("the actor's id", AuditContext::default().actor(bad, "label")),
            ("the actor's label", AuditContext::default().actor(7, bad)),
            ("user_agent", AuditContext::default().user_agent(bad)),
            ("request_id", AuditContext::default().request_id(bad)),
        ];
        let before = snapshot(&db, &TABLES).await;
        for (field, context) in contexts {
            // Nothing is there to restore; a write is refused before it looks.
            for kind in KINDS.into_iter().filter(|kind| *kind != Kind::BulkRestore) {
                let error = audit::scope(context.clone(), kind.write(&db)).await.expect_err("it is refused");
                assert!(is_nul(&error), "{kind:?}: {error:?}");
                assert!(error.to_string().contains(&format!("{field} of the audit context")), "{kind:?}: {error}");
                assert_unchanged(&db, &TABLES, &before, &format!("{kind:?}")).await;
            }
        }
        assert_agreement(&db).await;
    }
}

/// On SQLite an error undoes its write alone; on PostgreSQL it ends the caller's transaction.
#[tokio::test]
async fn an_error_leaves_the_writes_before_it_in_the_transaction_on_sqlite() {
    let database = tests::database::Database::sqlite().await;
    let db = &database.pool;
    let mut rows = ten_rows(db).await;
    booking("a").insert(db).await.unwrap();
    let mut transaction = db.begin().await.unwrap();
    assert_eq!(Article::objects().update(|a| a.views.set(5), &mut transaction).await.unwrap(), 9);
    (rows[0].title, rows[0].views) = ("first".to_owned(), 5);
    assert!(rows[0].save(&mut transaction).await.unwrap());
    // The write is refused.
    let many = ["b", "c", "a"].map(booking);
    assert!(is_unique(&Booking::bulk_create(many.into(), &mut transaction).await.unwrap_err()));
    assert!(is_unique(&booking("a").insert(&mut transaction).await.unwrap_err()));
    let slug = rows[0].slug.clone();
    let update =
        Article::objects().update(|a| (a.slug.set(slug), a.content.set("lost")), &mut transaction).await;
    assert!(is_unique(&update.unwrap_err()));
    // The audit insert is refused, at the fifth row.
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON audit_logs WHEN NEW.object_repr = 'row 4'
                 BEGIN SELECT RAISE(ABORT, 'not this one'); END";
    let model_runtime::Transaction::Sqlite(sqlite) = &mut transaction else { panic!("it is SQLite") };
    sqlx::raw_sql(fault).execute(&mut **sqlite).await.unwrap();
    let error = Article::objects().publish(&mut transaction).await.unwrap_err();
    assert!(error.to_string().contains("not this one"), "{error}");
    let error = Article::objects().hard_delete(&mut transaction).await.unwrap_err();
    assert!(error.to_string().contains("not this one"), "{error}");
    (rows[1].content, rows[1].views) = ("kept".to_owned(), 5);
    assert!(rows[1].save(&mut transaction).await.unwrap());
    transaction.commit().await.unwrap();

    let agreement = assert_agreement(db).await;
    assert_eq!(agreement.audit_rows, 10 + 1 + 9 + 1 + 1);
    let kept =
        "SELECT COUNT(*) FROM articles WHERE views = 5 AND status = 'draft' AND content IN ('', 'kept')";
    assert_eq!(raw_sql::value::<i64>(db, kept).await, 10);
    assert_eq!(
        raw_sql::value::<String>(db, "SELECT title FROM articles WHERE title LIKE 'first%'").await,
        "first"
    );
    assert_eq!(raw_sql::value::<i64>(db, "SELECT COUNT(*) FROM articles WHERE content = 'kept'").await, 1);
    assert_eq!(raw_sql::count(db, "bookings").await, 1);
    database.close().await;
}
