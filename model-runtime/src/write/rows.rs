//! Writing rows of a table, whatever its model, and recording it.

use chrono::{DateTime, Utc};

use super::update;
use crate::atomic::ended_by_deadlock;
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::error::{Error, Result};
use crate::expr::{Expr, Operand};
use crate::record::{self, ATTEMPTS, Recorder, Rows, UPDATE, filter};
use crate::sql::{Sql, arguments};
use crate::table::{ColumnDef, TableDef};

/// Sets columns of those rows that meet the conditions and differ. Returns how many.
pub(crate) async fn update_rows<B: Backend>(
    connection: &mut B::Connection,
    table: &'static TableDef,
    action: &'static str,
    rows: &Rows<'_>,
    set: &[(&'static ColumnDef, Operand)],
    conditions: &[Expr],
    time: DateTime<Utc>,
) -> Result<u64> {
    match Recorder::of_update(table, time)? {
        Some(recorder) => {
            let sql = recorder.update(B::DIALECT, action, rows, set, conditions, None);
            Ok(record::run::<B>(connection, sql, table, Error::of).await?.rows)
        }
        None => {
            let sql = update(B::DIALECT, table, rows, set, conditions, time, None);
            execute::<B>(connection, sql, table, Error::of).await
        }
    }
}

/// Sets columns of those rows that differ. Returns what is read of the rows that were written.
pub(crate) async fn update_returning<B: Backend, T: Send>(
    connection: &mut B::Connection,
    table: &'static TableDef,
    rows: &Rows<'_>,
    set: &[(&'static ColumnDef, Operand)],
    time: DateTime<Utc>,
    returned: &str,
    read: impl Fn(&B::Row) -> sqlx::Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    cache::hold(table, Touched::Rows).await?;
    let sql = match Recorder::of_update(table, time)? {
        Some(recorder) => recorder.update(B::DIALECT, UPDATE, rows, set, &[], Some(returned)),
        None => update(B::DIALECT, table, rows, set, &[], time, Some(returned)),
    };
    record::rows::<B, _>(connection, sql, table, Error::of, read).await
}

/// Removes rows. Returns how many.
pub(crate) async fn remove_rows<B: Backend>(
    connection: &mut B::Connection,
    table: &'static TableDef,
    rows: &Rows<'_>,
    time: DateTime<Utc>,
) -> Result<u64> {
    if let Some(recorder) = Recorder::of_existence(table, time)? {
        let sql = recorder.removal(B::DIALECT, rows);
        return Ok(record::run::<B>(connection, sql, table, Error::of_removal).await?.rows);
    }
    let mut sql = Sql::new(B::DIALECT, "DELETE FROM ");
    sql.name(table.name);
    let filter = filter(&mut sql, table, rows);
    sql.push(&filter);
    execute::<B>(connection, sql, table, Error::of_removal).await
}

async fn execute<B: Backend>(
    connection: &mut B::Connection,
    sql: Sql,
    table: &'static TableDef,
    error: fn(sqlx::Error, &TableDef) -> Error,
) -> Result<u64> {
    let (sql, values) = sql.into_parts();
    let mut attempts = if B::in_transaction(connection) { 1 } else { ATTEMPTS };
    loop {
        attempts -= 1;
        match B::execute(connection, sql.clone(), arguments::<B>(values.clone())?).await {
            Err(error) if attempts > 0 && ended_by_deadlock(&error) => {}
            result => return Ok(B::rows_affected(&result.map_err(|e| error(e, table))?)),
        }
    }
}
