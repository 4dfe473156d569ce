//! The audit insert fails: the write is undone, and the error says why (rule 12).

use model_runtime::prelude::*;
use tests::database::Database;
use tests::recorded::{Article, Booking, create_tables};
use tests::{on_both, raw_sql};

use super::replay::{assert_agreement, assert_unchanged, snapshot};

/// The tables that hold nothing new after a failed write.
pub const TABLES: [&str; 4] = ["articles", "articles_slug_history", "bookings", "audit_logs"];

/// A write that leaves audit rows. Those of a row take `row 4`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Create,
    Save,
    SaveSlug,
    Book,
    BulkBook,
    BulkUpdate,
    Publish,
    BulkPublish,
    Delete,
    BulkDelete,
    BulkRestore,
    HardDelete,
    BulkHardDelete,
    BulkCreate,
}

/// All, in an order in which each finds a row to write.
pub const KINDS: [Kind; 14] = [
    Kind::Create,
    Kind::Save,
    Kind::SaveSlug,
    Kind::Book,
    Kind::BulkBook,
    Kind::BulkUpdate,
    Kind::Publish,
    Kind::BulkPublish,
    Kind::Delete,
    Kind::BulkDelete,
    Kind::BulkRestore,
    Kind::HardDelete,
    Kind::BulkHardDelete,
    Kind::BulkCreate,
];

/// An article with a long text.
fn article(i: i64) -> Article {
    Article::builder().title(format!("row {i}")).content(format!("{:>1500}", Uuid::new_v4())).build()
}

/// A booking of that amount.
fn booking(i: i64) -> Booking {
    Booking::builder().account(Uuid::new_v4().to_string()).amount(Decimal::new(100 * i, 2)).build()
}

/// Tables with ten rows, so many times.
async fn ten_rows(times: i64, db: &Pool) {
    create_tables(db).await;
    let rows = (0..10 * times).map(|i| article(i % 10)).collect();
    Article::bulk_create(rows, db).await.expect("the articles are created");
}

impl Kind {
    /// Writes; panics where it found nothing to write.
    pub async fn write(self, db: &Pool) -> Result<()> {
        let all = Article::objects;
        let fourth = || all().filter(|a| a.title.eq("row 4")).order_by(|a| a.status.asc());
        let written = match self {
            Self::Create => article(4).insert(db).await.map(|()| true),
            Self::Save => {
                let mut row = fourth().fetch_one(db).await?;
                row.content = format!("{:>1500}", Uuid::new_v4());
                row.save(db).await
            }
            Self::SaveSlug => {
                let mut row = fourth().fetch_one(db).await?;
                row.slug.clear();
                row.content = format!("{:>1500}", Uuid::new_v4());
                row.save(db).await
            }
            Self::Book => booking(4).insert(db).await.map(|()| true),
            Self::BulkBook => {
                let rows = Booking::bulk_create((0..10).map(booking).collect(), db).await;
                rows.map(|rows| rows.len() == 10)
            }
            Self::BulkUpdate => {
                let content = format!("{:>1500}", Uuid::new_v4());
                all().update(|a| a.content.set(content), db).await.map(|n| n >= 10)
            }
            Self::Publish => fourth().fetch_one(db).await?.publish(db).await,
            Self::BulkPublish => all().publish(db).await.map(|n| n >= 9),
            Self::Delete => fourth().fetch_one(db).await?.delete(db).await,
            Self::BulkDelete => all().delete(db).await.map(|n| n >= 9),
            Self::BulkRestore => all().restore_all(db).await.map(|n| n >= 9),
            Self::HardDelete => fourth().fetch_one(db).await?.hard_delete(db).await,
            Self::BulkHardDelete => all().hard_delete(db).await.map(|n| n >= 9),
            Self::BulkCreate => {
                Article::bulk_create((0..10).map(article).collect(), db).await.map(|rows| rows.len() == 10)
            }
        };
        written.map(|written| assert!(written, "{self:?} found nothing to write"))
    }
}

