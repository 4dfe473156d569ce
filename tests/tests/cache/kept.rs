//! What is kept, for whom and how long.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use model_runtime::cached::{self, share};
use model_runtime::prelude::*;
use model_runtime::profile::{assert_statements, profile};
use model_runtime::schema::create_tables;
use tests::cached::{Book, Note, Publisher, Shelf, redis};
use tests::database::Database;
use tests::models::Everything;
use tests::{on_both_caches, raw_sql};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

async fn shelf(db: &Pool, name: &str) -> Shelf {
    Shelf::builder().name(name).create(db).await.unwrap()
}

on_both_caches! {
    async fn a_row_is_read_once(db) {
        let shelf = shelf(&db, "poems").await;
        let first = assert_statements(1, Shelf::get_cached(shelf.id, &db)).await.unwrap();
        assert_eq!(*first, shelf);
        let second = assert_statements(0, Shelf::get_cached(shelf.id, &db)).await.unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        // A clone of the pool is the same pool.
        assert_statements(0, Shelf::get_cached(shelf.id, &db.clone())).await.unwrap();
        match &db {
            Pool::Sqlite(pool) => assert_statements(0, Shelf::get_cached(shelf.id, pool)).await.unwrap(),
            Pool::Postgres(pool) => assert_statements(0, Shelf::get_cached(shelf.id, pool)).await.unwrap(),
        };
    }

    async fn what_is_not_there_is_not_kept(db) {
        let missing = Shelf::get_cached(1, &db).await.unwrap_err();
        assert_eq!(missing.to_string(), "no Shelf found: id = 1");
        let shelf = shelf(&db, "poems").await;
        assert_eq!(shelf.id, 1);
        assert_eq!(*Shelf::get_cached(1, &db).await.unwrap(), shelf);
    }

    async fn a_stampede_is_one_statement(db) {
        let shelf = shelf(&db, "poems").await;
        let all = assert_statements(1, join_all((0..64).map(|_| Shelf::get_cached(shelf.id, &db)))).await;
        assert!(all.into_iter().all(|found| *found.unwrap() == shelf));
        let query = || Shelf::objects().filter(|s| s.name.eq("poems"));
        let all = assert_statements(1, join_all((0..64).map(|_| query().fetch_all_cached(&db)))).await;
        assert!(all.into_iter().all(|found| *found.unwrap() == [shelf.clone()]));
        let missing = join_all((0..64).map(|_| Shelf::get_cached(99, &db))).await;
        assert!(missing.into_iter().all(|found| matches!(found, Err(Error::NotFound { .. }))));
    }

    async fn a_queryset_is_read_once(db) {
        shelf(&db, "1").await;
        let two = shelf(&db, "2").await;
        let query = |name: &str| Shelf::objects().filter(|s| s.name.eq(name));
        let found = assert_statements(1, query("2").fetch_all_cached(&db)).await.unwrap();
        assert_eq!(*found, std::slice::from_ref(&two));
        assert_statements(0, query("2").fetch_all_cached(&db)).await.unwrap();
        // Other values, another order and another slice are other queries.
        assert_eq!(assert_statements(1, query("3").fetch_all_cached(&db)).await.unwrap().len(), 0);
        let all = Shelf::objects().order_by(|s| s.name.desc());
        assert_eq!(assert_statements(1, all.clone().fetch_all_cached(&db)).await.unwrap().len(), 2);
        assert_eq!(*assert_statements(1, all.limit(1).fetch_all_cached(&db)).await.unwrap(), [two]);
    }

    async fn what_others_write_is_served_when_it_is_told(db) {
        let shelf = shelf(&db, "poems").await;
        let names = || Shelf::objects().fetch_all_cached(&db);
        assert_eq!((Shelf::get_cached(shelf.id, &db).await.unwrap().name.clone(), names().await.unwrap().len()), ("poems".into(), 1));
        raw_sql::execute(&db, "UPDATE cached_shelves SET name = 'prose'; INSERT INTO cached_shelves (name) VALUES ('plays')").await.unwrap();
        assert_eq!((Shelf::get_cached(shelf.id, &db).await.unwrap().name.clone(), names().await.unwrap().len()), ("poems".into(), 1));
        cached::forget(Shelf::table()).await.unwrap();
        assert_eq!((Shelf::get_cached(shelf.id, &db).await.unwrap().name.clone(), names().await.unwrap().len()), ("prose".into(), 2));
    }

    async fn what_others_write_is_served_after_the_ttl(db) {
        let note = Note::builder().text("old").create(&db).await.unwrap();
        assert_eq!(Note::get_cached(note.id, &db).await.unwrap().text, "old");
        raw_sql::execute(&db, "UPDATE cached_notes SET text = 'new'").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert_eq!(Note::get_cached(note.id, &db).await.unwrap().text, "new");
    }

    async fn the_default_scope_holds(db) {
        let mut book = Book::builder().title("Poems").create(&db).await.unwrap();
        book.delete(&db).await.unwrap();
        assert!(matches!(Book::get_cached(book.id, &db).await, Err(Error::NotFound { .. })));
        assert_eq!(Book::objects().fetch_all_cached(&db).await.unwrap().len(), 0);
        let deleted = Book::objects().deleted();
        assert_eq!(assert_statements(1, deleted.clone().fetch_all_cached(&db)).await.unwrap().len(), 1);
        assert_statements(0, deleted.fetch_all_cached(&db)).await.unwrap();
    }

    async fn only_queries_whose_tables_are_known_are_kept(db) {
        let told = |error: Error| error.to_string();
        let joined = Book::objects().filter(|b| b.publisher().name.eq("A")).fetch_all_cached(&db).await;
        assert_eq!(
            told(joined.unwrap_err()),
            "this query of Book cannot be cached: it reads Publisher, which is not `#[cached]`; make it so; read it with `fetch_all`"
        );
        let publishers = Publisher::objects().values(|p| p.id);
        let within = Book::objects().filter(|b| b.publisher_id.is_in(publishers)).fetch_all_cached(&db).await;
        assert!(matches!(within, Err(Error::NotCacheable { model: "Book", .. })));
        let ordered = Book::objects().order_by(|b| b.publisher().name.asc()).fetch_all_cached(&db).await;
        assert!(matches!(ordered, Err(Error::NotCacheable { model: "Book", .. })));
        let own = Book::objects().filter_sql("copies > {}", (1,)).fetch_all_cached(&db).await;
        assert_eq!(
            told(own.unwrap_err()),
            "this query of Book cannot be cached: it has SQL of its own, whose tables are not known; read it with `fetch_all`"
        );
    }

    async fn every_type_is_kept(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        let mut row = Everything::sample();
        row.text = "\"quotes\\ \u{0a} 'and' ä".to_owned();
        row.json = serde_json::json!({ "a": [null, 0.1, "x"], "b": "null" });
        row.real = 0.1;
        row.double = f64::MIN_POSITIVE;
        row.maybe_price = Some(Decimal::new(-1_000_001, 6));
        row.maybe_moment = Some(row.moment);
        row.maybe_bytes = Some(Vec::new());
        row.maybe_text = Some("null".to_owned());
        row.insert(&db).await.unwrap();
        let kept = Everything::get_cached(row.id, &db).await.unwrap();
        assert_eq!(*kept, row);
        // Another pool on the same database takes it from Redis, where there is one.
        assert_eq!(*Everything::objects().fetch_all_cached(&db).await.unwrap(), [row]);
    }
}

