//! Updating one row where it meets a condition, decided by the database.

use std::fmt;

use crate::backend::Backend;
use crate::db::Op;
use crate::error::Result;
use crate::model::{Model, Writable};
use crate::queryset::{BulkWrite, Reload};

/// Updates a row where it meets a condition, and reads it again. Returns whether it did.
pub struct UpdateIf<'m, M> {
    model: &'m mut M,
    write: BulkWrite<M>,
}

impl<M: Model> fmt::Debug for UpdateIf<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UpdateIf({})", self.model.id())
    }
}

impl<'m, M: Model> UpdateIf<'m, M> {
    pub(crate) fn new(model: &'m mut M, write: BulkWrite<M>) -> Self {
        Self { model, write }
    }
}

impl<B: Backend, M: Writable> Op<B> for UpdateIf<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let written = Op::<B>::run(self.write, connection).await? > 0;
        Op::<B>::run(Reload::new(self.model), connection).await?;
        Ok(written)
    }
}
