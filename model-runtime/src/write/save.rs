//! Saving one row: an update that writes only where something differs.

use sqlx::SqlSafeStr;

use super::insert::ATTEMPTS;
use super::{now, prepare};
use crate::atomic::Atomic;
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::column::{ColumnRef, refuse_others};
use crate::db::Op;
use crate::error::{Error, Result};
use crate::expr::{Compare, Expr, Operand};
use crate::field::FieldType;
use crate::model::{Model, Writable, Write, WriteEvent};
use crate::queryset::{not_found, scalar};
use crate::record::{self, Recorder, Rows, UPDATE, filter};
use crate::sql::{Sql, arguments};
use crate::statements::GeneratedDef;
use crate::table::{ColumnDef, Role};
use crate::validate::checked_values;
use crate::value::Value;

/// Saves all data columns of a row.
#[derive(Debug)]
pub struct Save<'m, M>(&'m mut M);

impl<'m, M: Model> Save<'m, M> {
    pub(crate) fn new(model: &'m mut M) -> Self {
        Self(model)
    }
}

/// Saves some columns of a row.
#[derive(Debug)]
pub struct SaveOnly<'m, M> {
    model: &'m mut M,
    columns: Vec<ColumnRef>,
    only: Vec<Expr>,
    /// Whether the columns are saved too that hooks change.
    with_hooks: bool,
}

impl<'m, M: Model> SaveOnly<'m, M> {
    pub(crate) fn new(model: &'m mut M, columns: Vec<ColumnRef>) -> Self {
        Self { model, columns, only: Vec::new(), with_hooks: false }
    }

    /// Saves what hooks change too, such as a slug that follows its title, and nothing that another may have written since
    /// the row was read.
    #[cfg(feature = "axum")]
    pub(crate) fn with_hooks(mut self) -> Self {
        self.with_hooks = true;
        self
    }

    /// Writes nothing where the row does not meet the condition. For models whose writes are recorded.
    pub(crate) fn only(mut self, condition: Expr) -> Self {
        self.only.push(condition);
        self
    }
}

/// The columns that a save writes.
enum Saved {
    /// All data columns, by the fixed statement.
    Data,
    /// Those at these positions of the table, where the row meets the conditions.
    These(Vec<usize>, Vec<Expr>),
    /// Those at these positions, whatever the version that the row was read at.
    Over(Vec<usize>),
}

impl Saved {
    /// What the row must meet to be written: those of the caller, and that it is the version that was read.
    fn conditions<M: Model>(&self, model: &M) -> Vec<Expr> {
        let only = match self {
            Self::Over(_) => return Vec::new(),
            Self::Data => Vec::new(),
            Self::These(_, only) => only.clone(),
        };
        let version = M::TABLE.version().map(|(position, column)| Expr::Compare {
            column: column.into(),
            op: Compare::Eq,
            operand: Operand::Value(model.value(position).into_owned()),
        });
        only.into_iter().chain(version).collect()
    }
}

/// The row was not written: an error where it is not there, or is another version than the one that was read.
async fn refuse_stale<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &M,
    saved: &Saved,
) -> Result<()> {
    let version = M::TABLE.version().filter(|_| !matches!(saved, Saved::Over(_)));
    let mut sql = Sql::new(B::DIALECT, "SELECT ");
    match version {
        Some((_, column)) => sql.name(column.name),
        None => sql.push("CAST(0 AS BIGINT)"),
    }
    sql.push(" FROM ");
    sql.name(M::TABLE.name);
    filter(&mut sql, M::TABLE, &Rows::One(model.id().to_value().into_owned()));
    let now = scalar::<B, i64>(connection, sql).await?.ok_or_else(|| not_found::<M>(model.id()))?;
    let read = version.map(|(position, _)| model.value(position));
    let Some(read) = read.filter(|read| *read != Value::BigInt(now)) else { return Ok(()) };
    let detail = format!("it was read at version {read} and is at version {now}; read it again");
    Err(Error::Conflict { model: M::TABLE.model, detail })
}

