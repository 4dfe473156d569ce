//! Reading: the terminal methods of querysets, and rows by key.

use std::future::Future;

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use sqlx::{SqlSafeStr, SqlStr};

use super::explain::Explain;
use super::{QuerySet, lock};
use crate::backend::Backend;
use crate::column::Selection;
use crate::db::{Db, Op, StreamDb, StreamOp};
use crate::error::{Error, Result};
use crate::field::FieldType;
use crate::model::Model;
use crate::relation::ROOT;
use crate::sql::{Sql, arguments};
use crate::table::{Dialect, TableDef};

/// What can be read: a [`QuerySet`] gives rows, its [`Values`] give tuples.
pub trait Query: Sized + Send + 'static {
    /// What each row becomes.
    type Item: Send + 'static;

    #[doc(hidden)]
    fn table() -> &'static TableDef;

    #[doc(hidden)]
    fn render(&self, dialect: Dialect) -> Sql;

    #[doc(hidden)]
    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<Self::Item>;

    #[doc(hidden)]
    fn at_most(self, count: u64) -> Self;

    #[doc(hidden)]
    fn unordered(self) -> Self;

    /// Whether it locks the rows that it reads.
    #[doc(hidden)]
    fn locks(&self) -> bool {
        false
    }

    /// All of it, in memory.
    ///
    /// # Errors
    /// The database's.
    fn fetch_all<'c, D>(self, db: D) -> impl Future<Output = Result<Vec<Self::Item>>> + Send
    where
        D: Db<'c, FetchAll<Self>, Out = Vec<Self::Item>>,
    {
        db.run(FetchAll(self))
    }

    /// The first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    fn fetch_one<'c, D>(self, db: D) -> impl Future<Output = Result<Self::Item>> + Send
    where
        D: Db<'c, FetchOne<Self>, Out = Self::Item>,
    {
        db.run(FetchOne { query: self.at_most(1), exactly: false })
    }

    /// The only one.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, [`Error::Multiple`] where there are more.
    fn get<'c, D>(self, db: D) -> impl Future<Output = Result<Self::Item>> + Send
    where
        D: Db<'c, FetchOne<Self>, Out = Self::Item>,
    {
        db.run(FetchOne { query: self.unordered().at_most(2), exactly: true })
    }

    /// The first, if there is one.
    ///
    /// # Errors
    /// The database's.
    fn fetch_optional<'c, D>(self, db: D) -> impl Future<Output = Result<Option<Self::Item>>> + Send
    where
        D: Db<'c, FetchOptional<Self>, Out = Option<Self::Item>>,
    {
        db.run(FetchOptional(self.at_most(1)))
    }

    /// The first in the queryset's order, if there is one. The same as [`fetch_optional`](Self::fetch_optional).
    ///
    /// # Errors
    /// The database's.
    fn first<'c, D>(self, db: D) -> impl Future<Output = Result<Option<Self::Item>>> + Send
    where
        D: Db<'c, FetchOptional<Self>, Out = Option<Self::Item>>,
    {
        self.fetch_optional(db)
    }

    /// All of it as it arrives, in constant memory.
    fn fetch<'c, D>(self, db: D) -> BoxStream<'c, Result<Self::Item>>
    where
        D: StreamDb<'c, Self, Item = Self::Item>,
    {
        db.stream(self)
    }

    /// What the database would do for the query, one line a step: its `EXPLAIN`, on SQLite its `EXPLAIN QUERY PLAN`.
    /// The text is for people and for tests that look for an index by name; each version of a database has its own.
    ///
    /// # Errors
    /// The database's.
    fn explain<'c, D>(self, db: D) -> impl Future<Output = Result<String>> + Send
    where
        D: Db<'c, Explain<Self>, Out = String>,
    {
        db.run(Explain::new(self))
    }
}

impl<M: Model> Query for QuerySet<M> {
    type Item = M;

    fn table() -> &'static TableDef {
        M::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        self.sql(dialect)
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<M> {
        M::read::<B>(row, 0)
    }

    fn at_most(mut self, count: u64) -> Self {
        self.limit = Some(self.limit.map_or(count, |limit| limit.min(count)));
        self
    }

    /// Where the order decides which rows there are, it stays.
    fn unordered(mut self) -> Self {
        if !self.is_sliced() {
            self.order = Some(Vec::new());
            self.rank = None;
        }
        self
    }
}

