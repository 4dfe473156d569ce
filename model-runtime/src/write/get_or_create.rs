//! The row that meets a condition, made where there is none.

use crate::atomic::{self, Atomic, Steps};
use crate::backend::Backend;
use crate::db::Op;
use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::model::{Model, Writable};
use crate::queryset::{self, Query, QuerySet, Reload};
use crate::value::Value;

use super::Insert;
use super::save::save_over;

/// Reads the row that meets a condition, or inserts one. Returns it, and whether it was inserted.
#[derive(Debug)]
pub struct GetOrCreate<M> {
    condition: Expr,
    row: M,
}

impl<M: Model> GetOrCreate<M> {
    pub(crate) fn new(condition: Expr, row: M) -> Self {
        Self { condition, row }
    }
}

impl<B: Backend, M: Writable> Op<B> for GetOrCreate<M> {
    type Out = (M, bool);

    async fn run(self, connection: &mut B::Connection) -> Result<(M, bool)> {
        let Self { condition, mut row } = self;
        let wanted = QuerySet::<M>::new().filter_expr(condition);
        if let Some(found) = only::<B, M, _>(connection, wanted.clone()).await? {
            return Ok((found, false));
        }
        match insert::<B, M>(connection, &mut row).await {
            Ok(()) => Ok((row, true)),
            // Another has made it in between; else it is another row's value that stands in the way.
            Err(error @ Error::Unique { .. }) => match only::<B, M, _>(connection, wanted).await? {
                Some(found) => Ok((found, false)),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}

/// Inserts, inside a transaction in a savepoint that takes the error: PostgreSQL would take nothing more after it.
async fn insert<B: Backend, M: Writable>(connection: &mut B::Connection, row: &mut M) -> Result<()> {
    if !B::in_transaction(connection) {
        return Op::<B>::run(Insert::new(row), connection).await;
    }
    let mut savepoint = Atomic::<B>::begin(connection).await?;
    let result = Op::<B>::run(Insert::new(row), savepoint.connection()).await;
    savepoint.end(result).await
}

/// The only row that a query finds, if there is one.
async fn only<B: Backend, M: Model, Q: Query<Item = M>>(
    connection: &mut B::Connection,
    query: Q,
) -> Result<Option<M>> {
    let mut rows = queryset::all::<B, _>(connection, query.unordered().at_most(2)).await?;
    if rows.len() > 1 {
        return Err(Error::Multiple { model: M::TABLE.model });
    }
    Ok(rows.pop())
}

/// Saves a row over the one that meets a condition, or inserts it. Returns it, and whether it was inserted.
#[derive(Debug)]
pub struct UpdateOrCreate<M> {
    condition: Expr,
    row: M,
    /// The position of a generated value that is not given: it is made for a new row, and an old one keeps its own.
    kept: Option<usize>,
}

impl<M: Model> UpdateOrCreate<M> {
    pub(crate) fn new(condition: Expr, row: M) -> Self {
        let generated = M::STATEMENTS.generated.map(|generated| M::TABLE.position(generated.column).0);
        let kept = generated.filter(|i| matches!(row.value(*i), Value::Text(text) if text.is_empty()));
        Self { condition, row, kept }
    }
}

impl<B: Backend, M: Writable> Op<B> for UpdateOrCreate<M> {
    type Out = (M, bool);

    fn begins(&self) -> bool {
        true
    }

    async fn run(mut self, connection: &mut B::Connection) -> Result<(M, bool)> {
        let created = atomic::retried::<B, _>(&mut self, connection, atomic::is_taken).await?;
        Ok((self.row, created))
    }
}

impl<B: Backend, M: Writable> Steps<B> for UpdateOrCreate<M> {
    type Out = bool;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<bool> {
        let wanted = QuerySet::<M>::new().filter_expr(self.condition.clone()).select_for_update();
        let Some(found) = only::<B, M, _>(connection, wanted).await? else {
            Op::<B>::run(Insert::new(&mut self.row), connection).await?;
            return Ok(true);
        };
        self.row.set_id(found.id());
        save_over::<B, M>(connection, &mut self.row, self.kept).await?;
        // What the save does not write, the row has as it was.
        Op::<B>::run(Reload::new(&mut self.row), connection).await?;
        Ok(false)
    }
}
