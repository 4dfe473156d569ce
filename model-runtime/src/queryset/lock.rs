//! `select_for_update`: rows that nobody else writes until the transaction ends.

use super::QuerySet;
use super::read::Query;
use super::select_related::SelectRelated;
use crate::backend::Backend;
use crate::error::{Error, Result, ValidationErrors};
use crate::model::Model;
use crate::relation::Related;
use crate::sql::Sql;
use crate::table::{Dialect, TableDef};

impl<M: Model> QuerySet<M> {
    /// Locks the rows that are read until the transaction ends: others wait with their writes of them, and with their
    /// own `select_for_update`. Reading it without a transaction is [`Error::TransactionRequired`].
    ///
    /// On SQLite it reads and no more, since a transaction that writes is alone: begin it with
    /// [`Pool::begin`](crate::Pool::begin), which takes the write lock at once.
    ///
    /// ```
    /// # use model_runtime::prelude::*;
    /// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] struct Job { #[column(default = false)] done: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
    /// # let pool = Pool::connect("sqlite::memory:").await?;
    /// # model_runtime::schema::create_tables(&[Job::table()], &pool).await?;
    /// let mut transaction = pool.begin().await?;
    /// let open = Job::objects().filter(|j| j.done.eq(false)).limit(10);
    /// let mine = open.select_for_update().skip_locked().fetch_all(&mut transaction).await?;
    /// # assert_eq!(mine.len(), 0);
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn select_for_update(self) -> Locked<Self> {
        Locked { query: self, wait: "" }
    }
}

impl<M: Model, L: Related<M>> SelectRelated<M, L> {
    /// Locks the rows that are read, but not those that they refer to. See [`QuerySet::select_for_update`].
    pub fn select_for_update(self) -> Locked<Self> {
        Locked { query: self, wait: "" }
    }
}

/// A query that locks its rows. Made by [`QuerySet::select_for_update`]. It cannot be streamed.
#[must_use = "it does nothing until it is fetched"]
#[derive(Debug, Clone)]
pub struct Locked<Q> {
    query: Q,
    /// What it does, on PostgreSQL, where another transaction has locked a row.
    wait: &'static str,
}

impl<Q: Query> Locked<Q> {
    /// Leaves out the rows that another transaction has locked, in place of waiting: for queues.
    pub fn skip_locked(self) -> Self {
        Self { wait: " SKIP LOCKED", ..self }
    }

    /// [`Error::Conflict`] where another transaction has locked a row, in place of waiting. PostgreSQL takes nothing
    /// more in the transaction then but its end.
    pub fn nowait(self) -> Self {
        Self { wait: " NOWAIT", ..self }
    }
}

impl<Q: Query> Query for Locked<Q> {
    type Item = Q::Item;

    fn table() -> &'static TableDef {
        Q::table()
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = self.query.render(dialect);
        if dialect == Dialect::Postgres {
            sql.push(" FOR UPDATE");
            // Where there are joins, they are outer ones, whose rows cannot be locked.
            if let Some(root) = sql.qualify(None) {
                sql.push(" OF ");
                sql.push(root);
            }
            sql.push(self.wait);
        }
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<Q::Item> {
        self.query.read::<B>(row)
    }

    fn at_most(self, count: u64) -> Self {
        Self { query: self.query.at_most(count), ..self }
    }

    fn unordered(self) -> Self {
        Self { query: self.query.unordered(), ..self }
    }

    fn locks(&self) -> bool {
        true
    }
}

/// Locks end with the statement where there is no transaction.
pub(super) fn require_transaction<B: Backend, Q: Query>(query: &Q, connection: &B::Connection) -> Result<()> {
    match query.locks() && !B::in_transaction(connection) {
        true => Err(Error::TransactionRequired { model: Q::table().model }),
        false => Ok(()),
    }
}

/// A stream does not know whether it is of a transaction.
pub(super) fn refuse_stream<Q: Query>(query: &Q) -> Result<()> {
    let mut errors = ValidationErrors::new(Q::table().model);
    if query.locks() {
        errors.add(
            "select_for_update",
            "cannot be streamed: use `fetch_all`, with a `limit` where there are many rows",
        );
    }
    errors.into_result()
}

/// PostgreSQL's `lock_not_available`, of `NOWAIT` and of a `lock_timeout`.
const LOCKED: &str = "55P03";

pub(super) fn error_of<Q: Query>(query: &Q, error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) if query.locks() && database.code().as_deref() == Some(LOCKED) => {
            let detail = "another transaction has locked it; try again when that has ended".to_owned();
            Error::Conflict { model: Q::table().model, detail }
        }
        _ => Error::Database(error),
    }
}
