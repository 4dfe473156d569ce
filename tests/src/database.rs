//! A database of its own for each test.

use model_runtime::Pool;
use tempfile::TempDir;
use uuid::Uuid;

/// A fresh database with no tables. It goes away when dropped (SQLite) or closed (PostgreSQL).
pub struct Database {
    /// The pool.
    pub pool: Pool,
    /// Where to connect for another pool on the same database.
    pub url: String,
    folder: Option<TempDir>,
    schema: Option<(String, String)>,
}

impl Database {
    /// A SQLite file in a temporary folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/test.db", folder.path().display());
        let pool = Pool::connect(&url).await.expect("SQLite opens");
        Self { pool, url, folder: Some(folder), schema: None }
    }

    /// A schema of its own in the database that `TEST_POSTGRES_URL` names.
    pub async fn postgres() -> Self {
        let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL is set");
        let schema = format!("test_{}", Uuid::new_v4().simple());
        execute(&server, &format!("CREATE SCHEMA {schema}")).await;
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-c%20search_path%3D{schema}");
        let pool = Pool::connect_with(&url, 4).await.expect("PostgreSQL connects");
        Self { pool, url, folder: None, schema: Some((server, schema)) }
    }

    /// Closes the pool and removes what was made.
    pub async fn close(self) {
        self.pool.close().await;
        if let Some((server, schema)) = &self.schema {
            execute(server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
        drop(self.folder);
    }
}

async fn execute(url: &str, sql: &str) {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    let mut connection = sqlx::PgConnection::connect(url).await.expect("PostgreSQL connects");
    connection.execute(AssertSqlSafe(sql)).await.expect("the statement runs");
    connection.close().await.expect("the connection closes");
}

/// Defines tests that run once on each database, in a database of their own: the body gets `db: Pool`.
///
/// ```ignore
/// on_both! {
///     async fn a_row_is_found(db) {
///         create_tables(&[Post::table()], &db).await.unwrap();
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: ::model_runtime::Pool) $body

            #[tokio::test]
            async fn sqlite() {
                let database = $crate::database::Database::sqlite().await;
                body(database.pool.clone()).await;
                database.close().await;
            }

            #[tokio::test]
            #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
            async fn postgres() {
                let database = $crate::database::Database::postgres().await;
                body(database.pool.clone()).await;
                database.close().await;
            }
        }
    )*};
}