/// Every kind of write fails with the fault and leaves nothing, and works without.
async fn assert_undone(db: &Pool, tables: &[&str], fault: &str, repair: &str, is_clear: fn(Kind, &Error)) {
    ten_rows(1, db).await;
    for kind in KINDS {
        // Deleted rows are there for those that restore.
        if kind == Kind::BulkRestore {
            raw_sql::execute(db, "UPDATE articles SET deleted_at = updated_at")
                .await
                .expect("they are deleted");
        }
        let before = snapshot(db, tables).await;
        raw_sql::execute(db, fault).await.expect("the fault is made");
        let error = kind.write(db).await.expect_err("the write fails");
        is_clear(kind, &error);
        raw_sql::execute(db, repair).await.expect("the fault is repaired");
        assert_unchanged(db, tables, &before, &format!("{kind:?}")).await;
        if kind == Kind::BulkRestore {
            raw_sql::execute(db, "UPDATE articles SET deleted_at = NULL").await.expect("they are restored");
        }
    }
    for kind in KINDS {
        kind.write(db).await.unwrap_or_else(|error| panic!("{kind:?} after the repair: {error}"));
    }
}

/// Has the trail refuse rows that meet the condition.
fn trigger(db: &Pool, condition: &str, message: &str, code: &str) -> String {
    match db {
        // Another connection of the pool may have dropped it: SQLite looks at the schema anew for a DROP, and not for a
        // CREATE of what it believes to be there.
        Pool::Sqlite(_) => format!(
            "DROP TRIGGER IF EXISTS fault;
             CREATE TRIGGER fault BEFORE INSERT ON audit_logs WHEN {condition}
             BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ),
        Pool::Postgres(_) => format!(
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '{code}'; END $$;
             CREATE TRIGGER fault BEFORE INSERT ON audit_logs FOR EACH ROW WHEN ({condition})
             EXECUTE FUNCTION fault()"
        ),
    }
}

fn no_trigger(db: &Pool) -> &'static str {
    match db {
        Pool::Sqlite(_) => "DROP TRIGGER fault",
        Pool::Postgres(_) => "DROP TRIGGER fault ON audit_logs; DROP FUNCTION fault()",
    }
}

on_both! {
    async fn without_the_audit_table_nothing_is_written(db) {
        let rename = ["ALTER TABLE audit_logs RENAME TO trail", "ALTER TABLE trail RENAME TO audit_logs"];
        assert_undone(&db, &TABLES, rename[0], rename[1], |kind, error| {
            let model = if matches!(kind, Kind::Book | Kind::BulkBook) { "Booking" } else { "Article" };
            assert!(matches!(error, Error::Unrecorded { journal: "audit_logs", .. }), "{kind:?}: {error:?}");
            let text = error.to_string();
            let start = format!("this {model} was not written, since audit_logs could not take its record: ");
            assert!(text.starts_with(&start) && text.matches("audit_logs").count() > 1, "{kind:?}: {text}");
        })
        .await;
        assert_agreement(&db).await;
    }

    async fn a_trail_that_refuses_every_row_undoes_the_write(db) {
        let fault = trigger(&db, "1 = 1", "the trail is closed", "P0001");
        assert_undone(&db, &TABLES, &fault, no_trigger(&db), |kind, error| {
            assert!(error.to_string().contains("the trail is closed"), "{kind:?}: {error}");
        })
        .await;
        assert_agreement(&db).await;
    }

    async fn a_trail_that_refuses_the_fifth_of_ten_rows_undoes_all(db) {
        let fault = trigger(&db, "NEW.object_repr IN ('row 4', '4.00')", "not this one", "P0001");
        assert_undone(&db, &TABLES, &fault, no_trigger(&db), |kind, error| {
            assert!(error.to_string().contains("not this one"), "{kind:?}: {error}");
        })
        .await;
        assert_agreement(&db).await;
    }

    async fn a_trail_whose_disk_is_full_undoes_the_write(db) {
        let message = "could not extend file: No space left on device";
        let fault = trigger(&db, "1 = 1", message, "53100");
        assert_undone(&db, &TABLES, &fault, no_trigger(&db), |kind, error| {
            assert!(error.to_string().contains("No space left on device"), "{kind:?}: {error}");
        })
        .await;
        assert_agreement(&db).await;
    }
}