#[tokio::test]
async fn two_databases_never_mix() {
    let _alone = tests::cached::ALONE.lock().await;
    let (one, two) = (Database::sqlite().await, Database::sqlite().await);
    for (database, name) in [(&one, "one"), (&two, "two")] {
        create_tables(&[Shelf::table()], &database.pool).await.unwrap();
        shelf(&database.pool, name).await;
    }
    for _ in 0..2 {
        for (database, name) in [(&one, "one"), (&two, "two")] {
            assert_eq!(Shelf::get_cached(1, &database.pool).await.unwrap().name, name);
            assert_eq!(Shelf::objects().fetch_all_cached(&database.pool).await.unwrap()[0].name, name);
        }
    }
    // Nor does a pool that comes after one that is gone.
    for n in 0..50 {
        let pool = Pool::connect("sqlite::memory:").await.unwrap();
        create_tables(&[Shelf::table()], &pool).await.unwrap();
        let name = format!("shelf {n}");
        shelf(&pool, &name).await;
        assert_eq!(Shelf::get_cached(1, &pool).await.unwrap().name, name);
        pool.close().await;
    }
    // A second pool on the same database is told of writes by the first.
    let second = Pool::connect(&one.url).await.unwrap();
    let mut row = Shelf::get(1, &one.pool).await.unwrap();
    assert_eq!(Shelf::get_cached(1, &second).await.unwrap().name, "one");
    row.name = "changed".to_owned();
    row.save(&one.pool).await.unwrap();
    assert_eq!(Shelf::get_cached(1, &second).await.unwrap().name, "changed");
    second.close().await;
    one.close().await;
    two.close().await;
}

