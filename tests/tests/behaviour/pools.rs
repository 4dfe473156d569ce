//! Where operations run: pools, connections and transactions, chosen by URL or the driver's own.

use model_runtime::prelude::*;
use model_runtime::schema;
use sqlx::Connection as _;
use tests::database::Database;
use tests::models::{Task, tables};
use tests::{on_both, raw_sql};

async fn tasks(db: &Pool) {
    schema::create_tables(&[Task::table()], db).await.unwrap();
}

async fn titles(db: &Pool) -> Vec<String> {
    raw_sql::column(db, "SELECT title FROM tasks ORDER BY title").await
}

/// Reads and writes through a handle, and leaves one row of that title behind.
macro_rules! use_handle {
    ($handle:expr, $title:expr) => {{
        let mut task = Task::builder().title("made").create($handle).await.unwrap();
        task.title = $title.to_owned();
        assert!(task.save($handle).await.unwrap());
        assert_eq!(Task::get(task.id, $handle).await.unwrap(), task);
        assert!(Task::objects().filter(|t| t.id.eq(task.id)).exists($handle).await.unwrap());
        let pair = ["x", "y"].map(|title| Task::builder().title(title).build());
        assert_eq!(Task::bulk_create(pair.into(), $handle).await.unwrap().len(), 2);
        let others = Task::objects().filter(|t| t.title.is_in(["x", "y"]));
        assert_eq!(others.clone().update(|t| t.completed.set(true), $handle).await.unwrap(), 2);
        assert_eq!(others.hard_delete($handle).await.unwrap(), 2);
    }};
}

