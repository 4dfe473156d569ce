//! Deletions and restorations that go beyond their own rows: in a transaction, on the tables that there are.

use std::collections::HashSet;
use std::future::Future;

use crate::atomic::{self, Steps};
use crate::backend::{self, Backend};
use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::referrer::referring_tables;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::{Kind, Value};

/// A deletion or a restoration of rows, with what goes with them.
pub(crate) trait Reach<B: Backend>: Send {
    type Out: Send;

    fn take(
        &mut self,
        connection: &mut B::Connection,
        tables: &Tables,
    ) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// Does it in a transaction. The tables of all models are taken to be there; where one lacks, those that are there are
/// looked up first.
pub(crate) async fn reach<B: Backend, R: Reach<B>>(
    connection: &mut B::Connection,
    top: &'static TableDef,
    reach: R,
) -> Result<R::Out> {
    let again = |error: &Error| atomic::is_deadlock(error) || lacks(error);
    let mut attempt = Attempt { reach, top, tables: Tables::All, lacks: false };
    // In a box, so that the writes of models that reach no other rows stay small.
    Box::pin(atomic::retried::<B, _>(&mut attempt, connection, again)).await
}

struct Attempt<R> {
    reach: R,
    top: &'static TableDef,
    tables: Tables,
    lacks: bool,
}

impl<B: Backend, R: Reach<B>> Steps<B> for Attempt<R> {
    type Out = R::Out;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<R::Out> {
        if self.lacks {
            self.tables = Tables::existing::<B>(connection, &referring_tables(self.top)).await?;
        }
        let result = self.reach.take(connection, &self.tables).await;
        self.lacks = result.as_ref().is_err_and(lacks);
        result
    }
}

/// Whether a table or a column is not there.
fn lacks(error: &Error) -> bool {
    let Error::Database(sqlx::Error::Database(error)) = error else { return false };
    let missing = |code: &str| ["42P01", "42703"].contains(&code);
    error.code().as_deref().is_some_and(missing) || error.message().starts_with("no such ")
}

/// The tables that are looked at: a program may keep its models in several databases.
pub(crate) enum Tables {
    All,
    /// Those with these columns.
    Existing(HashSet<(String, String)>),
}

impl Tables {
    async fn existing<B: Backend>(
        connection: &mut B::Connection,
        tables: &[&'static TableDef],
    ) -> Result<Self> {
        const TABLE: ColumnDef = ColumnDef::new::<String>("t");
        const COLUMN: ColumnDef = ColumnDef::new::<String>("c");
        let text = match B::DIALECT {
            Dialect::Sqlite => {
                "SELECT t, c.name FROM (SELECT name AS t FROM sqlite_master WHERE type = 'table'), \
                 pragma_table_info(t) AS c WHERE "
            }
            Dialect::Postgres => {
                "SELECT t, c FROM (SELECT relname::text AS t, attname::text AS c FROM pg_attribute \
                 JOIN pg_class ON attrelid = pg_class.oid WHERE pg_table_is_visible(attrelid)) AS r WHERE "
            }
        };
        let names = tables.iter().map(|table| Value::Text(table.name.into())).collect();
        let mut sql = Sql::new(B::DIALECT, text);
        Expr::In { column: (&TABLE).into(), values: Value::Array(Kind::Text, names) }.render(&mut sql);
        let read = |row: &B::Row| {
            Ok((backend::read::<B, String>(row, 0, &TABLE)?, backend::read::<B, String>(row, 1, &COLUMN)?))
        };
        Ok(Self::Existing(backend::read_all::<B, _>(connection, sql, read).await?.into_iter().collect()))
    }

    pub(super) fn has(&self, table: &TableDef, column: &ColumnDef) -> bool {
        match self {
            Self::All => true,
            Self::Existing(columns) => columns.contains(&(table.name.to_owned(), column.name.to_owned())),
        }
    }
}