/// A trigger may end the whole transaction on SQLite, as the database itself may where it cannot write.
#[tokio::test]
async fn a_trail_that_ends_the_transaction_undoes_the_write_on_sqlite() {
    let database = Database::sqlite().await;
    let db = Pool::connect_with(&database.url, 1).await.expect("the pool connects");
    let fault = trigger(&db, "1 = 1", "the trail is closed", "P0001").replace("ABORT", "ROLLBACK");
    assert_undone(&db, &TABLES, &fault, no_trigger(&db), |kind, error| {
        assert!(error.to_string().contains("the trail is closed"), "{kind:?}: {error}");
    })
    .await;
    // What was written since is committed.
    let seen = snapshot(&db, &TABLES).await;
    assert_unchanged(&database.pool, &TABLES, &seen, "another connection").await;
    assert_agreement(&database.pool).await;
    db.close().await;
    database.close().await;
}

/// A SQLite file that may not grow, and the only connection that knows it.
async fn full_database() -> (Database, Pool) {
    let database = Database::sqlite().await;
    let db = Pool::connect_with(&database.url, 1).await.expect("the pool connects");
    ten_rows(40, &db).await;
    let pages = raw_sql::value::<i64>(&db, "PRAGMA page_count").await;
    raw_sql::value::<i64>(&db, &format!("PRAGMA max_page_count = {pages}")).await;
    (database, db)
}

fn assert_full(error: &Error) {
    let text = error.to_string();
    assert!(text.contains("database or disk is full"), "{text}");
}

#[tokio::test]
async fn a_full_disk_undoes_the_write_on_sqlite() {
    let (database, db) = full_database().await;
    for kind in KINDS {
        if kind == Kind::BulkRestore {
            continue; // Nothing could be deleted.
        }
        let mut writes = 0;
        // Until there is no room in the last pages either.
        loop {
            let before = snapshot(&db, &TABLES).await;
            match kind.write(&db).await {
                Ok(()) => writes += 1,
                Err(error) => {
                    assert_full(&error);
                    assert_unchanged(&db, &TABLES, &before, &format!("{kind:?}")).await;
                    break;
                }
            }
        }
        println!("{kind:?}: the disk was full after {writes} writes");
        assert_agreement(&db).await;
    }
    raw_sql::value::<i64>(&db, "PRAGMA max_page_count = 1000000").await;
    for kind in KINDS {
        kind.write(&db).await.unwrap_or_else(|error| panic!("{kind:?} with room again: {error}"));
    }
    assert_agreement(&db).await;
    db.close().await;
    database.close().await;
}

/// SQLite may end the whole transaction where the disk is full.
#[tokio::test]
async fn a_full_disk_leaves_all_or_nothing_of_a_transaction_on_sqlite() {
    let (database, db) = full_database().await;
    let bulk = || (0..50).map(article).collect::<Vec<_>>();
    for n in 0..3 {
        let mut transaction = db.begin().await.expect("a transaction begins");
        // There is room for it at first.
        let first = booking(1).insert(&mut transaction).await;
        assert!(n > 0 || first.is_ok(), "{first:?}");
        assert_full(&Article::bulk_create(bulk(), &mut transaction).await.expect_err("there is no room"));
        let before = bookings_within(&mut transaction).await;
        transaction.commit().await.expect("the transaction commits");
        let after = raw_sql::count(&db, "bookings").await;
        assert_eq!(after, before, "what was there is committed, and nothing else");
        assert_agreement(&db).await;
        // The connection is free for others.
        raw_sql::execute(&db, "BEGIN IMMEDIATE; ROLLBACK").await.expect("no transaction is open");
    }
    db.close().await;
    database.close().await;
}

async fn bookings_within(transaction: &mut model_runtime::Transaction<'_>) -> i64 {
    i64::try_from(Booking::objects().count(transaction).await.expect("they are counted"))
        .expect("a small number")
}
