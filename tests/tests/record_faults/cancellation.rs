//! Writes whose future is dropped at any await point: neither half a write, nor an open transaction in the pool.

use std::future::Future;
use std::time::Duration;

use model_runtime::prelude::*;
use tests::database::Database;
use tests::recorded::{Article, create_tables};
use tests::{on_both, raw_sql};

use super::load::{Polled, Random, Seen, Write, is_expected, url};
use super::replay::assert_agreement;

/// Writes in all: as many in each round, spread over tasks.
const ROUNDS: u64 = 10;
const TASKS: u64 = 4;
const WRITES: u64 = 800;

/// Connections of the pool.
const CONNECTIONS: u32 = 4;

/// How the writes ended.
#[derive(Debug, Default, Clone, Copy)]
struct Ends {
    /// Dropped while they waited for the database.
    dropped: usize,
    completed: usize,
    /// Refused by the state of the rows.
    refused: usize,
}

/// Runs a future for a random while, of one poll at least. It is dropped before this returns.
async fn cancelled<T>(future: impl Future<Output = T>, random: &mut Random) -> Option<T> {
    match random.below(8) {
        0..=3 => Polled::new(future, 1 + random.below(4)).await,
        4..=5 => {
            let yields = random.below(80);
            let yielded = async {
                for _ in 0..yields {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                output = future => Some(output),
                () = yielded => None,
            }
        }
        6 => tokio::time::timeout(Duration::from_micros(random.below(1_000)), future).await.ok(),
        _ => Some(future.await),
    }
}

/// Two writes in a transaction, which the caller ends in either way.
async fn in_transaction(db: &Pool, [first, second]: [Write; 2], commit: bool) -> Result<()> {
    let mut transaction = db.begin().await?;
    first.run_in(&mut transaction).await?;
    second.run_in(&mut transaction).await?;
    if commit { transaction.commit().await } else { transaction.rollback().await }
}

/// A transaction that goes on after a write in it was dropped, and commits. `true` where the write was dropped, or the
/// transaction could not go on.
async fn goes_on(db: &Pool, writes: [Write; 3], random: &mut Random) -> Result<bool> {
    /// What ends a transaction on PostgreSQL after a write in it was dropped: the savepoint that it released is gone;
    /// the error of that write, which comes with the next statement, or that the transaction has ended by it.
    const ENDS: [&str; 3] = ["3B001", "23505", "25P02"];
    match go_on(db, writes, random).await {
        Err(Error::Database(sqlx::Error::Database(error)))
            if error.code().is_some_and(|code| ENDS.contains(&&*code)) =>
        {
            Ok(true)
        }
        result => result,
    }
}

async fn go_on(db: &Pool, [first, second, third]: [Write; 3], random: &mut Random) -> Result<bool> {
    let mut transaction = db.begin().await?;
    first.run_in(&mut transaction).await?;
    let dropped = match cancelled(second.run_in(&mut transaction), random).await {
        Some(result) => result.map(|()| false)?,
        None => true,
    };
    third.run_in(&mut transaction).await?;
    transaction.commit().await?;
    Ok(dropped)
}

async fn write_and_drop(db: Pool, mut random: Random) -> Ends {
    let mut ends = Ends::default();
    let mut seen = Seen::default();
    for _ in 0..WRITES {
        let mut next = async || seen.write(&db, &mut random).await.expect("the rows are read");
        let writes = [next().await, next().await, next().await];
        let result = match random.below(10) {
            0 => goes_on(&db, writes, &mut random).await.map(|dropped| (!dropped).then_some(())),
            1..=2 => {
                let [first, second, _] = writes;
                let commit = random.below(4) > 0;
                cancelled(in_transaction(&db, [first, second], commit), &mut random).await.transpose()
            }
            _ => {
                let [only, ..] = writes;
                cancelled(only.run(&db), &mut random).await.transpose()
            }
        };
        match result {
            Ok(Some(())) => ends.completed += 1,
            Ok(None) => ends.dropped += 1,
            Err(error) if is_expected(&error) => ends.refused += 1,
            Err(error) => panic!("a write fails: {error}"),
        }
    }
    ends
}

/// No connection of the pool is in a transaction, and another can write at once.
async fn assert_no_transaction(db: &Pool, other: &Pool, name: &str) {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(db.acquire().await.expect("a connection is free"));
    }
    for connection in &mut connections {
        match connection {
            model_runtime::Connection::Sqlite(connection) => {
                // Within a transaction SQLite refuses another.
                let begun = sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut **connection).await;
                begun.expect("the connection is in no transaction");
            }
            model_runtime::Connection::Postgres(connection) => {
                sqlx::raw_sql("SELECT 1").execute(&mut **connection).await.expect("the connection works");
            }
        }
    }
    match other {
        Pool::Sqlite(_) => {
            let begun = raw_sql::execute(other, "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK").await;
            begun.expect("nobody holds the write lock");
        }
        Pool::Postgres(_) => {
            // What a dropped write had begun may still run.
            let sessions =
                format!("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state");
            while raw_sql::value::<i64>(other, &format!("{sessions} = 'active'")).await > 0 {
                raw_sql::execute(other, "SELECT pg_sleep(0.005)").await.expect("the server waits");
            }
            let open = format!("{sessions} LIKE 'idle in transaction%'");
            assert_eq!(raw_sql::value::<i64>(other, &open).await, 0, "sessions in a transaction");
        }
    }
}