on_both! {
    async fn every_handle_reads_and_writes(db) {
        tasks(&db).await;
        use_handle!(&db, "a pool");
        let mut connection = db.acquire().await.unwrap();
        use_handle!(&mut connection, "b connection");
        drop(connection);
        let mut transaction = db.begin().await.unwrap();
        use_handle!(&mut transaction, "c transaction");
        transaction.commit().await.unwrap();
        match &db {
            Pool::Sqlite(pool) => {
                use_handle!(pool, "d driver's pool");
                let mut pooled = pool.acquire().await.unwrap();
                use_handle!(&mut pooled, "e driver's pooled connection");
                use_handle!(&mut *pooled, "f driver's connection");
                let mut transaction = pool.begin().await.unwrap();
                use_handle!(&mut transaction, "g driver's transaction");
                transaction.commit().await.unwrap();
            }
            Pool::Postgres(pool) => {
                use_handle!(pool, "d driver's pool");
                let mut pooled = pool.acquire().await.unwrap();
                use_handle!(&mut pooled, "e driver's pooled connection");
                use_handle!(&mut *pooled, "f driver's connection");
                let mut transaction = pool.begin().await.unwrap();
                use_handle!(&mut transaction, "g driver's transaction");
                transaction.commit().await.unwrap();
            }
        }
        let all = [
            "a pool",
            "b connection",
            "c transaction",
            "d driver's pool",
            "e driver's pooled connection",
            "f driver's connection",
            "g driver's transaction",
        ];
        assert_eq!(titles(&db).await, all);
    }

    async fn a_rolled_back_transaction_leaves_nothing(db) {
        tasks(&db).await;
        Task::builder().title("before").create(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        use_handle!(&mut transaction, "inside");
        assert_eq!(Task::objects().delete(&mut transaction).await.unwrap(), 2);
        transaction.rollback().await.unwrap();
        assert_eq!(titles(&db).await, ["before"]);
        assert_eq!(raw_sql::count(&db, "tasks WHERE removed_at IS NULL").await, 1);
    }

    async fn a_dropped_transaction_rolls_back(db) {
        tasks(&db).await;
        // More often than there are connections: each must come back clean.
        for _ in 0..12 {
            let mut transaction = db.begin().await.unwrap();
            Task::builder().title("inside").create(&mut transaction).await.unwrap();
            drop(transaction);
            assert_eq!(Task::objects().count(&db).await.unwrap(), 0);
        }
        Task::builder().title("after").create(&db).await.unwrap();
        assert_eq!(titles(&db).await, ["after"]);
    }

    async fn others_do_not_see_a_transaction_before_its_commit(db) {
        tasks(&db).await;
        let mut transaction = db.begin().await.unwrap();
        Task::builder().title("inside").create(&mut transaction).await.unwrap();
        assert_eq!(Task::objects().count(&db).await.unwrap(), 0);
        assert_eq!(Task::objects().count(&mut transaction).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        assert_eq!(Task::objects().count(&db).await.unwrap(), 1);
    }

    async fn many_rows_in_a_callers_transaction_go_with_it(db) {
        tasks(&db).await;
        let many = || (0..120).map(|i| Task::builder().title(format!("{i}")).build()).collect::<Vec<_>>();
        let mut transaction = db.begin().await.unwrap();
        Task::bulk_create(many(), &mut transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(raw_sql::count(&db, "tasks").await, 0);

        // A failure inside is undone alone where the database lets the transaction go on.
        let mut transaction = db.begin().await.unwrap();
        Task::builder().title("first").create(&mut transaction).await.unwrap();
        let twice = many().into_iter().chain(many()).collect();
        assert!(matches!(Task::bulk_create(twice, &mut transaction).await, Err(Error::Unique { .. })));
        if let Pool::Sqlite(_) = db {
            transaction.commit().await.unwrap();
            assert_eq!(titles(&db).await, ["first"]);
        } else {
            assert!(Task::objects().count(&mut transaction).await.is_err(), "PostgreSQL refuses to go on");
            transaction.rollback().await.unwrap();
            assert_eq!(raw_sql::count(&db, "tasks").await, 0);
        }
        assert_eq!(Task::bulk_create(many(), &db).await.unwrap().len(), 120);
    }

    async fn tables_made_in_a_transaction_go_with_it(db) {
        let mut transaction = db.begin().await.unwrap();
        schema::create_tables(&tables(), &mut transaction).await.unwrap();
        assert_eq!(schema::check(&tables(), &mut transaction).await.unwrap(), []);
        transaction.rollback().await.unwrap();
        assert_eq!(
            schema::check(&tables(), &db).await.unwrap().len(),
            tables().len(),
            "every table is missing"
        );
    }

    async fn a_closed_pool_says_so(db) {
        tasks(&db).await;
        db.close().await;
        assert!(matches!(Task::objects().count(&db).await, Err(Error::Database(sqlx::Error::PoolClosed))));
        assert!(db.begin().await.is_err() && db.acquire().await.is_err());
    }

    async fn writers_wait_for_each_other(db) {
        tasks(&db).await;
        let writers = (0..8).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for i in 0..5 {
                    let mut transaction = db.begin().await?;
                    let count = Task::objects().count(&mut transaction).await?;
                    let title = format!("{writer}/{i} after {count}");
                    Task::builder().title(title).create(&mut transaction).await?;
                    transaction.commit().await?;
                }
                Ok::<(), Error>(())
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(raw_sql::count(&db, "tasks").await, 40);
    }
}

#[tokio::test]
async fn sqlite_opens_with_a_log_foreign_keys_and_patience() {
    let database = Database::sqlite().await;
    let Pool::Sqlite(pool) = &database.pool else { panic!("SQLite") };
    // Each connection is set up so, not only the first.
    let mut connections = Vec::new();
    for _ in 0..3 {
        connections.push(pool.acquire().await.unwrap());
    }
    for connection in &mut connections {
        let mode: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut **connection).await.unwrap();
        let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut **connection).await.unwrap();
        let timeout: i64 =
            sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut **connection).await.unwrap();
        let sync: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut **connection).await.unwrap();
        assert_eq!((mode.as_str(), keys, timeout, sync), ("wal", 1, 10_000, 1));
    }
    drop(connections);
    database.close().await;
}

#[tokio::test]
async fn sqlite_makes_a_missing_file_unless_the_url_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let url = |parameters| format!("sqlite://{}/new.db{parameters}", folder.path().display());
    for mode in ["?mode=rw", "?mode=ro"] {
        assert!(Pool::connect(&url(mode)).await.is_err(), "{mode}");
        assert!(!folder.path().join("new.db").exists());
    }
    let pool = Pool::connect(&url("")).await.unwrap();
    assert_eq!(pool.dialect(), Dialect::Sqlite);
    assert!(folder.path().join("new.db").exists());
    pool.close().await;
}