impl<B: Backend, M: Writable> Op<B> for Save<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let write = prepare(self.0, WriteEvent::Update, now())?;
        save::<B, M>(connection, self.0, &write, &Saved::Data).await
    }
}

/// Saves the row over the one of its key, whatever the version that it was read at. The column at the position `kept`
/// stays as it is.
pub(super) async fn save_over<B: Backend, M: Writable>(
    connection: &mut B::Connection,
    model: &mut M,
    kept: Option<usize>,
) -> Result<bool> {
    let mut write = prepare(model, WriteEvent::Update, now())?;
    write.generated = write.generated.filter(|_| kept.is_none());
    let positions = data_columns::<M>().filter(|i| Some(*i) != kept).collect();
    save::<B, M>(connection, model, &write, &Saved::Over(positions)).await
}

/// Saves the row.
async fn save<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
    saved: &Saved,
) -> Result<bool> {
    match (&write.generated, M::STATEMENTS.generated) {
        // In a box: other models' saves stay small.
        (Some(base), Some(generated)) => {
            Box::pin(save_varied::<B, M>(connection, model, write, saved, base, generated)).await
        }
        _ => update::<B, M>(connection, model, write, saved).await,
    }
}

/// Saves a row of which a value was generated anew. Where it is taken, another is tried; inside a transaction each in a
/// savepoint that takes the error.
async fn save_varied<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
    saved: &Saved,
    base: &str,
    generated: &GeneratedDef,
) -> Result<bool> {
    let (_, column) = M::TABLE.position(generated.column);
    for attempt in 1..=ATTEMPTS {
        let result = match B::in_transaction(connection) {
            true => update_in_savepoint::<B, M>(connection, model, write, saved).await,
            false => update::<B, M>(connection, model, write, saved).await,
        };
        match result {
            Err(error) if error.is_taken(column.field) => {}
            result => return result,
        }
        model.regenerate(base, attempt);
    }
    update::<B, M>(connection, model, write, saved).await
}

async fn update_in_savepoint<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
    saved: &Saved,
) -> Result<bool> {
    let mut savepoint = Atomic::<B>::begin(connection).await?;
    let result = update::<B, M>(savepoint.connection(), model, write, saved).await;
    savepoint.end(result).await
}

async fn update<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
    saved: &Saved,
) -> Result<bool> {
    cache::hold(M::TABLE, Touched::row(model.id())).await?;
    if let Some(recorder) = Recorder::of_update(M::TABLE, write.time)? {
        let set = assignments::<B, M>(model, saved)?;
        if !set.is_empty() {
            let key = model.id().to_value().into_owned();
            let conditions = saved.conditions(model);
            // The text that is kept binds no value of a condition.
            let statement = match conditions.is_empty() {
                true => recorder.update_one(B::DIALECT, UPDATE, key, set, &[]),
                false => recorder.update(B::DIALECT, UPDATE, &Rows::One(key), &set, &conditions, None).into(),
            };
            let recorded = record::run::<B>(connection, statement, M::TABLE, Error::of).await?;
            if let Some(log) = recorded.log.filter(|_| recorded.rows > 0) {
                model.logged(log);
            }
            return written::<B, M>(connection, recorded.rows, model, write, saved).await;
        }
    }
    let (sql, arguments) = match saved {
        Saved::Data => {
            let arguments = arguments::<B>(update_values::<B, M>(model, write)?)?;
            (M::STATEMENTS.update.into_sql_str(), arguments)
        }
        Saved::These(..) | Saved::Over(_) => {
            let set = assignments::<B, M>(model, saved)?;
            let row = Rows::One(model.id().to_value().into_owned());
            super::update(B::DIALECT, M::TABLE, &row, &set, &saved.conditions(model), write.time, None)
                .into_statement::<B>()?
        }
    };
    let result = B::execute(connection, sql, arguments).await.map_err(|e| Error::of(e, M::TABLE))?;
    written::<B, M>(connection, B::rows_affected(&result), model, write, saved).await
}

