//! Querysets: a model's rows, narrowed by chaining, read by a terminal method.

mod aggregate;
mod bulk;
#[cfg(feature = "cursors")]
mod cursor;
mod explain;
#[cfg(feature = "cursors")]
mod keyset;
mod lock;
mod page;
mod prefetch;
mod raw;
mod read;
mod select_related;
mod subquery;
mod update_returning;

pub use aggregate::{
    Aggregate, Aggregated, FigureOrder, Figures, GroupFigures, Groups, Having, Summed, count,
};
pub use bulk::BulkWrite;
pub(crate) use bulk::Source;
#[cfg(feature = "cursors")]
pub use cursor::Cursors;
pub use explain::Explain;
#[cfg(feature = "cursors")]
pub use keyset::{Keyset, KeysetPage};
pub use lock::Locked;
pub use page::{Page, Paged, Pages};
pub(crate) use prefetch::refuse_slice;
pub use prefetch::{FetchPrefetched, ForeignKey, Prefetch, Rows};
pub(crate) use raw::push_with;
pub use raw::{RawQuery, RawRow, RawTuples, RawValues};
#[cfg(feature = "users")]
pub(crate) use read::first;
pub use read::{Count, Exists, FetchAll, FetchOne, FetchOptional, GetById, Query, Reload, Values};
pub(crate) use read::{all, by_id, not_found, scalar};
pub use select_related::SelectRelated;
pub(crate) use subquery::Subquery;
pub use subquery::exists;
pub use update_returning::UpdateReturning;

use std::fmt;
use std::marker::PhantomData;

use crate::column::{ColumnRef, OneOrMore, Order, Selection};
use crate::expr::{Compare, Condition, Expr, Fragment, Operand};
use crate::field::{FieldType, Key};
use crate::model::Model;
use crate::relation::{Joins, ROOT};
use crate::sql::Sql;
use crate::table::Dialect;

/// The largest number that `LIMIT` takes.
const MAX_ROWS: u64 = i64::MAX as u64;

/// Rows of model `M`: a description, which costs nothing until a terminal method runs it.
///
/// It starts with the model's default scope and order. Its [`Query`] methods read; `update`, `delete` and the
/// methods of capabilities write. `Display` shows the SQL (PostgreSQL's) and the values.
#[must_use = "a queryset does nothing until it is fetched, counted or written"]
pub struct QuerySet<M> {
    filters: Vec<Expr>,
    lifted: Vec<&'static str>,
    /// What comes before the order, where it is the model's own.
    rank: Option<Fragment>,
    order: Option<Vec<(ColumnRef, bool)>>,
    limit: Option<u64>,
    offset: u64,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for QuerySet<M> {
    fn clone(&self) -> Self {
        Self {
            filters: self.filters.clone(),
            lifted: self.lifted.clone(),
            rank: self.rank.clone(),
            order: self.order.clone(),
            limit: self.limit,
            offset: self.offset,
            model: PhantomData,
        }
    }
}

impl<M: Model> QuerySet<M> {
    pub(crate) fn new() -> Self {
        Self {
            filters: Vec::new(),
            lifted: Vec::new(),
            rank: None,
            order: None,
            limit: None,
            offset: 0,
            model: PhantomData,
        }
    }

    /// The row of a key, whatever the default scope.
    pub(crate) fn of_key(id: M::Id) -> Self {
        let key = Expr::Compare {
            column: M::TABLE.key().into(),
            op: Compare::Eq,
            operand: Operand::Value(id.to_value().into_owned()),
        };
        Self::unscoped().filter_expr(key)
    }

    /// All rows, whatever the default scope.
    fn unscoped() -> Self {
        M::TABLE.scopes.iter().fold(Self::new(), |rows, scope| rows.lift(scope.capability))
    }

    /// The key, where a filter names that of one row.
    pub(crate) fn key(&self) -> Option<M::Id> {
        self.filters.iter().find_map(|filter| match filter {
            Expr::Compare { column, op: Compare::Eq, operand: Operand::Value(value) }
                if column.path.is_root() && column.name == M::TABLE.key().name =>
            {
                M::Id::of_value(value)
            }
            _ => None,
        })
    }