impl<M: Model> QuerySet<M> {
    /// How many rows.
    ///
    /// # Errors
    /// The database's.
    pub fn count<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, Count<M>, Out = u64>,
    {
        db.run(Count(self))
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// The database's.
    pub fn exists<'c, D>(self, db: D) -> impl Future<Output = Result<bool>> + Send
    where
        D: Db<'c, Exists<M>, Out = bool>,
    {
        db.run(Exists(self))
    }
}

/// Chosen columns of a queryset, as tuples. Made by [`QuerySet::values`].
#[must_use = "it does nothing until it is fetched"]
pub struct Values<M, S> {
    query: QuerySet<M>,
    selection: S,
    distinct: bool,
}

impl<M: Model, S: Clone> Clone for Values<M, S> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), selection: self.selection.clone(), distinct: self.distinct }
    }
}

impl<M: Model, S: Selection<M>> Values<M, S> {
    pub(super) fn new(query: QuerySet<M>, selection: S) -> Self {
        Self { query, selection, distinct: false }
    }

    /// Each tuple once, ordered by its columns; an order of the queryset's own does not count then.
    pub fn distinct(self) -> Self {
        Self { distinct: true, ..self }
    }

    /// The `SELECT`, as a statement or as part of one.
    pub(crate) fn render_into(&self, sql: &mut Sql) {
        let columns = self.selection.columns();
        let mut joins = self.query.joins();
        columns.iter().for_each(|column| joins.add(column.path));
        sql.push(if self.distinct { "SELECT DISTINCT " } else { "SELECT " });
        sql.qualify((!joins.is_empty()).then_some(ROOT));
        for (i, column) in columns.iter().enumerate() {
            if i > 0 {
                sql.push(", ");
            }
            sql.column(*column);
        }
        sql.push(" FROM ");
        self.query.render_table(sql, &joins);
        if self.distinct {
            self.query.render_where(sql);
            let order = columns.into_iter().map(|column| (column, false)).collect();
            self.query.render_slice(sql, None, order);
        } else {
            self.query.render_tail(sql);
        }
    }
}

impl<M: Model, S: Selection<M>> Query for Values<M, S> {
    type Item = S::Out;

    fn table() -> &'static TableDef {
        M::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, "");
        self.render_into(&mut sql);
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<S::Out> {
        self.selection.read::<B>(row)
    }

    fn at_most(mut self, count: u64) -> Self {
        self.query = self.query.at_most(count);
        self
    }

    fn unordered(mut self) -> Self {
        self.query = self.query.unordered();
        self
    }
}

impl<B: Backend, Q: Query> StreamOp<B> for Q {
    type Item = Q::Item;

    fn statement(&self) -> Result<(SqlStr, B::Arguments)> {
        lock::refuse_stream(self)?;
        self.render(B::DIALECT).into_statement::<B>()
    }

    fn read(&self, row: &B::Row) -> Result<Q::Item> {
        Ok(Query::read::<B>(self, row)?)
    }
}

/// Reads all.
#[derive(Debug)]
pub struct FetchAll<Q>(Q);

impl<Q> FetchAll<Q> {
    pub(crate) fn new(query: Q) -> Self {
        Self(query)
    }
}

impl<B: Backend, Q: Query> Op<B> for FetchAll<Q> {
    type Out = Vec<Q::Item>;

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        lock::require_transaction::<B, Q>(&self.0, connection)?;
        let (sql, arguments) = self.0.render(B::DIALECT).into_statement::<B>()?;
        let mut rows = B::fetch(connection, sql, arguments);
        let mut items = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(|e| lock::error_of(&self.0, e))? {
            items.push(self.0.read::<B>(&row)?);
        }
        Ok(items)
    }
}

/// Reads the first row, if there is one.
#[derive(Debug)]
pub struct FetchOptional<Q>(Q);

#[cfg(feature = "cursors")]
impl<Q> FetchOptional<Q> {
    pub(super) fn new(query: Q) -> Self {
        Self(query)
    }
}

impl<B: Backend, Q: Query> Op<B> for FetchOptional<Q> {
    type Out = Option<Q::Item>;

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        lock::require_transaction::<B, Q>(&self.0, connection)?;
        let (sql, arguments) = self.0.render(B::DIALECT).into_statement::<B>()?;
        let row =
            B::fetch_optional(connection, sql, arguments).await.map_err(|e| lock::error_of(&self.0, e))?;
        Ok(row.map(|row| self.0.read::<B>(&row)).transpose()?)
    }
}

/// Reads one row.
#[derive(Debug)]
pub struct FetchOne<Q> {
    query: Q,
    exactly: bool,
}

