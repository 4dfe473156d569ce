//! Writing whole querysets: one statement, whatever the number of rows.

use std::future::Future;

use chrono::{DateTime, Utc};

use super::QuerySet;
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::clock;
use crate::column::{Assignment, ColumnRef, OneOrMore, refuse_others};
use crate::db::{Db, Op};
use crate::error::{Result, ValidationErrors};
use crate::expr::{Expr, Operand};
use crate::model::{Model, Writable};
use crate::record::{DELETE, HARD_DELETE, RESTORE, Rows, UPDATE};
use crate::sql::{Sql, columns_of};
use crate::table::{ColumnDef, Delete, Dialect, Role, TableDef};
use crate::validate::check_value;
use crate::value::{Kind, Value};
use crate::write::cascade::{Cascade, reaches};
use crate::write::keys::{select_keys, where_in};
use crate::write::reach::{Reach, Tables, reach};
use crate::write::revive::{revive, revives};
use crate::write::{remove_rows, update_returning, update_rows};

impl<M: Model> QuerySet<M> {
    /// Sets columns of all rows: `update(|p| p.status.set("x"), &db)`, or a tuple of assignments. Returns how many
    /// rows changed: a row that has the values already is left as it is, the time of its last write too.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation), [`Error::Unique`](crate::Error::Unique); nothing is written then.
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
    /// [`Error::Protected`](crate::Error::Protected) where other rows refer to one; nothing is written then.
    pub fn delete<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        M: Writable,
        D: Db<'c, BulkWrite<M>, Out = u64>,
    {
        db.run(self.deletion())
    }

    /// Removes all rows for good. Returns how many.
    ///
    /// # Errors
    /// [`Error::Protected`](crate::Error::Protected) where other rows refer to one; nothing is written then.
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

    /// What `delete` does to a row of the model, done to all.
    pub(crate) fn deletion(self) -> BulkWrite<M> {
        match M::TABLE.delete {
            Delete::Remove => self.removal(),
            Delete::Mark { time, with } => {
                let live = Expr::Raw(format!("\"{time}\" IS NULL").into());
                let alone = with.map(|with| (with, Source::value(Value::Null(Kind::Text))));
                self.set(DELETE, live, [(time, Source::Time)].into_iter().chain(alone))
            }
        }
    }

    pub(crate) fn removal(self) -> BulkWrite<M> {
        BulkWrite { action: HARD_DELETE, query: self, only: None, effect: Effect::Remove }
    }

    /// A write of columns by name to those rows that meet a condition, for capabilities. Names that the table lacks
    /// are a bug of the capability.
    pub(crate) fn set(
        self,
        action: &'static str,
        only: Expr,
        columns: impl IntoIterator<Item = (&'static str, Source)>,
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

    fn begins(&self) -> bool {
        self.reaches()
    }

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        if self.reaches() {
            return reach::<B, _>(connection, M::TABLE, self).await;
        }
        let filter = |sql: &mut Sql| self.query.render_where_written(sql);
        self.write::<B>(connection, &Rows::Many(&filter), clock::now()).await
    }
}

impl<B: Backend, M: Writable> Reach<B> for BulkWrite<M> {
    type Out = u64;

    /// Writes the rows with what goes with them.
    async fn take(&mut self, connection: &mut B::Connection, tables: &Tables) -> Result<u64> {
        let time = clock::now();
        let keys = select_keys::<B>(connection, M::TABLE, |sql| self.render_where(sql)).await?;
        if keys.is_empty() {
            return Ok(0);
        }
        let count = keys.len() as u64;
        let filter = where_in(M::TABLE.key(), keys.clone());
        if self.action == RESTORE {
            revive::<B>(connection, M::TABLE, &keys, time, tables).await?;
        } else {
            let cascade = Cascade::of::<B>(connection, M::TABLE, keys, self.removes(), tables).await?;
            cascade.write::<B>(connection, time).await?;
            if self.removes() {
                return Ok(count);
            }
        }
        self.write::<B>(connection, &Rows::Many(&filter), time).await
    }
}

impl<M: Model> BulkWrite<M> {
    fn removes(&self) -> bool {
        matches!(self.effect, Effect::Remove)
    }

    /// Whether it has to do with other rows.
    fn reaches(&self) -> bool {
        match self.action {
            RESTORE => revives(M::TABLE),
            DELETE | HARD_DELETE => reaches(M::TABLE),
            _ => false,
        }
    }

    /// ` WHERE …` of the rows that it writes.
    fn render_where(&self, sql: &mut Sql) {
        let filter = sql.fragment(|sql| self.query.render_where_written(sql));
        sql.push(&filter);
        if let Some(only) = &self.only {
            sql.push(if filter.is_empty() { " WHERE " } else { " AND " });
            only.render(sql);
        }
    }

    async fn write<B: Backend>(
        &self,
        connection: &mut B::Connection,
        rows: &Rows<'_>,
        time: DateTime<Utc>,
    ) -> Result<u64> {
        let touched = self.query.key().map_or(Touched::Rows, Touched::row);
        cache::hold(M::TABLE, if self.removes() { touched.removed() } else { touched }).await?;
        match &self.effect {
            Effect::Set(set) if set.is_empty() => Ok(0),
            Effect::Set(set) => {
                let set = assignments(M::TABLE, set, time, B::DIALECT)?;
                update_rows::<B>(connection, M::TABLE, self.action, rows, &set, self.only.as_slice(), time)
                    .await
            }
            Effect::Remove => remove_rows::<B>(connection, M::TABLE, rows, time).await,
        }
    }
}

impl<M: Model> BulkWrite<M> {
    /// Updates the rows, and returns those that were written.
    pub(super) async fn update_returning<B: Backend>(self, connection: &mut B::Connection) -> Result<Vec<M>> {
        let (Effect::Set(set), time) = (&self.effect, clock::now()) else { return Ok(Vec::new()) };
        let set = assignments(M::TABLE, set, time, B::DIALECT)?;
        if set.is_empty() {
            return Ok(Vec::new());
        }
        let filter = |sql: &mut Sql| self.query.render_where_written(sql);
        let returned = columns_of(M::TABLE, B::DIALECT);
        let read = |row: &B::Row| M::read::<B>(row, 0);
        update_returning::<B, M>(connection, M::TABLE, &Rows::Many(&filter), &set, time, &returned, read)
            .await
    }
}

/// The columns with what they are set to, all that is wrong with it in one error.
fn assignments(
    table: &TableDef,
    set: &[(ColumnRef, Source)],
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
    let set = set.iter().map(|(column, source)| {
        match column.role {
            Role::Key => errors.add(column.field, "is the key and cannot be set"),
            Role::Version => errors.add(column.field, "counts the writes and cannot be set"),
            Role::Log => errors.add(column.field, "records the writes and cannot be set"),
            Role::Data | Role::Managed | Role::Touched => {}
        }
        let operand = source.at(time).normalised(column);
        match &operand {
            Operand::Value(value) => check_value(column, value, dialect, &mut errors),
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
