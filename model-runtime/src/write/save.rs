//! Saving one row: an update that writes only where something differs.

use sqlx::{SqlSafeStr, SqlStr};

use super::insert::ATTEMPTS;
use super::{now, prepare};
use crate::backend::Backend;
use crate::db::Op;
use crate::error::{Error, Result};
use crate::field::FieldType;
use crate::model::{Model, Write, WriteEvent};
use crate::queryset::not_found;
use crate::sql::{Sql, arguments};
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
    columns: Vec<&'static ColumnDef>,
}

impl<'m, M: Model> SaveOnly<'m, M> {
    pub(crate) fn new(model: &'m mut M, columns: Vec<&'static ColumnDef>) -> Self {
        Self { model, columns }
    }
}

impl<B: Backend, M: Model> Op<B> for Save<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let model = self.0;
        let write = prepare(model, WriteEvent::Update, now())?;
        let statement = |model: &M, write: &Write| {
            let arguments = arguments::<B>(update_values::<B, M>(model, write)?)?;
            Ok((M::STATEMENTS.update.into_sql_str(), arguments))
        };
        save::<B, M>(connection, model, &write, statement).await
    }
}

/// Runs the update that `statement` makes of the row. Where a value was generated anew and is taken, another is
/// tried, each in a savepoint that takes the error.
async fn save<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
    statement: impl Fn(&M, &Write) -> Result<(SqlStr, B::Arguments)> + Send + Sync,
) -> Result<bool> {
    if let (Some(base), Some(generated)) = (&write.generated, M::STATEMENTS.generated) {
        let (_, column) = M::TABLE.position(generated.column);
        for attempt in 1..=ATTEMPTS {
            let statement = statement(model, write)?;
            let mut transaction = B::begin(connection).await?;
            match update::<B, M>(B::connection(&mut transaction), model, write, statement).await {
                Ok(written) => {
                    transaction.commit().await?;
                    return Ok(written);
                }
                Err(error) => {
                    transaction.rollback().await?;
                    if !error.is_taken(column.field) {
                        return Err(error);
                    }
                }
            }
            model.regenerate(base, attempt);
        }
    }
    let statement = statement(model, write)?;
    update::<B, M>(connection, model, write, statement).await
}

async fn update<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
    (sql, arguments): (SqlStr, B::Arguments),
) -> Result<bool> {
    let result = B::execute(connection, sql, arguments).await.map_err(|e| Error::of(e, M::TABLE))?;
    written::<B, M>(connection, B::rows_affected(&result), model, write).await
}

/// The key, then the data columns, then the times: as the fixed update numbers them.
fn update_values<'m, B: Backend, M: Model>(model: &'m M, write: &Write) -> Result<Vec<Value<'m>>> {
    let columns = M::TABLE.columns;
    let data = (0..columns.len()).filter(|i| columns[*i].role == Role::Data);
    let mut values = checked_values::<B, M>(model, std::iter::once(M::TABLE.key).chain(data))?;
    let touched = columns.iter().filter(|column| column.role == Role::Touched);
    values.extend(touched.map(|_| Value::Timestamp(write.time)));
    Ok(values)
}

/// Says whether a row was written; where none was, makes sure that it exists.
async fn written<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: u64,
    model: &mut M,
    write: &Write,
) -> Result<bool> {
    if rows > 0 {
        model.touch(write.time);
        return Ok(true);
    }
    let arguments = arguments::<B>([model.id().to_value()])?;
    match B::fetch_optional(connection, M::STATEMENTS.reload.into_sql_str(), arguments).await? {
        Some(_) => Ok(false),
        None => Err(not_found::<M>(model.id())),
    }
}

impl<B: Backend, M: Model> Op<B> for SaveOnly<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let Self { model, columns } = self;
        let named = |column: &ColumnDef| columns.iter().any(|named| named.name == column.name);
        let write = prepare(model, WriteEvent::Update, now())?;
        let columns = M::TABLE.columns.iter().enumerate();
        let columns =
            columns.filter(|(_, column)| named(column) && !matches!(column.role, Role::Key | Role::Touched));
        let positions: Vec<usize> = columns.map(|(i, _)| i).collect();
        if positions.is_empty() {
            return written::<B, M>(connection, 0, model, &write).await;
        }
        let statement =
            |model: &M, write: &Write| update_of::<B, M>(model, write, &positions)?.into_statement::<B>();
        save::<B, M>(connection, model, &write, statement).await
    }
}

/// Updates the columns at these positions where one of them differs.
fn update_of<B: Backend, M: Model>(model: &M, write: &Write, positions: &[usize]) -> Result<Sql> {
    let values = checked_values::<B, M>(model, positions.iter().copied())?;
    let mut sql = Sql::new(B::DIALECT, "UPDATE ");
    sql.name(M::TABLE.name);
    sql.push(" SET ");
    let mut differs = Vec::new();
    for (position, value) in positions.iter().zip(values) {
        let column = &M::TABLE.columns[*position];
        sql.push(if differs.is_empty() { "" } else { ", " });
        sql.column(column);
        sql.push(" = ");
        sql.bind(value.into_owned());
        differs.push(format!("\"{}\" IS DISTINCT FROM ${}", column.name, sql.values().len()));
    }
    for column in M::TABLE.columns.iter().filter(|column| column.role == Role::Touched) {
        sql.push(", ");
        sql.column(column);
        sql.push(" = ");
        sql.bind(Value::Timestamp(write.time));
    }
    sql.push(" WHERE ");
    sql.column(M::TABLE.key());
    sql.push(" = ");
    sql.bind(model.id().to_value().into_owned());
    sql.push(&format!(" AND ({})", differs.join(" OR ")));
    Ok(sql)
}
