//! Writing rows of a table, whatever its model, and recording it.

use chrono::{DateTime, Utc};

use super::update;
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::error::{Error, Result};
use crate::expr::{Expr, Operand};
use crate::record::{self, Recorder, Rows, Statement, UPDATE, filter};
use crate::sql::Sql;
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
            Statement::from(sql).execute::<B>(connection, |e| Error::of(e, table)).await
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
    match Recorder::of_update(table, time)? {
        Some(recorder) => {
            let sql = recorder.update(B::DIALECT, UPDATE, rows, set, &[], Some(returned));
            record::rows::<B, _>(connection, sql, table, Error::of, read).await
        }
        None => {
            let sql = update(B::DIALECT, table, rows, set, &[], time, Some(returned));
            Statement::from(sql).rows::<B, _>(connection, |e| Error::of(e, table), read).await
        }
    }
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
    filter(&mut sql, table, rows);
    Statement::from(sql).execute::<B>(connection, |e| Error::of_removal(e, table)).await
}
