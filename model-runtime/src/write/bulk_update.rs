//! Updating many rows, each to values of its own.

use std::collections::HashMap;
use std::iter::once;

use chrono::{DateTime, Utc};

use super::bulk_create::{self, fetch};
use super::save::named;
use super::{now, prepare, update_returning};
use crate::atomic::{self, Steps};
use crate::backend::{self, Backend};
use crate::column::ColumnRef;
use crate::db::Op;
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::{Expr, Operand};
use crate::field::FieldType;
use crate::model::{Model, Writable, WriteEvent};
use crate::queryset::not_found;
use crate::record::{Given, Rows, given};
use crate::sql::{Sql, quoted};
use crate::table::{ColumnDef, Dialect};
use crate::validate::checked_values;
use crate::value::Value;

/// Writes columns of many rows, each with its own values.
#[derive(Debug)]
pub struct BulkUpdate<'m, M> {
    rows: &'m mut [M],
    columns: Vec<ColumnRef>,
}

impl<'m, M: Model> BulkUpdate<'m, M> {
    pub(crate) fn new(rows: &'m mut [M], columns: Vec<ColumnRef>) -> Self {
        Self { rows, columns }
    }
}

impl<B: Backend, M: Writable> Op<B> for BulkUpdate<'_, M> {
    type Out = u64;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        let Self { rows, columns } = self;
        let time = now();
        let positions: Vec<usize> = once(M::TABLE.key).chain(named::<M>(&columns)?).collect();
        for row in rows.iter_mut() {
            prepare(row, WriteEvent::Update, time)?;
        }
        refuse_twice(rows)?;
        let given = rows.iter().map(|row| checked_values::<B, M>(row, positions.iter().copied()));
        let given = given.collect::<Result<Vec<_>>>()?;
        if given.is_empty() {
            return Ok(0);
        }
        let columns: Vec<_> = positions.iter().map(|i| &M::TABLE.columns[*i]).collect();
        let mut steps = SetRows { rows, columns, given, time };
        let written: HashMap<M::Id, Option<String>> =
            atomic::retried::<B, _>(&mut steps, connection, atomic::is_deadlock).await?.into_iter().collect();
        drop(steps);
        for row in rows {
            if let Some(log) = written.get(&row.id()) {
                row.touch(time);
                log.iter().for_each(|log| row.logged(log.clone()));
            }
        }
        Ok(written.len() as u64)
    }
}

/// A row that is given twice could be set to either.
fn refuse_twice<M: Model>(rows: &[M]) -> Result<()> {
    let mut count: HashMap<M::Id, usize> = HashMap::new();
    rows.iter().for_each(|row| *count.entry(row.id()).or_default() += 1);
    let mut errors = ValidationErrors::new(M::TABLE.model);
    let mut twice: Vec<M::Id> = count.into_iter().filter(|(_, n)| *n > 1).map(|(id, _)| id).collect();
    twice.sort();
    twice.iter().for_each(|id| errors.add(M::TABLE.key().field, format!("{id} is given more than once")));
    errors.into_result()
}

/// Rows, and what their columns are set to.
struct SetRows<'r, M> {
    rows: &'r [M],
    columns: Vec<&'static ColumnDef>,
    given: Vec<Vec<Value<'r>>>,
    time: DateTime<Utc>,
}

impl<B: Backend, M: Writable> Steps<B> for SetRows<'_, M> {
    type Out = Vec<(M::Id, Option<String>)>;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<Self::Out> {
        lock::<B, M>(connection, self.rows).await?;
        let key = M::TABLE.key();
        let log = M::TABLE.record.log.map(|log| M::TABLE.position(log.column).1);
        let text = if B::DIALECT == Dialect::Postgres { "::text" } else { "" };
        let mut returned = quoted(key.name, B::DIALECT);
        if let Some(log) = log {
            returned.push_str(&format!(", {}{text}", quoted(log.name, B::DIALECT)));
        }
        let read = |row: &B::Row| {
            let log = log.map(|log| backend::read::<B, String>(row, 1, log)).transpose()?;
            Ok((backend::read::<B, M::Id>(row, 0, key)?, log))
        };
        set_rows::<B, M, _>(connection, &self.columns, &self.given, self.time, &returned, read).await
    }
}

/// Locks the rows. All of them must be there, and at the version that they were read at.
async fn lock<B: Backend, M: Model>(connection: &mut B::Connection, rows: &[M]) -> Result<()> {
    let (key, version) = (M::TABLE.key(), M::TABLE.version());
    let mut sql = Sql::new(B::DIALECT, "SELECT ");
    sql.column(key);
    if let Some((_, version)) = version {
        sql.push(", ");
        sql.column(version);
    }
    sql.push(" FROM ");
    sql.name(M::TABLE.name);
    sql.push(" WHERE ");
    let keys = rows.iter().map(|row| row.id().to_value().into_owned()).collect();
    Expr::In { column: key.into(), values: Value::Array(key.kind, keys) }.render(&mut sql);
    sql.push(" ORDER BY ");
    sql.column(key);
    if B::DIALECT == Dialect::Postgres {
        sql.push(" FOR NO KEY UPDATE");
    }
    let (sql, arguments) = sql.into_statement::<B>()?;
    let read = |row: &B::Row| {
        let version = version.map(|(_, column)| backend::read::<B, i64>(row, 1, column)).transpose()?;
        Ok((backend::read::<B, M::Id>(row, 0, key)?, version))
    };
    let found: HashMap<M::Id, Option<i64>> =
        fetch::<B, M, _>(connection, sql, arguments, read).await?.into_iter().collect();
    for row in rows {
        let id = row.id();
        let now = found.get(&id).ok_or_else(|| not_found::<M>(id))?;
        let (Some((position, _)), Some(now)) = (version, now) else { continue };
        let read = row.value(position);
        if read != Value::BigInt(*now) {
            let key = key.name;
            let detail =
                format!("{key} = {id} was read at version {read} and is at version {now}; read it again");
            return Err(Error::Conflict { model: M::TABLE.model, detail });
        }
    }
    Ok(())
}

/// Sets columns of rows that are locked, where they differ. The first of the columns is the key. Returns what is read of
/// the rows that were written.
pub(super) async fn set_rows<B: Backend, M: Model, T: Send>(
    connection: &mut B::Connection,
    columns: &[&'static ColumnDef],
    rows: &[Vec<Value<'_>>],
    time: DateTime<Utc>,
    returned: &str,
    read: impl Fn(&B::Row) -> sqlx::Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    let set =
        columns.iter().enumerate().skip(1).map(|(i, column)| (*column, Operand::Sql(given(i, B::DIALECT))));
    let set: Vec<(&'static ColumnDef, Operand)> = set.collect();
    let mut written = Vec::new();
    if set.is_empty() || rows.is_empty() {
        return Ok(written);
    }
    for rows in rows.chunks(bulk_create::rows_of::<B>(columns.len())) {
        let given = Given { columns, rows };
        let rows = Rows::Given(&given);
        let chunk = update_returning::<B, T>(connection, M::TABLE, &rows, &set, time, returned, &read);
        written.extend(chunk.await?);
    }
    Ok(written)
}