/// Pools that share a namespace have what one of them read, each type as it was.
#[tokio::test]
#[cfg_attr(not(redis_url), ignore = "TEST_REDIS_URL is not set")]
async fn pools_share_rows_in_redis() {
    let _alone = tests::cached::ALONE.lock().await;
    let database = Database::sqlite().await;
    let second = Pool::connect(&database.url).await.unwrap();
    create_tables(&[Everything::table(), Shelf::table()], &database.pool).await.unwrap();
    let namespace = Uuid::new_v4().to_string();
    share(&database.pool, &redis(&namespace).await);
    share(&second, &redis(&namespace).await);
    let mut row = Everything::sample();
    row.real = 0.1;
    row.maybe_json = Some(serde_json::json!([1, "two"]));
    row.maybe_text = Some("null".to_owned());
    row.insert(&database.pool).await.unwrap();
    assert_eq!(*assert_statements(1, Everything::get_cached(row.id, &database.pool)).await.unwrap(), row);
    assert_eq!(*assert_statements(0, Everything::get_cached(row.id, &second)).await.unwrap(), row);
    let all = Everything::objects().order_by(|e| e.text.asc());
    assert_eq!(
        *assert_statements(1, all.clone().fetch_all_cached(&database.pool)).await.unwrap(),
        [row.clone()]
    );
    assert_eq!(*assert_statements(0, all.clone().fetch_all_cached(&second)).await.unwrap(), [row.clone()]);
    // JSON's null in a column that is not NULL would not be read back: such a row stays out of Redis.
    row.json = serde_json::Value::Null;
    row.save(&second).await.unwrap();
    for pool in [&second, &database.pool] {
        let (found, profile) = profile("get", Everything::get_cached(row.id, pool)).await;
        assert_eq!((&*found.unwrap(), profile.statements.len()), (&row, 1));
    }
    second.close().await;
    database.close().await;
}

#[tokio::test]
#[cfg_attr(not(redis_url), ignore = "TEST_REDIS_URL is not set")]
async fn another_namespace_is_another_database() {
    let _alone = tests::cached::ALONE.lock().await;
    let (one, two) = (Database::sqlite().await, Database::sqlite().await);
    for (database, name) in [(&one, "one"), (&two, "two")] {
        create_tables(&[Shelf::table()], &database.pool).await.unwrap();
        tests::cached::shared(&database.pool).await;
        shelf(&database.pool, name).await;
    }
    for _ in 0..2 {
        for (database, name) in [(&one, "one"), (&two, "two")] {
            assert_eq!(Shelf::get_cached(1, &database.pool).await.unwrap().name, name);
        }
    }
    one.close().await;
    two.close().await;
}

/// How many keys Redis has of a namespace.
async fn keys(namespace: &str) -> usize {
    let url = std::env::var("TEST_REDIS_URL").unwrap();
    let server = TcpStream::connect(url.trim_start_matches("redis://").trim_end_matches('/')).await.unwrap();
    let mut server = BufStream::new(server);
    server.write_all(format!("KEYS {{{namespace}}}:*\r\n").as_bytes()).await.unwrap();
    server.flush().await.unwrap();
    let mut line = String::new();
    server.read_line(&mut line).await.unwrap();
    line.trim().strip_prefix('*').unwrap().parse().unwrap()
}

#[tokio::test]
#[cfg_attr(not(redis_url), ignore = "TEST_REDIS_URL is not set")]
async fn rows_that_are_not_there_do_not_fill_redis() {
    let _alone = tests::cached::ALONE.lock().await;
    let database = Database::sqlite().await;
    create_tables(&tests::cached::tables(), &database.pool).await.unwrap();
    let namespace = Uuid::new_v4().to_string();
    share(&database.pool, &redis(&namespace).await);
    for _ in 0..400 {
        assert!(Book::get_cached(Uuid::new_v4(), &database.pool).await.is_err());
    }
    let keys = keys(&namespace).await;
    assert!((1..200).contains(&keys), "{keys}");
    database.close().await;
}
