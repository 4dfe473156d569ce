//! Writing whole querysets: one statement, whatever the number of rows.

use std::future::Future;

use chrono::{DateTime, Utc};

use super::QuerySet;
use crate::backend::Backend;
use crate::clock;
use crate::column::{Assignment, ColumnRef, OneOrMore, refuse_others};
use crate::db::{Db, Op};
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::{Expr, Operand};
use crate::model::{Model, Writable};
use crate::record::{self, HARD_DELETE, Recorder, Rows, UPDATE};
use crate::sql::Sql;
use crate::table::{ColumnDef, Delete, Dialect, Role, TableDef};
use crate::validate::check_value;
use crate::value::Value;
use crate::write::update;

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
        M: Writable,
        A: OneOrMore<Assignment<M>>,
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        db.run(self.updated(assignments(M::COLUMNS).into_vec()))
    }

    /// Deletes all rows: marks them where the model is soft-deletable, else removes them. Returns how many.
    ///
    /// # Errors
    /// [`Error::Protected`] where other rows refer to one; nothing is written then.
    pub fn delete<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        M: Writable,
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        db.run(match M::TABLE.delete {
            Delete::Remove => self.removal(),
            Delete::Mark(name) => {
                let live = Expr::Raw(format!("\"{name}\" IS NULL").into());
                self.set("delete", live, [(name, Source::Time)])
            }
        })
    }

    /// Removes all rows for good. Returns how many.
    ///
    /// # Errors
    /// [`Error::Protected`] where other rows refer to one; nothing is written then.
    pub fn hard_delete<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        M: Writable,
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        db.run(self.removal())
    }

    pub(crate) fn updated(self, assignments: Vec<Assignment<M>>) -> BulkWrite<M> {
        let set = assignments.into_iter().map(|it| (it.column, Source::Operand(it.operand))).collect();
        BulkWrite { action: UPDATE, query: self, only: None, effect: Effect::Set(set) }
    }

    pub(crate) fn removal(self) -> BulkWrite<M> {
        BulkWrite { action: HARD_DELETE, query: self, only: None, effect: Effect::Remove }
    }

    /// A write of columns by name to those rows that meet a condition, for capabilities. Names that the table lacks
    /// are a bug of the capability.
    pub(crate) fn set<const N: usize>(
        self,
        action: &'static str,
        only: Expr,
        columns: [(&'static str, Source); N],
    ) -> BulkWrite<M> {
        let set =
            columns.into_iter().filter_map(|(name, source)| Some((M::TABLE.column(name)?.into(), source)));
        BulkWrite { action, query: self, only: Some(only), effect: Effect::Set(set.collect()) }
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
    Set(Vec<(ColumnRef, Source)>),
    Remove,
}

/// Writes all rows of a queryset.
pub struct BulkWrite<M> {
    /// What it is, for records.
    action: &'static str,
    query: QuerySet<M>,
    only: Option<Expr>,
    effect: Effect,
}

impl<B: Backend, M: Writable> Op<B> for BulkWrite<M> {
    type Out = u64;

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        let time = clock::now();
        let removes = matches!(self.effect, Effect::Remove);
        let error = if removes { Error::of_removal } else { Error::of };
        match self.statement(B::DIALECT, time)? {
            Statement::Nothing => Ok(0),
            Statement::Plain(sql) => {
                let (sql, arguments) = sql.into_statement::<B>()?;
                let result = B::execute(connection, sql, arguments).await.map_err(|e| error(e, M::TABLE))?;
                Ok(B::rows_affected(&result))
            }
            Statement::Recorded(sql) => Ok(record::run::<B>(connection, sql, M::TABLE, error).await?.rows),
        }
    }
}

/// What a bulk write runs.
enum Statement {
    Nothing,
    Plain(Sql),
    Recorded(Sql),
}

impl<M: Model> BulkWrite<M> {
    fn statement(self, dialect: Dialect, time: DateTime<Utc>) -> Result<Statement> {
        let Self { action, query, only, effect } = self;
        let filter = |sql: &mut Sql| query.render_where_written(sql);
        let rows = Rows::Many(&filter);
        match effect {
            Effect::Set(set) if set.is_empty() => Ok(Statement::Nothing),
            Effect::Set(set) => {
                let set = assignments(M::TABLE, set, time, dialect)?;
                let conditions: Vec<Expr> = only.into_iter().collect();
                Ok(match Recorder::of_update(M::TABLE, time)? {
                    Some(recorder) => {
                        Statement::Recorded(recorder.update(dialect, action, &rows, &set, &conditions))
                    }
                    None => Statement::Plain(update(dialect, M::TABLE, &rows, &set, &conditions, time)),
                })
            }
            Effect::Remove => Ok(match Recorder::of_existence(M::TABLE, time)? {
                Some(recorder) => Statement::Recorded(recorder.removal(dialect, &rows)),
                None => {
                    let mut sql = Sql::new(dialect, "DELETE FROM ");
                    sql.name(M::TABLE.name);
                    query.render_where_written(&mut sql);
                    Statement::Plain(sql)
                }
            }),
        }
    }
}

/// The columns with what they are set to, all that is wrong with it in one error.
fn assignments(
    table: &TableDef,
    set: Vec<(ColumnRef, Source)>,
    time: DateTime<Utc>,
    dialect: Dialect,
) -> Result<Vec<(&'static ColumnDef, Operand)>> {
    refuse_others(table, set.iter().map(|(column, _)| *column))?;
    let mut errors = ValidationErrors::new(table.model);
    for (i, (column, _)) in set.iter().enumerate() {
        if set[..i].iter().any(|(earlier, _)| earlier.name == column.name) {
            errors.add(column.field, "is set twice");
        }
    }
    let set = set.into_iter().map(|(column, source)| {
        match column.role {
            Role::Key => errors.add(column.field, "is the key and cannot be set"),
            Role::Version => errors.add(column.field, "counts the writes and cannot be set"),
            Role::Log => errors.add(column.field, "records the writes and cannot be set"),
            Role::Data | Role::Managed | Role::Touched => {}
        }
        let operand = source.at(time).normalised(&column);
        match &operand {
            Operand::Value(value) => check_value(&column, value, dialect, &mut errors),
            _ if column.refuses.is_some() => {
                errors.add(
                    column.field,
                    "refuses some texts, so that it is set to a value only, not to a column",
                );
            }
            _ => {}
        }
        (column.def, operand)
    });
    let set = set.collect();
    errors.into_result()?;
    Ok(set)
}
