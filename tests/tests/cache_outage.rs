//! Redis goes away: reads go on, writes are refused before they write (rule 30).

use model_runtime::cached::{Redis, share};
use model_runtime::prelude::*;
use model_runtime::profile::assert_statements;
use model_runtime::schema::create_tables;
use tests::cached::{Publisher, Shelf, tables};
use tests::database::Database;
use tests::raw_sql;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A way to Redis that can be cut.
struct Way {
    port: u16,
    task: JoinHandle<()>,
}

impl Way {
    async fn to(port: u16) -> Self {
        let url = std::env::var("TEST_REDIS_URL").unwrap();
        let server = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let server = server.clone();
                connections.spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { port, task }
    }

    async fn cut(self) -> u16 {
        self.task.abort();
        let _ = self.task.await;
        self.port
    }

    async fn redis(&self, namespace: &str) -> Redis {
        Redis::connect(&format!("redis://127.0.0.1:{}", self.port), namespace).await.unwrap()
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T>) {
    match result {
        Err(error @ Error::Cache { .. }) => {
            assert!(error.to_string().starts_with(
                "the shared cache failed, it could not be told of a write, and nothing was written: "
            ));
        }
        other => panic!("not refused: {other:?}"),
    }
}

async fn without_redis(database: Database) {
    let db = &database.pool;
    create_tables(&tables(), db).await.unwrap();
    let way = Way::to(0).await;
    share(db, &way.redis(&Uuid::new_v4().to_string()).await);
    let mut shelf = Shelf::builder().name("poems").create(db).await.unwrap();
    let publisher = Publisher::builder().name("A").create(db).await.unwrap();
    Shelf::get_cached(shelf.id, db).await.unwrap();
    assert_statements(0, Shelf::get_cached(shelf.id, db)).await.unwrap();

    let port = way.cut().await;
    // Reads go to the database.
    raw_sql::execute(db, "UPDATE cached_shelves SET name = 'prose'").await.unwrap();
    let found = assert_statements(1, Shelf::get_cached(shelf.id, db)).await.unwrap();
    assert_eq!(found.name, "prose");
    assert_eq!(assert_statements(1, Shelf::objects().fetch_all_cached(db)).await.unwrap()[0].name, "prose");
    // Writes of which others could not be told are refused.
    shelf.name = "plays".to_owned();
    refused(assert_statements(0, shelf.save(db)).await);
    refused(assert_statements(0, Shelf::objects().update(|s| s.name.set("plays"), db)).await);
    refused(assert_statements(0, Shelf::builder().name("new").create(db)).await);
    refused(Shelf::objects().hard_delete(db).await);
    refused(publisher.hard_delete(db).await);
    assert_eq!(raw_sql::column::<String>(db, "SELECT name FROM cached_shelves").await, ["prose"]);
    assert_eq!(raw_sql::count(db, "cached_publishers").await, 1);
    // Others are not.
    Publisher::builder().name("B").create(db).await.unwrap();

    let way = Way::to(port).await;
    // The connection comes back by itself, in its own time.
    while !shelf.save(db).await.is_ok_and(|written| written) {
        tokio::task::yield_now().await;
    }
    assert_eq!(Shelf::get_cached(shelf.id, db).await.unwrap().name, "plays");
    database.close().await;
    way.cut().await;
}

#[tokio::test]
#[cfg_attr(not(redis_url), ignore = "TEST_REDIS_URL is not set")]
async fn sqlite() {
    let _alone = tests::cached::ALONE.lock().await;
    without_redis(Database::sqlite().await).await;
}

#[tokio::test]
#[cfg_attr(
    not(all(postgres_url, redis_url)),
    ignore = "TEST_POSTGRES_URL is not set, or TEST_REDIS_URL is not set"
)]
async fn postgres() {
    let _alone = tests::cached::ALONE.lock().await;
    without_redis(Database::postgres().await).await;
}

#[tokio::test]
async fn nobody_listens() {
    let closed = Redis::connect("redis://127.0.0.1:1", "test").await.unwrap_err();
    assert!(matches!(closed, Error::Cache { .. }), "{closed}");
    let no_url = Redis::connect("localhost", "test").await.unwrap_err();
    assert!(matches!(no_url, Error::Cache { .. }), "{no_url}");
}
