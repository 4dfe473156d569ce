//! Writes of a queryset that return the rows.

use std::fmt;
use std::future::Future;

use super::QuerySet;
use super::bulk::BulkWrite;
use crate::backend::Backend;
use crate::column::{Assignment, OneOrMore};
use crate::db::{Db, Op};
use crate::error::Result;
use crate::model::{Model, Writable};

impl<M: Model> QuerySet<M> {
    /// Like [`update`](Self::update), and returns the rows that changed as they then are, in the order of their keys:
    /// `Job::objects().filter(|j| j.state.eq("new")).limit(10).update_returning(|j| j.state.set("mine"), &db)`.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn update_returning<'c, D, A>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
        db: D,
    ) -> impl Future<Output = Result<Vec<M>>> + Send
    where
        M: Writable,
        A: OneOrMore<Assignment<M>>,
        D: Db<'c, UpdateReturning<M>, Out = Vec<M>>,
    {
        db.run(UpdateReturning(self.updated(assignments(M::COLUMNS).into_vec())))
    }
}

/// Updates all rows of a queryset, and returns those that changed.
pub struct UpdateReturning<M>(BulkWrite<M>);

impl<M: Model> fmt::Debug for UpdateReturning<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UpdateReturning({})", M::TABLE.model)
    }
}

impl<B: Backend, M: Writable> Op<B> for UpdateReturning<M> {
    type Out = Vec<M>;

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<M>> {
        let mut rows = self.0.update_returning::<B>(connection).await?;
        // The database promises no order of what it returns.
        rows.sort_by_key(Model::id);
        Ok(rows)
    }
}