impl<B: Backend, Q: Query> Op<B> for FetchOne<Q> {
    type Out = Q::Item;

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        let model = Q::table().model;
        lock::require_transaction::<B, Q>(&self.query, connection)?;
        let (sql, arguments) = self.query.render(B::DIALECT).into_statement::<B>()?;
        let mut rows = B::fetch(connection, sql, arguments);
        let Some(row) = rows.try_next().await.map_err(|e| lock::error_of(&self.query, e))? else {
            let sql = self.query.render(B::DIALECT).to_string();
            let what = sql.split_once(" WHERE ").map_or("there is no row", |(_, condition)| condition);
            return Err(Error::NotFound { model, what: what.to_owned() });
        };
        if self.exactly && rows.try_next().await?.is_some() {
            return Err(Error::Multiple { model });
        }
        Ok(self.query.read::<B>(&row)?)
    }
}

/// Counts rows.
pub struct Count<M>(QuerySet<M>);

impl<M> Count<M> {
    pub(super) fn new(query: QuerySet<M>) -> Self {
        Self(query)
    }
}

impl<B: Backend, M: Model> Op<B> for Count<M> {
    type Out = u64;

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        let mut sql = Sql::new(B::DIALECT, "SELECT COUNT(*) FROM ");
        self.0.render_rows(&mut sql, &self.0.joins());
        let count: i64 = scalar::<B, _>(connection, sql).await?.unwrap_or_default();
        Ok(count.unsigned_abs())
    }
}

/// Asks whether there is a row.
pub struct Exists<M>(QuerySet<M>);

impl<B: Backend, M: Model> Op<B> for Exists<M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let mut sql = Sql::new(B::DIALECT, "SELECT 1 FROM ");
        self.0.render_table(&mut sql, &self.0.joins());
        self.0.unordered().at_most(1).render_tail(&mut sql);
        let (sql, arguments) = sql.into_statement::<B>()?;
        Ok(B::fetch_optional(connection, sql, arguments).await?.is_some())
    }
}

/// The first column of the first row.
pub(crate) async fn scalar<B: Backend, T: FieldType>(
    connection: &mut B::Connection,
    sql: Sql,
) -> Result<Option<T>> {
    const COLUMN: crate::table::ColumnDef = crate::table::ColumnDef::new::<i64>("result");
    let (sql, arguments) = sql.into_statement::<B>()?;
    let row = B::fetch_optional(connection, sql, arguments).await?;
    Ok(row.map(|row| crate::backend::read::<B, T>(&row, 0, &COLUMN)).transpose()?)
}

/// Reads the row of a key in the default scope.
#[derive(Debug)]
pub struct GetById<M: Model>(M::Id);

impl<M: Model> GetById<M> {
    pub(crate) fn new(id: M::Id) -> Self {
        Self(id)
    }
}

impl<B: Backend, M: Model> Op<B> for GetById<M> {
    type Out = M;

    async fn run(self, connection: &mut B::Connection) -> Result<M> {
        by_id::<B, M>(connection, M::STATEMENTS.get, self.0).await?.ok_or_else(|| not_found::<M>(self.0))
    }
}

/// Reads a row again, whatever the default scope.
#[derive(Debug)]
pub struct Reload<'m, M>(&'m mut M);

impl<'m, M: Model> Reload<'m, M> {
    pub(crate) fn new(model: &'m mut M) -> Self {
        Self(model)
    }
}

impl<B: Backend, M: Model> Op<B> for Reload<'_, M> {
    type Out = ();

    async fn run(self, connection: &mut B::Connection) -> Result<()> {
        let id = self.0.id();
        *self.0 =
            by_id::<B, M>(connection, M::STATEMENTS.reload, id).await?.ok_or_else(|| not_found::<M>(id))?;
        Ok(())
    }
}

/// All that a query finds.
pub(crate) async fn all<B: Backend, Q: Query>(
    connection: &mut B::Connection,
    query: Q,
) -> Result<Vec<Q::Item>> {
    Op::<B>::run(FetchAll(query), connection).await
}

/// The first that a query finds.
#[cfg(feature = "users")]
pub(crate) async fn first<B: Backend, Q: Query>(
    connection: &mut B::Connection,
    query: Q,
) -> Result<Option<Q::Item>> {
    Op::<B>::run(FetchOptional(query.at_most(1)), connection).await
}

/// The row that a fixed statement finds by key.
pub(crate) async fn by_id<B: Backend, M: Model>(
    connection: &mut B::Connection,
    statement: &'static str,
    id: M::Id,
) -> Result<Option<M>> {
    let arguments = arguments::<B>([id.to_value()])?;
    let row = B::fetch_optional(connection, statement.into_sql_str(), arguments).await?;
    Ok(row.map(|row| M::read::<B>(&row, 0)).transpose()?)
}

pub(crate) fn not_found<M: Model>(id: M::Id) -> Error {
    Error::NotFound { model: M::TABLE.model, what: format!("{} = {id}", M::TABLE.key().name) }
}
