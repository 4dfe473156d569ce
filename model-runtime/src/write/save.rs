//! Saving one row: an update that writes only where something differs.

use sqlx::SqlSafeStr;

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
        let write = prepare::<B, M>(model, WriteEvent::Update, now(), |column| column.role == Role::Data)?;
        let Some(base) = &write.generated else {
            return update::<B, M>(connection, model, &write).await;
        };
        // A value was generated anew: a clash is retried, each time in a savepoint that takes the error.
        for attempt in 1..=ATTEMPTS {
            let mut transaction = B::begin(connection).await?;
            match update::<B, M>(B::connection(&mut transaction), model, &write).await {
                Err(Error::Unique { .. }) => transaction.rollback().await?,
                result => {
                    transaction.commit().await?;
                    return result;
                }
            }
            model.regenerate(base, attempt);
        }
        update::<B, M>(connection, model, &write).await
    }
}

async fn update<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    write: &Write,
) -> Result<bool> {
    let arguments = arguments::<B>(update_values::<B, M>(model, write))?;
    let sql = M::STATEMENTS.update.into_sql_str();
    let result = B::execute(connection, sql, arguments).await.map_err(|e| Error::of(e, M::TABLE))?;
    written::<B, M>(connection, B::rows_affected(&result), model, write).await
}

/// The key, then the data columns, then the times: as the fixed update numbers them.
fn update_values<'a, B: Backend, M: Model>(
    model: &'a M,
    write: &'a Write,
) -> impl Iterator<Item = Value<'a>> {
    let columns = M::TABLE.columns;
    let of = move |i: usize| model.value(i).stored(&columns[i], B::DIALECT);
    let data = (0..columns.len()).filter(move |i| columns[*i].role == Role::Data).map(of);
    let touched = columns.iter().filter(|column| column.role == Role::Touched);
    let touched = touched.map(|_| Value::Timestamp(write.time));
    std::iter::once(of(M::TABLE.key)).chain(data).chain(touched)
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
        let write = prepare::<B, M>(model, WriteEvent::Update, now(), named)?;
        let mut sql = Sql::new(B::DIALECT, "UPDATE ");
        sql.name(M::TABLE.name);
        sql.push(" SET ");
        let mut differs = Vec::new();
        for (i, column) in M::TABLE.columns.iter().enumerate() {
            if !named(column) || matches!(column.role, Role::Key | Role::Touched) {
                continue;
            }
            sql.push(if differs.is_empty() { "" } else { ", " });
            sql.column(column);
            sql.push(" = ");
            sql.bind(model.value(i).stored(column, B::DIALECT).into_owned());
            differs.push(format!("\"{}\" IS DISTINCT FROM ${}", column.name, sql.values().len()));
        }
        if differs.is_empty() {
            return written::<B, M>(connection, 0, model, &write).await;
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
        let (sql, arguments) = sql.into_statement::<B>()?;
        let result = B::execute(connection, sql, arguments).await.map_err(|e| Error::of(e, M::TABLE))?;
        written::<B, M>(connection, B::rows_affected(&result), model, &write).await
    }
}
