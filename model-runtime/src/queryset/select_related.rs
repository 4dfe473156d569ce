//! `select_related`: rows with those that they refer to, in one query.

use super::QuerySet;
use super::read::Query;
use crate::backend::Backend;
use crate::column::ColumnRef;
use crate::model::Model;
use crate::relation::{ROOT, Related};
use crate::sql::Sql;
use crate::table::{Dialect, TableDef};

impl<M: Model> QuerySet<M> {
    /// Reads the rows that these refer to along with them, in the same query. The items are `(row, related)`; a row that
    /// there may not be is an `Option`: `select_related(|p| (p.author(), p.category()))` gives
    /// `(Post, (User, Option<Category>))`. A row that a default scope leaves out is not there.
    pub fn select_related<L: Related<M>>(self, related: impl FnOnce(M::Columns) -> L) -> SelectRelated<M, L> {
        SelectRelated { query: self, related: related(M::COLUMNS) }
    }
}

/// Rows with those that they refer to. Made by [`QuerySet::select_related`].
#[must_use = "it does nothing until it is fetched"]
pub struct SelectRelated<M, L> {
    pub(super) query: QuerySet<M>,
    related: L,
}

impl<M: Model, L: Copy> Clone for SelectRelated<M, L> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), related: self.related }
    }
}

impl<M: Model, L: Related<M>> Query for SelectRelated<M, L> {
    type Item = (M, L::Out);

    fn table() -> &'static TableDef {
        M::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, "SELECT ");
        let (mut joins, paths) = (self.query.joins(), self.related.paths());
        paths.iter().for_each(|path| joins.add(*path));
        sql.qualify(Some(ROOT));
        for (i, column) in M::TABLE.columns.iter().enumerate() {
            if i > 0 {
                sql.push(", ");
            }
            sql.column(column);
        }
        for path in paths {
            for def in path.table().map_or(M::TABLE.columns, |table| table.columns) {
                sql.push(", ");
                sql.column(ColumnRef { def, path });
            }
        }
        sql.push(" FROM ");
        self.query.render_table(&mut sql, &joins);
        self.query.render_tail(&mut sql);
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<Self::Item> {
        Ok((M::read::<B>(row, 0)?, self.related.read::<B>(row, M::TABLE.columns.len())?))
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
