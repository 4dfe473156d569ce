//! What goes over the wire to PostgreSQL: a recorded write is one statement, and a bulk write takes the same number
//! of statements whatever the number of rows.

use model_runtime::prelude::*;
use tests::recorded::{Article, Booking, Comment, Note, create_tables};
use tests::wire::{ONE, Statements, Wire, wired};

use super::fixtures::{audit_rows, jane};

/// Articles can have comments, which protect them: the rows are locked, comments are looked for, and the rows are written,
/// in a transaction.
const LOOKING: Statements = Statements { executed: 3, simple: 2, parsed: 0 };

/// What was not written, since nothing differs, is asked for: it may be gone.
const ASKING: Statements = Statements { executed: 2, simple: 0, parsed: 0 };

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_recorded_write_of_a_row_is_one_statement() {
    let (database, db, wire) = wired().await;
    create_tables(&database.pool).await;
    model_runtime::schema::create_tables(&[Article::table(), Comment::table()], &database.pool)
        .await
        .unwrap();
    let jane = jane();
    for warm in [false, true] {
        let sent = |name: &str| {
            let statements = wire.statements();
            if warm {
                println!("{name}: {statements:?}");
                assert_eq!(statements, ONE, "{name}");
            }
        };
        let sent_looking = |name: &str| {
            let statements = wire.statements();
            assert!(!warm || statements == LOOKING, "{name}: {statements:?}");
        };
        wire.statements();
        let mut row = Article::builder().title(format!("Warm: {warm}")).create(jane.on(&db)).await.unwrap();
        sent("create");
        let before = audit_rows(&database.pool).await;
        row.title = format!("New: {warm}");
        row.price = Some(Decimal::ONE);
        assert!(row.with_audit(&jane).save(&db).await.unwrap());
        sent("save");
        row.views = 1;
        row.content = "Content".to_owned();
        assert!(row.with_audit(&jane).save_only(|a| (a.views, a.content), &db).await.unwrap());
        sent("save_only");
        assert!(row.with_audit(&jane).publish(&db).await.unwrap());
        sent("publish");
        assert!(row.with_audit(&jane).unpublish(&db).await.unwrap());
        sent("unpublish");
        assert!(row.with_audit(&jane).archive(&db).await.unwrap());
        sent("archive");
        assert!(row.with_audit(&jane).delete(&db).await.unwrap());
        sent_looking("delete");
        assert!(row.with_audit(&jane).restore(&db).await.unwrap());
        sent("restore");
        let stored = super::fixtures::stored("CAST(articles AS TEXT)", &row, &database.pool).await;
        assert_eq!(audit_rows(&database.pool).await, before + 7);
        assert!(!row.with_audit(&jane).save(&db).await.unwrap());
        let statements = wire.statements();
        assert!(!warm || statements == ASKING, "save without changes: {statements:?}");
        assert_eq!(super::fixtures::stored("CAST(articles AS TEXT)", &row, &database.pool).await, stored);
        assert_eq!(audit_rows(&database.pool).await, before + 7);
        assert_eq!(row.history().len(), 5);
        assert!(row.with_audit(&jane).hard_delete(&db).await.unwrap());
        sent_looking("hard_delete");
        assert_eq!(audit_rows(&database.pool).await, before + 8);
        // A key that the database makes, and a model that is audited alone.
        let account = format!("{warm}");
        let mut booking = Booking::builder().account(account).amount(Decimal::ONE).create(&db).await.unwrap();
        sent("create by the database's key");
        booking.amount = Decimal::TWO;
        assert!(booking.save(&db).await.unwrap());
        sent("save of an audited row without a log");
        assert!(booking.delete(&db).await.unwrap());
        sent("delete for good");
        let mut note = Note::builder().text("T").create(&db).await.unwrap();
        sent("create of a row that keeps a log alone");
        note.text = "New".to_owned();
        assert!(note.save(&db).await.unwrap());
        sent("save of a row that keeps a log alone");
    }
    db.close().await;
    database.close().await;
}

/// Every bulk write of a group of rows, with the number of rows that it wrote and what it sent.
async fn bulk_writes(size: i32, db: &Pool, wire: &Wire) -> Vec<(&'static str, u64, Statements)> {
    let rows = (0..size).map(|i| Article::builder().title(format!("T {size} {i}")).views(size).build());
    let rows = rows.collect();
    let group = || Article::objects().filter(|a| a.views.eq(size));
    wire.statements();
    let mut sent = Vec::new();
    let created = Article::bulk_create(rows, db).await.unwrap();
    sent.push(("bulk_create", created.len() as u64, wire.statements()));
    let written = group().update(|a| (a.content.set("x"), a.price.set(Decimal::ONE)), db).await.unwrap();
    sent.push(("update", written, wire.statements()));
    sent.push(("publish", group().publish(db).await.unwrap(), wire.statements()));
    sent.push(("unpublish", group().unpublish(db).await.unwrap(), wire.statements()));
    sent.push(("archive", group().archive(db).await.unwrap(), wire.statements()));
    sent.push(("delete", group().delete(db).await.unwrap(), wire.statements()));
    sent.push(("restore", group().deleted().restore(db).await.unwrap(), wire.statements()));
    sent.push(("hard_delete", group().hard_delete(db).await.unwrap(), wire.statements()));
    sent
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_bulk_write_takes_as_many_statements_for_10_rows_as_for_10_000() {
    let (database, db, wire) = wired().await;
    create_tables(&database.pool).await;
    model_runtime::schema::create_tables(&[Article::table(), Comment::table()], &database.pool)
        .await
        .unwrap();
    bulk_writes(1, &db, &wire).await;
    let few = bulk_writes(10, &db, &wire).await;
    let before = audit_rows(&database.pool).await;
    let many = bulk_writes(10_000, &db, &wire).await;
    assert_eq!(audit_rows(&database.pool).await, before + 80_000);
    for ((name, rows, of_few), (_, more_rows, of_many)) in few.into_iter().zip(many) {
        tests::report(format_args!("{name} of {rows} and of {more_rows} rows: {of_few:?} and {of_many:?}"));
        assert_eq!((rows, more_rows), (10, 10_000), "{name}");
        assert_eq!(of_few, of_many, "{name}");
        match name {
            // The rows and their audit rows, and at most a transaction around them.
            "bulk_create" => assert!(of_many.executed <= 2 && of_many.simple <= 2, "{of_many:?}"),
            "delete" | "hard_delete" => assert_eq!(of_many, LOOKING, "{name}"),
            _ => assert_eq!(of_many, ONE, "{name}"),
        }
    }
    db.close().await;
    database.close().await;
}
