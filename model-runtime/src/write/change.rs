//! Changes of one row's state by a fixed statement: deleting it, and what capabilities do (restore, publish).

use chrono::{DateTime, Utc};
use sqlx::SqlSafeStr;

use super::now;
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::db::Op;
use crate::error::{Error, Result};
use crate::expr::{Expr, Operand};
use crate::field::FieldType;
use crate::model::{Model, Writable};
use crate::queryset::{by_id, not_found};
use crate::record::{self, Recorder};
use crate::sql::arguments;
use crate::statements::{ChangeSql, SetTo};
use crate::value::Value;

/// A change of a row's state: the statement, and what it means for the row in memory.
#[derive(Debug)]
pub struct Change<M> {
    /// The statement. It writes nothing where the row's state does not allow the change.
    pub sql: ChangeSql,
    /// The change was written at that time.
    pub done: fn(&mut M, DateTime<Utc>),
    /// Nothing was written, and the second argument is the row as it is: takes its state over, and says why not.
    pub refused: fn(&mut M, M) -> Result<()>,
}

/// Changes a row. Returns whether it was written.
#[derive(Debug)]
pub struct RowChange<'m, M> {
    model: &'m mut M,
    change: Change<M>,
}

impl<'m, M: Model> RowChange<'m, M> {
    pub(crate) fn new(model: &'m mut M, change: Change<M>) -> Self {
        Self { model, change }
    }
}

impl<B: Backend, M: Writable> Op<B> for RowChange<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        apply::<B, M>(connection, self.model, self.change, now()).await
    }
}

/// Changes a row. Returns whether it was written.
pub(super) async fn apply<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    change: Change<M>,
    time: DateTime<Utc>,
) -> Result<bool> {
    cache::hold(M::TABLE, Touched::row(model.id())).await?;
    let written = match Recorder::of_update(M::TABLE, time)? {
        Some(recorder) => recorded::<B, M>(connection, &recorder, change.sql, model, time).await?,
        None => execute::<B, M>(connection, change.sql, model, time).await?,
    };
    if written {
        (change.done)(model, time);
        model.touch(time);
        return Ok(true);
    }
    let id = model.id();
    let current = by_id::<B, M>(connection, M::STATEMENTS.reload, id).await?;
    (change.refused)(model, current.ok_or_else(|| not_found::<M>(id))?)?;
    Ok(false)
}

async fn recorded<B: Backend, M: Model>(
    connection: &mut B::Connection,
    recorder: &Recorder,
    change: ChangeSql,
    model: &mut M,
    time: DateTime<Utc>,
) -> Result<bool> {
    let set = change.set.iter().map(|(name, to)| {
        let (_, column) = M::TABLE.position(name);
        let value = match to {
            SetTo::Null => Value::Null(column.kind),
            SetTo::Time => Value::Timestamp(time),
            SetTo::Text(text) => Value::Text((*text).into()),
        };
        (column, Operand::Value(value))
    });
    let set = set.collect();
    let key = model.id().to_value().into_owned();
    let condition = Expr::Raw(change.condition.into());
    let statement = recorder.update_one(B::DIALECT, change.action, key, set, &[condition]);
    let written = record::run::<B>(connection, statement, M::TABLE, Error::of).await?;
    if let Some(log) = written.log.filter(|_| written.rows > 0) {
        model.logged(log);
    }
    Ok(written.rows > 0)
}

async fn execute<B: Backend, M: Model>(
    connection: &mut B::Connection,
    change: ChangeSql,
    model: &M,
    time: DateTime<Utc>,
) -> Result<bool> {
    let id = model.id();
    let time = change.binds_time.then_some(Value::Timestamp(time));
    let arguments = arguments::<B>([id.to_value()].into_iter().chain(time))?;
    let result = B::execute(connection, change.sql.into_sql_str(), arguments).await;
    Ok(B::rows_affected(&result.map_err(|e| Error::of(e, M::TABLE))?) > 0)
}