#[tokio::test]
async fn a_database_in_memory_is_one_for_all_tasks() {
    let pool = Pool::connect("sqlite::memory:").await.unwrap();
    tasks(&pool).await;
    let writers = (0..5).map(|i| {
        let pool = pool.clone();
        tokio::spawn(async move { Task::builder().title(format!("{i}")).create(&pool).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(titles(&pool).await, ["0", "1", "2", "3", "4"]);
    pool.close().await;
}

#[tokio::test]
async fn an_unknown_url_is_explained_without_its_password() {
    let cases = [
        ("mysql://ann:s3cret@db.example.com/blog", "mysql://ann:***@db.example.com/blog"),
        (
            "mysql://ann:s3cret@s3cret@db.example.com:3306/blog?ssl=s3cret",
            "mysql://ann:***@db.example.com:3306/blog?***",
        ),
        ("mysql://ann:/s3cret?s3cret@host", "mysql://ann:***@host"),
        ("mysql://host/db?user=ann&password=s3cret", "mysql://host/db?***"),
        ("ann:s3cret@host/db", "***@host/db"),
        ("blog.db", "blog.db"),
        ("", ""),
    ];
    for (url, shown) in cases {
        let error = Pool::connect(url).await.unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(&format!("cannot connect to {shown:?}: the scheme ")), "{text}");
        assert!(text.contains("use sqlite:// or postgres://"), "{text}");
        assert!(!text.contains("s3cret") && !format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_url_with_a_mistake_does_not_tell_its_password() {
    for mistake in ["127.0.0.1:port/blog", "127.0.0.1/blog?sslmode=s3cure", "[::1/blog"] {
        let error = Pool::connect(&format!("postgres://ann:s3cret@{mistake}")).await.unwrap_err();
        assert!(
            !error.to_string().contains("s3cret") && !format!("{error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
}

/// The server ends every idle connection, as a restart does. Each of them may cost one failed operation (a
/// pool that pings before each use pays for it with a round trip each time); then the pool has replaced them.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_postgres_pool_replaces_connections_that_the_server_ended() {
    const CONNECTIONS: usize = 4;
    let database = Database::postgres().await;
    let db = &database.pool;
    tasks(db).await;
    let mut held = Vec::new();
    let mut processes = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = db.acquire().await.unwrap();
        let model_runtime::Connection::Postgres(driver) = &mut connection else { panic!("PostgreSQL") };
        let process: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut **driver).await.unwrap();
        processes.push(process);
        held.push(connection);
    }
    drop(held);

    let mut server = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let ended: Vec<bool> =
        sqlx::query_scalar("SELECT pg_terminate_backend(pid, 10000) FROM UNNEST($1) AS pid")
            .bind(&processes)
            .fetch_all(&mut server)
            .await
            .unwrap();
    assert_eq!(ended, [true; CONNECTIONS], "each is gone by the time that the statement returns");

    let mut failed = 0;
    for i in 0..20 {
        match Task::builder().title(format!("{i:02}")).create(db).await {
            Ok(_) => {}
            Err(Error::Database(_)) => failed += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(failed <= CONNECTIONS, "{failed} operations failed on {CONNECTIONS} dead connections");
    assert_eq!(raw_sql::count(db, "tasks").await, 20 - failed as i64, "what failed was not written");
    let mut again = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = db.acquire().await.unwrap();
        assert_eq!(Task::objects().count(&mut connection).await.unwrap(), 20 - failed as u64);
        again.push(connection);
    }
    drop(again);
    server.close().await.unwrap();
    database.close().await;
}

/// SQLite may end a transaction by itself. The driver still counts it, and its connection would take no other.
#[tokio::test]
async fn a_connection_whose_transaction_sqlite_ended_is_not_used_again() {
    let database = Database::sqlite().await;
    let db = Pool::connect_with(&database.url, 1).await.unwrap();
    tasks(&db).await;
    let ends = "CREATE TRIGGER ends BEFORE INSERT ON tasks WHEN new.title = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'ended'); END";
    raw_sql::execute(&db, ends).await.unwrap();
    for title in ["kept in a transaction", "kept in another"] {
        let mut ended = db.begin().await.unwrap();
        Task::builder().title("lost").create(&mut ended).await.unwrap();
        let error = Task::builder().title("bad").create(&mut ended).await.unwrap_err();
        assert!(error.to_string().contains("ended"), "{error}");
        drop(ended);
        let mut transaction = db.begin().await.unwrap();
        Task::builder().title(title).create(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }
    Task::builder().title("kept on the pool").create(&db).await.unwrap();
    assert_eq!(
        titles(&database.pool).await,
        ["kept in a transaction", "kept in another", "kept on the pool"]
    );
    db.close().await;
    database.close().await;
}
