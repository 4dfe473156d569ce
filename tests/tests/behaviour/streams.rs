//! Rows as they arrive: over every kind of handle, to the end or dropped half way.

use futures_util::{StreamExt, TryStreamExt};
use model_runtime::prelude::*;
use model_runtime::schema;
use tests::models::{Everything, Task};
use tests::{on_both, raw_sql};

/// Tasks `0` to `count - 1`.
async fn tasks(count: i64, db: &Pool) {
    schema::create_tables(&[Task::table()], db).await.unwrap();
    let rows = (0..count).map(|i| Task::builder().title(format!("{i}")).build());
    Task::bulk_create(rows.collect(), db).await.unwrap();
}

fn in_order() -> QuerySet<Task> {
    Task::objects().order_by(|t| t.id.asc())
}

fn numbered(count: i64) -> Vec<String> {
    (0..count).map(|i| i.to_string()).collect()
}

on_both! {
    async fn all_rows_come_in_order(db) {
        tasks(1_000, &db).await;
        let rows: Vec<Task> = in_order().fetch(&db).try_collect().await.unwrap();
        assert_eq!(rows, in_order().fetch_all(&db).await.unwrap());
        assert_eq!(rows.iter().map(|task| task.title.clone()).collect::<Vec<_>>(), numbered(1_000));
        let titles = in_order().limit(3).values(|t| t.title).fetch(&db);
        assert_eq!(titles.try_collect::<Vec<String>>().await.unwrap(), numbered(3));
        let none = in_order().filter(|t| t.id.lt(0)).fetch(&db);
        assert_eq!(none.try_collect::<Vec<Task>>().await.unwrap(), []);
    }

    async fn connections_and_transactions_stream_too(db) {
        tasks(10, &db).await;
        let mut connection = db.acquire().await.unwrap();
        let titles: Vec<String> =
            in_order().values(|t| t.title).fetch(&mut connection).try_collect().await.unwrap();
        assert_eq!(titles, numbered(10));
        let mut transaction = db.begin().await.unwrap();
        Task::builder().title("10").create(&mut transaction).await.unwrap();
        let titles: Vec<String> =
            in_order().values(|t| t.title).fetch(&mut transaction).try_collect().await.unwrap();
        assert_eq!(titles, numbered(11), "the transaction sees its own writes");
        transaction.rollback().await.unwrap();
        assert_eq!(raw_sql::count(&db, "tasks").await, 10);
    }

    async fn a_stream_of_the_drivers_pool(db) {
        tasks(10, &db).await;
        let titles = in_order().values(|t| t.title);
        let streamed: Vec<String> = match &db {
            Pool::Sqlite(pool) => titles.fetch(pool).try_collect().await.unwrap(),
            Pool::Postgres(pool) => titles.fetch(pool).try_collect().await.unwrap(),
        };
        assert_eq!(streamed, numbered(10));
    }

    async fn a_stream_dropped_half_way_leaves_the_pool_as_it_was(db) {
        tasks(2_000, &db).await;
        // More often than there are connections: none may be lost.
        for _ in 0..25 {
            let mut rows = in_order().fetch(&db);
            assert_eq!(rows.next().await.unwrap().unwrap().title, "0");
            assert_eq!(rows.next().await.unwrap().unwrap().title, "1");
        }
        drop(in_order().fetch(&db));
        assert_eq!(Task::objects().count(&db).await.unwrap(), 2_000);
        Task::builder().title("after").create(&db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "tasks").await, 2_001);
    }

    async fn a_stream_dropped_half_way_leaves_the_connection_in_step(db) {
        tasks(2_000, &db).await;
        let mut connection = db.acquire().await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        for _ in 0..3 {
            let first = in_order().fetch(&mut connection).next().await.unwrap().unwrap();
            assert_eq!(first.title, "0");
            assert_eq!(Task::objects().filter(|t| t.title.eq("7")).count(&mut connection).await.unwrap(), 1);
            let first = in_order().fetch(&mut transaction).next().await.unwrap().unwrap();
            assert_eq!(first.title, "0");
        }
        Task::builder().title("kept").create(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(raw_sql::count(&db, "tasks WHERE title = 'kept'").await, 1);
    }

    async fn other_queries_run_while_a_stream_is_read(db) {
        tasks(50, &db).await;
        let mut rows = in_order().fetch(&db);
        let mut seen = 0;
        while let Some(mut task) = rows.try_next().await.unwrap() {
            task.completed = true;
            assert!(task.save(&db).await.unwrap());
            seen += 1;
        }
        assert_eq!(seen, 50);
        assert_eq!(raw_sql::count(&db, "tasks WHERE completed").await, 50);
    }

    async fn errors_come_through_the_stream(db) {
        let mut missing = Task::objects().fetch(&db);
        let error = missing.next().await.unwrap().unwrap_err().to_string();
        assert!(error.contains("tasks"), "{error}");
        assert!(missing.next().await.is_none());
        drop(missing);

        schema::create_tables(&[Everything::table()], &db).await.unwrap();
        let invalid = Everything::objects().filter(|e| e.text.eq("\0") & e.double.eq(f64::NAN));
        let mut rows = invalid.fetch(&db);
        assert!(matches!(rows.next().await, Some(Err(Error::Database(_)))));
        drop(rows);
        assert_eq!(Everything::objects().count(&db).await.unwrap(), 0, "the pool is as it was");
    }
}
