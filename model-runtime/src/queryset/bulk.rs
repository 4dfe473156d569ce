//! Writing whole querysets: one statement, whatever the number of rows.

use std::future::Future;

use chrono::{DateTime, Utc};

use super::QuerySet;
use crate::backend::Backend;
use crate::clock;
use crate::column::{Assignment, OneOrMore};
use crate::db::{Db, Op};
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::{Expr, Operand};
use crate::model::Model;
use crate::sql::Sql;
use crate::table::{ColumnDef, Delete, Role};
use crate::validate::check_value;
use crate::value::Value;

impl<M: Model> QuerySet<M> {
    /// Sets columns of all rows: `update(|p| p.status.set("x"), &db)`, or a tuple of assignments. Returns how many
    /// rows changed: a row that has the values already is left as it is, the time of its last write too.
    ///
    /// # Errors
    /// [`Error::Validation`], [`Error::Unique`]; nothing is written then.
    pub fn update<'c, D, A>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
        db: D,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        A: OneOrMore<Assignment<M>>,
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        let assignments = assignments(M::COLUMNS).into_vec();
        let set = assignments.into_iter().map(|it| (it.column, Source::Operand(it.operand))).collect();
        db.run(BulkWrite { query: self, only: None, effect: Effect::Set(set) })
    }

    /// Deletes all rows: marks them where the model is soft-deletable, else removes them. Returns how many.
    ///
    /// # Errors
    /// [`Error::Protected`] where other rows refer to one; nothing is written then.
    pub fn delete<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        db.run(match M::TABLE.delete {
            Delete::Remove => BulkWrite { query: self, only: None, effect: Effect::Remove },
            Delete::Mark(name) => {
                self.set(Expr::Raw(format!("\"{name}\" IS NULL").into()), [(name, Source::Time)])
            }
        })
    }

    /// Removes all rows for good. Returns how many.
    ///
    /// # Errors
    /// [`Error::Protected`] where other rows refer to one; nothing is written then.
    pub fn hard_delete<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        db.run(BulkWrite { query: self, only: None, effect: Effect::Remove })
    }

    /// A write of columns by name to those rows that meet a condition, for capabilities. Names that the table lacks
    /// are a bug of the capability.
    pub(crate) fn set<const N: usize>(
        self,
        only: Expr,
        columns: [(&'static str, Source); N],
    ) -> BulkWrite<M> {
        let set = columns.into_iter().filter_map(|(name, source)| Some((M::TABLE.column(name)?, source)));
        BulkWrite { query: self, only: Some(only), effect: Effect::Set(set.collect()) }
    }
}

/// What a column is set to.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A value or another column.
    Operand(Operand),
    /// The time of the write.
    Time,
}

impl Source {
    pub(crate) fn value(value: Value<'static>) -> Self {
        Self::Operand(Operand::Value(value))
    }

    fn at(&self, time: DateTime<Utc>) -> Operand {
        match self {
            Self::Operand(operand) => operand.clone(),
            Self::Time => Operand::Value(Value::Timestamp(time)),
        }
    }
}

/// What happens to the rows.
enum Effect {
    Set(Vec<(&'static ColumnDef, Source)>),
    Remove,
}

/// Writes all rows of a queryset.
pub struct BulkWrite<M> {
    query: QuerySet<M>,
    only: Option<Expr>,
    effect: Effect,
}

impl<B: Backend, M: Model> Op<B> for BulkWrite<M> {
    type Out = u64;

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        let table = M::TABLE;
        let removes = matches!(self.effect, Effect::Remove);
        let sql = match self.effect {
            Effect::Set(set) if set.is_empty() => return Ok(0),
            Effect::Set(set) => update::<B, M>(self.query, self.only, set)?,
            Effect::Remove => {
                let mut sql = Sql::new(B::DIALECT, "DELETE FROM ");
                sql.name(table.name);
                self.query.render_where_written(&mut sql);
                sql
            }
        };
        let (sql, arguments) = sql.into_statement::<B>()?;
        let error = if removes { Error::of_removal } else { Error::of };
        let result = B::execute(connection, sql, arguments).await.map_err(|e| error(e, table))?;
        Ok(B::rows_affected(&result))
    }
}

fn update<B: Backend, M: Model>(
    mut query: QuerySet<M>,
    only: Option<Expr>,
    set: Vec<(&'static ColumnDef, Source)>,
) -> Result<Sql> {
    let table = M::TABLE;
    let time = clock::now();
    let mut errors = ValidationErrors::new(table.model);
    let mut sql = Sql::new(B::DIALECT, "UPDATE ");
    sql.name(table.name);
    sql.push(" SET ");
    let mut changed = Vec::new();
    for (i, (column, source)) in set.iter().enumerate() {
        if column.role == Role::Key {
            errors.add(column.field, "is the key and cannot be set");
        }
        let operand = source.at(time).normalised(column);
        if let Operand::Value(value) = &operand {
            check_value(column, value, B::DIALECT, &mut errors);
        }
        sql.push(if i == 0 { "" } else { ", " });
        sql.column(column);
        sql.push(" = ");
        let start = sql.text().len();
        sql.assigned(column, &operand);
        // The same text again, bound values included, for the comparison.
        changed.push(format!("\"{}\" IS DISTINCT FROM {}", column.name, &sql.text()[start..]));
    }
    errors.into_result()?;
    let touched = table.columns.iter().filter(|column| column.role == Role::Touched);
    for column in touched.filter(|column| set.iter().all(|(set, _)| set.name != column.name)) {
        sql.push(", ");
        sql.column(column);
        sql.push(" = ");
        sql.bind(Value::Timestamp(time));
    }
    let differs = Expr::Raw(format!("({})", changed.join(" OR ")).into());
    let conditions = only.into_iter().chain([differs]);
    // A slice is chosen first; only then does it matter which of its rows allow the change, and differ.
    if query.is_sliced() {
        query.render_where_written(&mut sql);
        for condition in conditions {
            sql.push(" AND ");
            condition.render(&mut sql);
        }
    } else {
        query = conditions.fold(query, QuerySet::filter_expr);
        query.render_where_written(&mut sql);
    }
    Ok(sql)
}