    /// Only rows that meet the condition: `filter(|p| p.title.contains("rust") & p.views_count.gt(10))`.
    pub fn filter(self, condition: impl FnOnce(M::Columns) -> Condition<M>) -> Self {
        self.filter_expr(condition(M::COLUMNS).into_expr())
    }

    /// Only rows that do not meet the condition; where NULL leaves it undecided, they do not.
    pub fn exclude(self, condition: impl FnOnce(M::Columns) -> Condition<M>) -> Self {
        self.filter(|columns| !condition(columns))
    }

    /// Replaces the order: `order_by(|p| p.published_at.desc())`, or a tuple. The key is added as the last part,
    /// so that the order is always complete. NULL counts as the smallest value.
    pub fn order_by<O: OneOrMore<Order<M>>>(mut self, order: impl FnOnce(M::Columns) -> O) -> Self {
        let order = order(M::COLUMNS).into_vec();
        self.order = Some(order.into_iter().map(|part| (part.column, part.descending)).collect());
        self.rank = None;
        self
    }

    /// The same, by columns that are known at run time, and whether each descends.
    #[cfg(feature = "axum")]
    pub(crate) fn in_order(mut self, order: Vec<(ColumnRef, bool)>) -> Self {
        self.order = Some(order);
        self
    }

    /// At most `count` rows.
    pub fn limit(mut self, count: u64) -> Self {
        self.limit = Some(count.min(MAX_ROWS));
        self
    }

    /// Leaves out the first `count` rows.
    pub fn offset(mut self, count: u64) -> Self {
        self.offset = count.min(MAX_ROWS);
        self
    }

    /// Reads only these columns, as tuples: `values(|p| (p.title, p.slug))`.
    #[doc(alias = "only")]
    pub fn values<S: Selection<M>>(self, columns: impl FnOnce(M::Columns) -> S) -> Values<M, S> {
        Values::new(self, columns(M::COLUMNS))
    }

    /// The `SELECT` that reads whole rows, in a dialect.
    pub fn sql(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, M::STATEMENTS.select);
        sql.reading(M::TABLE);
        let joins = self.joins();
        if !joins.is_empty() {
            sql.qualify(Some(ROOT));
            joins.render(&mut sql);
        }
        self.render_tail(&mut sql);
        sql
    }

    /// The ways to other rows that filters and order take.
    pub(crate) fn joins(&self) -> Joins {
        let mut joins = Joins::default();
        self.filters.iter().for_each(|filter| filter.joins(&mut joins));
        self.order.iter().flatten().for_each(|(column, _)| joins.add(column.path));
        joins
    }

    /// The table with its joins. Where there are some, the columns of the rows are qualified from here on.
    pub(crate) fn render_table(&self, sql: &mut Sql, joins: &Joins) {
        sql.reading(M::TABLE);
        sql.name(M::TABLE.name);
        if !joins.is_empty() {
            sql.push(" AS ");
            sql.push(ROOT);
            sql.qualify(Some(ROOT));
            joins.render(sql);
        }
    }

    pub(crate) fn filter_expr(mut self, expr: Expr) -> Self {
        self.filters.push(expr);
        self
    }

    /// Puts the rows in this order, unless one was asked for. It is written with its direction.
    pub(crate) fn ranked(mut self, rank: Fragment) -> Self {
        if self.order.is_none() {
            self.rank = Some(rank);
        }
        self
    }

    /// Lifts the default scope of a capability.
    pub(crate) fn lift(mut self, capability: &'static str) -> Self {
        self.lifted.push(capability);
        self
    }

    /// Restores the default scope of a capability.
    pub(crate) fn unlift(mut self, capability: &'static str) -> Self {
        self.lifted.retain(|lifted| *lifted != capability);
        self
    }

    fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    /// ` WHERE …`, with the default scopes first.
    pub(crate) fn render_where(&self, sql: &mut Sql) {
        let mut before = " WHERE ";
        for scope in M::TABLE.scopes.iter().filter(|scope| !self.lifted.contains(&scope.capability)) {
            sql.push(before);
            sql.push(sql.before_column());
            sql.name(scope.column);
            sql.push(" ");
            sql.push(scope.test);
            before = " AND ";
        }
        for filter in &self.filters {
            sql.push(before);
            filter.render(sql);
            before = " AND ";
        }
    }

