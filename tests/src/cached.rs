//! Models whose rows are kept, and databases with and without a Redis beside them.

use model_runtime::TableDef;
use model_runtime::cached::{Redis, share};
use model_runtime::prelude::*;

/// Holds books. Where it is removed, the database removes its books.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "cached_shelves", app = "library", id = i64, display = name, unchecked)]
#[cached(ttl = 600)]
pub struct Shelf {
    /// The name.
    pub name: String,
}

/// Is not cached. Where it is removed, the database sets the books' column to NULL.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "cached_publishers", app = "library", display = name, unchecked)]
pub struct Publisher {
    /// The name.
    pub name: String,
}

/// Is written in every way.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "cached_books", app = "library", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title)]
#[track_changes]
#[audited]
#[cached(ttl = 600, max = 1000)]
#[many_to_many(Label, through = BookLabel)]
pub struct Book {
    /// The title.
    pub title: String,
    /// How many there are.
    #[column(default = 0)]
    pub copies: i32,
    /// Where it stands.
    #[belongs_to(Shelf, on_delete = cascade)]
    pub shelf_id: Option<i64>,
    /// Who made it.
    #[belongs_to(Publisher, on_delete = set_null)]
    pub publisher_id: Option<Uuid>,
}

/// Is put on books.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "cached_labels", app = "library", display = name, unchecked)]
#[cached(ttl = 600)]
pub struct Label {
    /// The name.
    pub name: String,
}

/// A book has a label.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "cached_book_labels", app = "library", unchecked)]
#[unique(book_id, label_id)]
#[cached(ttl = 600)]
pub struct BookLabel {
    /// The book.
    #[belongs_to(Book, on_delete = cascade)]
    pub book_id: Uuid,
    /// The label.
    #[belongs_to(Label, on_delete = cascade)]
    pub label_id: Uuid,
}

/// Is written where the end of the write is not known, by nothing that is recorded.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "cached_notes", app = "library", id = i64, unchecked)]
#[cached(ttl = 1)]
pub struct Note {
    /// The text.
    pub text: String,
    /// A number that grows.
    #[column(default = 0)]
    pub number: i32,
}

/// The tables.
pub fn tables() -> Vec<&'static TableDef> {
    vec![
        Shelf::table(),
        Publisher::table(),
        Book::table(),
        Label::table(),
        BookLabel::table(),
        Note::table(),
        AuditLog::table(),
    ]
}

/// Redis in a namespace of its own, which stands for one database.
pub async fn redis(namespace: &str) -> Redis {
    let url = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL is set");
    Redis::connect(&url, namespace).await.expect("Redis answers")
}

/// Has the pool share its rows in a namespace of its own.
pub async fn shared(db: &Pool) {
    share(db, &redis(&format!("test_{}", Uuid::new_v4().simple())).await);
}

/// What a write holds, it holds for all databases of the process. So one test runs at a time.
pub static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// [`on_both!`](crate::on_both), in this process' memory and in Redis.
#[macro_export]
macro_rules! on_both_caches {
    ($(async fn $name:ident($db:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: ::model_runtime::Pool) $body

            async fn run(database: $crate::database::Database, in_redis: bool) {
                let _alone = $crate::cached::ALONE.lock().await;
                ::model_runtime::schema::create_tables(&$crate::cached::tables(), &database.pool).await.unwrap();
                if in_redis {
                    $crate::cached::shared(&database.pool).await;
                }
                body(database.pool.clone()).await;
                database.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::database::Database::sqlite().await, false).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
            async fn postgres() {
                run($crate::database::Database::postgres().await, false).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[cfg_attr(not(redis_url), ignore = "TEST_REDIS_URL is not set")]
            async fn sqlite_and_redis() {
                run($crate::database::Database::sqlite().await, true).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[cfg_attr(not(all(postgres_url, redis_url)), ignore = "TEST_POSTGRES_URL is not set, or TEST_REDIS_URL is not set")]
            async fn postgres_and_redis() {
                run($crate::database::Database::postgres().await, true).await;
            }
        }
    )*};
}
