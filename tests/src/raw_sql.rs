//! Plain sqlx, to see what is in the database and to write behind the library's back.

use model_runtime::Pool;
use sqlx::{AssertSqlSafe, Decode, Postgres, Sqlite, Type};
use uuid::Uuid;

/// Runs one or several statements.
pub async fn execute(db: &Pool, sql: &str) -> sqlx::Result<()> {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Pool::Sqlite(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
        Pool::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
    }
}

/// Runs a statement with a text for `$1`, which is in no log of statements.
pub async fn execute_with(db: &Pool, sql: &'static str, text: &str) -> sqlx::Result<()> {
    match db {
        Pool::Sqlite(pool) => sqlx::query(sql).bind(text).execute(pool).await.map(drop),
        Pool::Postgres(pool) => sqlx::query(sql).bind(text).execute(pool).await.map(drop),
    }
}

/// The only column of all rows.
pub async fn column<T>(db: &Pool, sql: &str) -> Vec<T>
where
    T: Send + Unpin + Type<Sqlite> + Type<Postgres>,
    T: for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
{
    let sql = AssertSqlSafe(sql.to_owned());
    let rows = match db {
        Pool::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
        Pool::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
    };
    rows.expect("the query runs")
}

/// The only column of the only row.
pub async fn value<T>(db: &Pool, sql: &str) -> T
where
    T: Send + Unpin + Type<Sqlite> + Type<Postgres>,
    T: for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
{
    let mut rows = column(db, sql).await;
    assert_eq!(rows.len(), 1, "{sql}");
    rows.remove(0)
}

/// How many rows a table holds, whatever the default scope.
pub async fn count(db: &Pool, table: &str) -> i64 {
    value(db, &format!("SELECT COUNT(*) FROM {table}")).await
}

/// A key as a literal.
pub fn key(db: &Pool, id: Uuid) -> String {
    match db {
        Pool::Sqlite(_) => format!("x'{}'", id.simple()),
        Pool::Postgres(_) => format!("'{id}'::uuid"),
    }
}

/// Has the database count the updates of a table's rows from now on, for [`updates`].
pub async fn watch_updates(db: &Pool, table: &str) {
    execute(db, "CREATE TABLE updates (n INTEGER)").await.expect("the table is made");
    let trigger = match db {
        Pool::Sqlite(_) => {
            format!("CREATE TRIGGER watch AFTER UPDATE ON {table} BEGIN INSERT INTO updates VALUES (1); END")
        }
        Pool::Postgres(_) => format!(
            "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO updates VALUES (1); RETURN NULL; END $$;
             CREATE TRIGGER watch AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION watch()"
        ),
    };
    execute(db, &trigger).await.expect("the trigger is made");
}

/// How many updates of rows the database saw since the last call.
pub async fn updates(db: &Pool) -> i64 {
    let seen = count(db, "updates").await;
    execute(db, "DELETE FROM updates").await.expect("the statement runs");
    seen
}