async fn cancel(database: Database) {
    const SEED: u64 = 310;
    create_tables(&database.pool).await;
    let name = format!("cancellation {}", std::process::id());
    let url = url(&database, &name);
    let db = Pool::connect_with(&url, CONNECTIONS).await.expect("the pool connects");
    let mut ends = Ends::default();
    for round in 0..ROUNDS {
        let tasks = (0..TASKS).map(|task| {
            let random = Random::new(SEED + round * TASKS + task);
            tokio::spawn(write_and_drop(db.clone(), random))
        });
        for task in futures_util::future::join_all(tasks).await {
            let of_task = task.expect("no write panics");
            ends.dropped += of_task.dropped;
            ends.completed += of_task.completed;
            ends.refused += of_task.refused;
        }
        assert_no_transaction(&db, &database.pool, &name).await;
        assert_agreement(&database.pool).await;
    }
    let agreement = assert_agreement(&database.pool).await;
    tests::report(format_args!("seed {SEED}: {ends:?}, {agreement:?}"));
    assert!(ends.dropped > 2_000, "{ends:?}");
    assert!(ends.completed > 2_000, "{ends:?}");
    db.close().await;
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_write_leaves_neither_half_nor_a_transaction_on_sqlite() {
    cancel(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_dropped_write_leaves_neither_half_nor_a_transaction_on_postgres() {
    cancel(Database::postgres().await).await;
}

/// A pool of one connection on the same database, so that a write gets the connection of the one before.
async fn one_connection(db: &Pool) -> Pool {
    let url = match db {
        Pool::Sqlite(db) => format!("sqlite://{}", db.connect_options().get_filename().display()),
        Pool::Postgres(db) => {
            let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL is set");
            let schema = "SELECT current_schema()::text";
            let schema: String = sqlx::query_scalar(schema).fetch_one(db).await.expect("a schema");
            format!("{server}?options=-c%20search_path%3D{schema}")
        }
    };
    Pool::connect_with(&url, 1).await.expect("the pool connects")
}

/// How many articles have the title, as another connection sees it.
async fn titled(db: &Pool, title: &str) -> i64 {
    raw_sql::value(db, &format!("SELECT COUNT(*) FROM articles WHERE title = '{title}'")).await
}

on_both! {
    async fn what_is_written_after_a_dropped_write_is_committed(db) {
        create_tables(&db).await;
        let one = one_connection(&db).await;
        for polls in 1..=12 {
            let row = |name: &str| Article::builder().title(format!("{name} {polls}"));
            let rows = vec![row("first").build(), row("second").build()];
            let dropped = Polled::new(Article::bulk_create(rows, &one), polls).await.is_none();
            row("after").create(&one).await.expect("the article is created");
            let what = if dropped { "dropped" } else { "completed" };
            assert_eq!(titled(&db, &format!("after {polls}")).await, 1, "after a bulk_create {what} at poll {polls}");

            let transaction = Polled::new(one.begin(), polls).await;
            let what = if transaction.is_none() { "dropped" } else { "completed" };
            drop(transaction);
            row("later").create(&one).await.expect("the article is created");
            assert_eq!(titled(&db, &format!("later {polls}")).await, 1, "after a begin {what} at poll {polls}");
        }
        assert_agreement(&db).await;
        one.close().await;
    }

    async fn what_is_written_on_a_connection_after_a_dropped_write_is_committed(db) {
        create_tables(&db).await;
        let one = one_connection(&db).await;
        for polls in 1..=12 {
            let row = |name: &str| Article::builder().title(format!("{name} {polls}"));
            let rows = vec![row("first").build(), row("second").build()];
            let mut connection = one.acquire().await.expect("a connection is free");
            Polled::new(Article::bulk_create(rows, &mut connection), polls).await;
            // It may be refused, but not lost.
            let after = row("after").create(&mut connection).await.is_ok();
            assert_eq!(titled(&db, &format!("after {polls}")).await, i64::from(after), "dropped at poll {polls}");
            drop(connection);
            row("later").create(&one).await.expect("the article is created");
            assert_eq!(titled(&db, &format!("later {polls}")).await, 1, "dropped at poll {polls}");
        }
        assert_agreement(&db).await;
        one.close().await;
    }

    async fn a_write_dropped_in_a_transaction_does_not_part_the_others(db) {
        create_tables(&db).await;
        let one = one_connection(&db).await;
        for polls in 1..=12 {
            let row = |name: &str| Article::builder().title(format!("{name} {polls}"));
            let mut transaction = one.begin().await.expect("a transaction begins");
            row("before").create(&mut transaction).await.expect("the article is created");
            let rows = vec![row("first").build(), row("second").build()];
            Polled::new(Article::bulk_create(rows, &mut transaction), polls).await;
            let after = row("after").create(&mut transaction).await;
            let committed = transaction.commit().await;
            // All of it is there, or nothing and somebody was told.
            let [before, after_it] =
                [titled(&db, &format!("before {polls}")).await, titled(&db, &format!("after {polls}")).await];
            assert_eq!(before, after_it, "dropped at poll {polls}; after: {:?}, commit: {committed:?}", after.err());
        }
        assert_agreement(&db).await;
        one.close().await;
    }
}
