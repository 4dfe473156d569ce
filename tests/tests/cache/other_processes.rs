//! Several processes with one Redis: this test's program, and itself again as another process.

use std::process::Command;

use model_runtime::Pool;
use model_runtime::cached::share;
use model_runtime::prelude::*;
use model_runtime::profile::assert_statements;
use model_runtime::schema::create_tables;
use tests::cached::{Book, Publisher, Shelf, redis, tables};
use tests::database::Database;

/// Does nothing, unless another process asks for it.
#[tokio::test]
async fn the_other_process() {
    let Ok(url) = std::env::var("CACHE_OTHER_DATABASE") else { return };
    let db = Pool::connect(&url).await.unwrap();
    share(&db, &redis(&std::env::var("CACHE_OTHER_NAMESPACE").unwrap()).await);
    match std::env::var("CACHE_OTHER_WRITE").unwrap().as_str() {
        "save" => {
            let mut shelf = Shelf::get(1, &db).await.unwrap();
            shelf.name = "prose".to_owned();
            assert!(shelf.save(&db).await.unwrap());
        }
        "update" => assert_eq!(Shelf::objects().update(|s| s.name.set("plays"), &db).await.unwrap(), 1),
        "remove" => assert_eq!(Publisher::objects().hard_delete(&db).await.unwrap(), 1),
        "transaction" => {
            let mut transaction = db.begin().await.unwrap();
            Shelf::objects().update(|s| s.name.set("songs"), &mut transaction).await.unwrap();
            transaction.commit().await.unwrap();
        }
        other => panic!("{other}"),
    }
}

async fn elsewhere(database: &Database, namespace: &str, write: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["other_processes::the_other_process", "--exact"]);
    command.env("CACHE_OTHER_DATABASE", &database.url).env("CACHE_OTHER_NAMESPACE", namespace);
    command.env("CACHE_OTHER_WRITE", write);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && out.contains("1 passed"), "{out}");
}

async fn another_process_is_heard(database: Database) {
    let _alone = tests::cached::ALONE.lock().await;
    let (db, namespace) = (&database.pool, Uuid::new_v4().to_string());
    create_tables(&tables(), db).await.unwrap();
    share(db, &redis(&namespace).await);
    Shelf::builder().name("poems").create(db).await.unwrap();
    let publisher = Publisher::builder().name("A").create(db).await.unwrap();
    let book = Book::builder().title("A").publisher_id(publisher.id).create(db).await.unwrap();
    for (write, name) in [("save", "prose"), ("update", "plays"), ("transaction", "songs")] {
        assert_ne!(Shelf::get_cached(1, db).await.unwrap().name, name);
        assert_statements(0, Shelf::get_cached(1, db)).await.unwrap();
        assert_ne!(Shelf::objects().fetch_all_cached(db).await.unwrap()[0].name, name);
        elsewhere(&database, &namespace, write).await;
        assert_eq!(Shelf::get_cached(1, db).await.unwrap().name, name);
        assert_eq!(Shelf::objects().fetch_all_cached(db).await.unwrap()[0].name, name);
    }
    assert_eq!(Book::get_cached(book.id, db).await.unwrap().publisher_id, Some(publisher.id));
    assert_statements(0, Book::get_cached(book.id, db)).await.unwrap();
    elsewhere(&database, &namespace, "remove").await;
    assert_eq!(Book::get_cached(book.id, db).await.unwrap().publisher_id, None);
    database.close().await;
}

#[tokio::test]
#[cfg_attr(not(redis_url), ignore = "TEST_REDIS_URL is not set")]
async fn sqlite() {
    another_process_is_heard(Database::sqlite().await).await;
}

#[tokio::test]
#[cfg_attr(
    not(all(postgres_url, redis_url)),
    ignore = "TEST_POSTGRES_URL is not set, or TEST_REDIS_URL is not set"
)]
async fn postgres() {
    another_process_is_heard(Database::postgres().await).await;
}
