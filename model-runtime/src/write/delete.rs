//! Deleting a row, and restoring it, with what goes with it.

use chrono::{DateTime, Utc};
use sqlx::SqlSafeStr;

use super::cascade::{Cascade, reaches};
use super::change::{Change, apply};
use super::keys::{Keys, select_keys};
use super::now;
use super::reach::{Reach, Tables, reach};
use super::revive::{revive, revives};
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::db::Op;
use crate::error::{Error, Result};
use crate::field::FieldType;
use crate::model::{Model, Writable};
use crate::record::{self, Recorder, Rows};
use crate::sql::{Sql, arguments};
use crate::statements::ChangeSql;

/// Does what the model's `delete` does.
#[derive(Debug)]
pub struct Delete<'m, M>(&'m mut M);

impl<'m, M: Model> Delete<'m, M> {
    pub(crate) fn new(model: &'m mut M) -> Self {
        Self(model)
    }
}

impl<B: Backend, M: Writable> Op<B> for Delete<'_, M> {
    type Out = bool;

    fn begins(&self) -> bool {
        reaches(M::TABLE)
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        if reaches(M::TABLE) {
            return reach::<B, _>(connection, M::TABLE, self).await;
        }
        match M::STATEMENTS.delete {
            None => remove::<B, M>(connection, self.0).await,
            Some(sql) => mark::<B, M>(connection, self.0, sql, now()).await,
        }
    }
}

impl<B: Backend, M: Writable> Reach<B> for Delete<'_, M> {
    type Out = bool;

    async fn take(&mut self, connection: &mut B::Connection, tables: &Tables) -> Result<bool> {
        let Some(sql) = M::STATEMENTS.delete else {
            return remove_with::<B, M>(connection, self.0, tables).await;
        };
        let time = now();
        let keys = lock::<B, M>(connection, self.0, M::STATEMENTS.delete).await?;
        if !keys.is_empty() {
            let cascade = Cascade::of::<B>(connection, M::TABLE, keys, false, tables).await?;
            cascade.write::<B>(connection, time).await?;
        }
        mark::<B, M>(connection, self.0, sql, time).await
    }
}

async fn mark<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &mut M,
    sql: ChangeSql,
    time: DateTime<Utc>,
) -> Result<bool> {
    let refused = |model: &mut M, current| {
        *model = current;
        Ok(())
    };
    apply::<B, M>(connection, model, Change { sql, done: M::mark_deleted, refused }, time).await
}

/// Removes a row.
#[derive(Debug)]
pub struct HardDelete<'m, M>(&'m M);

impl<'m, M: Model> HardDelete<'m, M> {
    pub(crate) fn new(model: &'m M) -> Self {
        Self(model)
    }
}

impl<B: Backend, M: Writable> Op<B> for HardDelete<'_, M> {
    type Out = bool;

    fn begins(&self) -> bool {
        reaches(M::TABLE)
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        if reaches(M::TABLE) {
            return reach::<B, _>(connection, M::TABLE, self).await;
        }
        remove::<B, M>(connection, self.0).await
    }
}

impl<B: Backend, M: Writable> Reach<B> for HardDelete<'_, M> {
    type Out = bool;

    async fn take(&mut self, connection: &mut B::Connection, tables: &Tables) -> Result<bool> {
        remove_with::<B, M>(connection, self.0, tables).await
    }
}

/// Removes the row, and has the journal keep what it was.
async fn remove<B: Backend, M: Model>(connection: &mut B::Connection, model: &M) -> Result<bool> {
    let id = model.id().to_value().into_owned();
    cache::hold(M::TABLE, Touched::row(model.id()).removed()).await?;
    if let Some(recorder) = Recorder::of_existence(M::TABLE, now())? {
        let sql = recorder.removal(B::DIALECT, &Rows::One(id));
        let written = record::run::<B>(connection, sql, M::TABLE, Error::of_removal).await?;
        return Ok(written.rows > 0);
    }
    let arguments = arguments::<B>([id])?;
    let result = B::execute(connection, M::STATEMENTS.remove.into_sql_str(), arguments).await;
    Ok(B::rows_affected(&result.map_err(|e| Error::of_removal(e, M::TABLE))?) > 0)
}

/// Removes the row with what goes with it.
async fn remove_with<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &M,
    tables: &Tables,
) -> Result<bool> {
    let keys = lock::<B, M>(connection, model, None).await?;
    if keys.is_empty() {
        return Ok(false);
    }
    let cascade = Cascade::of::<B>(connection, M::TABLE, keys, true, tables).await?;
    cascade.write::<B>(connection, now()).await?;
    Ok(true)
}

/// The row's key, where there is the row and it allows the change; it is locked.
async fn lock<B: Backend, M: Model>(
    connection: &mut B::Connection,
    model: &M,
    change: Option<ChangeSql>,
) -> Result<Keys> {
    let key = model.id().to_value().into_owned();
    let filter = |sql: &mut Sql| {
        record::filter(sql, M::TABLE, &Rows::One(key.clone()));
        if let Some(change) = change {
            sql.push(" AND ");
            sql.push(change.condition);
        }
    };
    select_keys::<B>(connection, M::TABLE, filter).await
}

/// Takes the mark of a deleted row away, and those of the rows that were deleted with it.
#[derive(Debug)]
pub struct Restore<'m, M> {
    model: &'m mut M,
    change: fn() -> Change<M>,
}

impl<'m, M: Model> Restore<'m, M> {
    pub(crate) fn new(model: &'m mut M, change: fn() -> Change<M>) -> Self {
        Self { model, change }
    }
}

impl<B: Backend, M: Writable> Op<B> for Restore<'_, M> {
    type Out = bool;

    fn begins(&self) -> bool {
        revives(M::TABLE)
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        if revives(M::TABLE) {
            return reach::<B, _>(connection, M::TABLE, self).await;
        }
        apply::<B, M>(connection, self.model, (self.change)(), now()).await
    }
}

impl<B: Backend, M: Writable> Reach<B> for Restore<'_, M> {
    type Out = bool;

    async fn take(&mut self, connection: &mut B::Connection, tables: &Tables) -> Result<bool> {
        let time = now();
        let keys = lock::<B, M>(connection, self.model, Some((self.change)().sql)).await?;
        revive::<B>(connection, M::TABLE, &keys, time, tables).await?;
        apply::<B, M>(connection, self.model, (self.change)(), time).await
    }
}