    /// The order, complete: its parts, and whether each descends.
    fn complete_order(&self) -> Vec<(ColumnRef, bool)> {
        let default = || {
            let parts = M::TABLE.order.iter();
            parts.map(|part| (M::TABLE.position(part.column).1.into(), part.descending)).collect()
        };
        let mut order: Vec<(ColumnRef, bool)> = self.order.clone().unwrap_or_else(default);
        // The key completes an order; alone it decides what a slice of a model without an order holds.
        let key = ColumnRef::from(M::TABLE.key());
        let descending = order.last().is_some_and(|(_, descending)| *descending);
        let is_ordered = !order.is_empty() || self.rank.is_some();
        let wants_key = is_ordered || (self.order.is_none() && self.is_sliced());
        if wants_key && order.iter().all(|(column, _)| !column.path.is_root() || column.name != key.name) {
            order.push((key, descending));
        }
        order
    }

    /// ` ORDER BY … LIMIT … OFFSET …`.
    fn render_slice(&self, sql: &mut Sql, rank: Option<&Fragment>, order: Vec<(ColumnRef, bool)>) {
        let mut before = " ORDER BY ";
        if let Some(rank) = rank {
            sql.push(before);
            rank.render(sql);
            before = ", ";
        }
        for (column, descending) in order {
            sql.push(before);
            before = ", ";
            sql.column(column);
            if descending {
                sql.push(" DESC");
            }
            if column.is_nullable() && sql.dialect() == Dialect::Postgres {
                sql.push(nulls(descending));
            }
        }
        if let Some(limit) = self.limit {
            sql.push(" LIMIT ");
            sql.number(limit);
        } else if self.offset > 0 && sql.dialect() == Dialect::Sqlite {
            sql.push(" LIMIT -1");
        }
        if self.offset > 0 {
            sql.push(" OFFSET ");
            sql.number(self.offset);
        }
    }

    pub(crate) fn render_tail(&self, sql: &mut Sql) {
        self.render_where(sql);
        self.render_slice(sql, self.rank.as_ref(), self.complete_order());
    }

    /// What stands behind ` FROM ` where the rows are counted or grouped: a slice is taken first. `joins` are those of the
    /// queryset and of what is asked of its rows.
    pub(crate) fn render_rows(&self, sql: &mut Sql, joins: &Joins) {
        if !self.is_sliced() {
            self.render_table(sql, joins);
            return self.render_where(sql);
        }
        let own = self.joins();
        let before = sql.qualify(None);
        sql.push(if own.is_empty() { "(SELECT * FROM " } else { "(SELECT t.* FROM " });
        self.render_table(sql, &own);
        self.render_tail(sql);
        sql.push(") AS t");
        sql.qualify(before);
        joins.render(sql);
    }

    /// ` WHERE …` for a statement that writes: a slice, and rows chosen by others that they refer to, go by way of
    /// their keys.
    pub(crate) fn render_where_written(&self, sql: &mut Sql) {
        let joins = self.joins();
        if !self.is_sliced() && joins.is_empty() {
            return self.render_where(sql);
        }
        let key = M::TABLE.key();
        sql.push(" WHERE ");
        sql.name(key.name);
        // PostgreSQL does not choose again where a row was locked by another writer. So the rows are locked where they are
        // chosen, and that once: `ARRAY` is evaluated first, where `IN` may be for each row.
        let postgres = sql.dialect() == Dialect::Postgres;
        sql.push(if postgres { " = ANY(ARRAY(SELECT " } else { " IN (SELECT " });
        let before = sql.qualify((!joins.is_empty()).then_some(ROOT));
        sql.column(key);
        sql.push(" FROM ");
        self.render_table(sql, &joins);
        self.render_tail(sql);
        if postgres {
            sql.push(" FOR NO KEY UPDATE");
            if !joins.is_empty() {
                sql.push(" OF ");
                sql.push(ROOT);
            }
            sql.push(")");
        }
        sql.push(")");
        sql.qualify(before);
    }
}

/// NULL counts as the smallest value, as SQLite has it.
pub(crate) fn nulls(descending: bool) -> &'static str {
    if descending { " NULLS LAST" } else { " NULLS FIRST" }
}

impl<M: Model> fmt::Display for QuerySet<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sql(Dialect::Postgres).fmt(f)
    }
}

impl<M: Model> fmt::Debug for QuerySet<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