fn data_columns<M: Model>() -> impl Iterator<Item = usize> {
    (0..M::TABLE.columns.len()).filter(|i| M::TABLE.columns[*i].role == Role::Data)
}

/// The positions of columns that are saved by name.
pub(super) fn named<M: Model>(columns: &[ColumnRef]) -> Result<Vec<usize>> {
    refuse_others(M::TABLE, columns.iter().copied())?;
    let named = |column: &ColumnDef| columns.iter().any(|named| named.name == column.name);
    let all = M::TABLE.columns.iter().enumerate();
    let saved = all.filter(|(_, column)| named(column) && matches!(column.role, Role::Data | Role::Managed));
    Ok(saved.map(|(i, _)| i).collect())
}

/// The columns that a save writes, with their values.
fn assignments<B: Backend, M: Model>(model: &M, saved: &Saved) -> Result<Vec<(&'static ColumnDef, Operand)>> {
    let positions = match saved {
        Saved::Data => data_columns::<M>().collect(),
        Saved::These(positions, _) | Saved::Over(positions) => positions.clone(),
    };
    let values = checked_values::<B, M>(model, positions.iter().copied())?;
    let set = positions.into_iter().zip(values);
    Ok(set.map(|(i, value)| (&M::TABLE.columns[i], Operand::Value(value.into_owned()))).collect())
}

/// What a save of the row would record now, as JSON text.
#[derive(Debug)]
pub struct Differences<M>(M);

impl<M: Model> Differences<M> {
    pub(crate) fn new(model: M) -> Self {
        Self(model)
    }
}

impl<B: Backend, M: Model> Op<B> for Differences<M> {
    type Out = String;

    async fn run(mut self, connection: &mut B::Connection) -> Result<String> {
        prepare(&mut self.0, WriteEvent::Update, now())?;
        let set = assignments::<B, M>(&self.0, &Saved::Data)?;
        let id = self.0.id();
        let sql = record::differences(B::DIALECT, M::TABLE, id.to_value().into_owned(), &set);
        scalar::<B, String>(connection, sql).await?.ok_or_else(|| not_found::<M>(id))
    }
}

/// The key, then the data columns, the times and the version: as the fixed update numbers them.
fn update_values<'m, B: Backend, M: Model>(model: &'m M, write: &Write) -> Result<Vec<Value<'m>>> {
    let columns = std::iter::once(M::TABLE.key).chain(data_columns::<M>());
    let mut values = checked_values::<B, M>(model, columns)?;
    if values.len() == 1 {
        return Ok(values);
    }
    let touched = M::TABLE.columns.iter().filter(|column| column.role == Role::Touched);
    values.extend(touched.map(|_| Value::Timestamp(write.time)));
    values.extend(M::TABLE.version().map(|(position, _)| model.value(position)));
    Ok(values)
}

/// Says whether a row was written; where none was, makes sure that it exists.
async fn written<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: u64,
    model: &mut M,
    write: &Write,
    saved: &Saved,
) -> Result<bool> {
    if rows > 0 {
        model.touch(write.time);
        return Ok(true);
    }
    refuse_stale::<B, M>(connection, model, saved).await.map(|()| false)
}

impl<B: Backend, M: Writable> Op<B> for SaveOnly<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let Self { model, columns, only, with_hooks } = self;
        let mut positions = named::<M>(&columns)?;
        let others = data_columns::<M>().filter(|i| with_hooks && !positions.contains(i));
        let others: Vec<_> = others.map(|i| (i, model.value(i).into_owned())).collect();
        let write = prepare(model, WriteEvent::Update, now())?;
        positions.extend(others.iter().filter(|(i, read)| model.value(*i) != *read).map(|(i, _)| *i));
        positions.sort_unstable();
        let nothing = positions.is_empty();
        let saved = Saved::These(positions, only);
        if nothing {
            return written::<B, M>(connection, 0, model, &write, &saved).await;
        }
        save::<B, M>(connection, model, &write, &saved).await
    }
}
