//! Where a statement runs: pools, connections and transactions, of one database or of either.

use std::future::Future;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::SqlStr;
use sqlx::pool::PoolConnection;

use crate::backend::{Backend, timed_rows};
use crate::cache;
use crate::error::Result;
use crate::profile;
use crate::table::Dialect;

/// An operation that can run on a connection to `B`. Every method that takes a database handle makes one.
pub trait Op<B: Backend>: Send {
    /// What it returns.
    type Out: Send;

    /// Whether it begins a transaction of its own. Where its future is dropped, PostgreSQL may be in one that the
    /// driver does not know of, so that the connection does not go back to its pool. (On a connection that is in no
    /// pool the caller closes it.)
    fn begins(&self) -> bool {
        false
    }

    /// Runs it.
    fn run(self, connection: &mut B::Connection) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// A query whose rows can be streamed from `B`.
pub trait StreamOp<B: Backend>: Send + 'static {
    /// What each row becomes.
    type Item: Send + 'static;

    /// The statement and its arguments.
    fn statement(&self) -> Result<(SqlStr, B::Arguments)>;

    /// Reads a row.
    fn read(&self, row: &B::Row) -> Result<Self::Item>;
}

/// A database handle that can run the operation `O`: `&SqlitePool`, `&PgPool`, `&mut` of a connection or a
/// transaction of either, and [`&Pool`](crate::Pool), [`&mut Connection`](crate::Connection) and
/// [`&mut Transaction`](crate::Transaction), which choose at run time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database handle for this operation",
    label = "not a database handle",
    note = "pass `&SqlitePool`, `&PgPool`, `&Pool`, or `&mut` of a connection or transaction; reborrow with `&mut *connection`",
    note = "the cargo features `sqlite` and `postgres` of model-runtime choose the databases"
)]
pub trait Db<'c, O>: Send {
    /// What the operation returns.
    type Out: Send;

    /// Runs the operation.
    fn run(self, operation: O) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// A database handle that can stream the rows of `S`: the same handles as [`Db`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database handle that can stream",
    note = "pass `&SqlitePool`, `&PgPool`, `&Pool`, or `&mut` of a connection or transaction"
)]
pub trait StreamDb<'c, S>: Send {
    /// What each row becomes.
    type Item;

    /// The rows, as they arrive.
    fn stream(self, query: S) -> BoxStream<'c, Result<Self::Item>>;
}

/// Runs an operation in a box, for a method with a bound that a caller may well miss, such as a capability: of it the
/// compiler then speaks once, where an `impl Future` repeats the bounds of its method at every use.
pub(crate) fn boxed<'c, D, O>(db: D, operation: O) -> BoxFuture<'c, Result<D::Out>>
where
    D: Db<'c, O> + 'c,
    O: 'c,
{
    Box::pin(db.run(operation))
}

/// The rows of `query` on anything that sqlx can execute on.
pub(crate) fn stream_on<'c, B, S, E>(executor: E, query: S) -> BoxStream<'c, Result<S::Item>>
where
    B: Backend,
    S: StreamOp<B>,
    E: sqlx::Executor<'c, Database = B> + 'c,
    (SqlStr, Option<B::Arguments>): sqlx::Execute<'c, B>,
{
    let (sql, arguments) = match query.statement() {
        Ok(statement) => statement,
        Err(error) => return futures_util::stream::once(async { Err(error) }).boxed(),
    };
    let timer = profile::begin(sql.as_str());
    timed_rows(timer, executor.fetch((sql, Some(arguments)))).map(move |row| query.read(&row?)).boxed()
}

/// Runs an operation. Where its connection is in no transaction, its end is the end of what it writes.
///
/// No `async fn`, here and on the way here: it would have room for the operation twice.
fn run_on<B: Backend, O: Op<B>>(
    connection: &mut B::Connection,
    operation: O,
) -> impl Future<Output = Result<O::Out>> + Send {
    let ends = !B::in_transaction(connection);
    // In a box, so that the futures of callers stay small: an operation may be deep.
    cache::during(ends, Box::pin(operation.run(connection)))
}

/// Runs an operation on a connection of a pool, which does not get it back where a begun transaction may be left. `outside` is
/// whether the connection is in none of the caller's.
fn run_pooled<B: Backend, O: Op<B>>(
    connection: &mut PoolConnection<B>,
    operation: O,
    outside: bool,
) -> impl Future<Output = Result<O::Out>> + Send {
    let lost = operation.begins() && B::DIALECT == Dialect::Postgres;
    async move {
        let mut held = Held { connection, lost };
        let result = run_on::<B, O>(held.connection, operation).await;
        // A rollback failed, or SQLite rolled back by itself and the driver still counts: what is written on this connection
        // next would not be committed.
        held.lost = outside && B::in_transaction(held.connection);
        result
    }
}

struct Held<'c, B: Backend> {
    connection: &'c mut PoolConnection<B>,
    lost: bool,
}

impl<B: Backend> Drop for Held<'_, B> {
    fn drop(&mut self) {
        if self.lost {
            self.connection.close_on_drop();
        }
    }
}

macro_rules! handles {
    ($db:ident, $Pool:ty, $Connection:ty) => {
        #[diagnostic::do_not_recommend]
        impl<'c, O: Op<sqlx::$db>> Db<'c, O> for &'c $Pool {
            type Out = O::Out;

            fn run(self, operation: O) -> impl Future<Output = Result<O::Out>> + Send {
                // In a box: to take a connection is large, and callers move what they are given.
                let acquire = Box::pin(self.acquire());
                async move {
                    let mut connection = acquire.await?;
                    run_pooled(&mut connection, operation, true).await
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, O: Op<sqlx::$db>> Db<'c, O> for &'c mut $Connection {
            type Out = O::Out;

            fn run(self, operation: O) -> impl Future<Output = Result<O::Out>> + Send {
                run_on::<sqlx::$db, O>(self, operation)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, O: Op<sqlx::$db>> Db<'c, O> for &'c mut sqlx::Transaction<'_, sqlx::$db> {
            type Out = O::Out;

            fn run(self, operation: O) -> impl Future<Output = Result<O::Out>> + Send {
                run_on::<sqlx::$db, O>(&mut **self, operation)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, O: Op<sqlx::$db>> Db<'c, O> for &'c mut sqlx::pool::PoolConnection<sqlx::$db> {
            type Out = O::Out;

            fn run(self, operation: O) -> impl Future<Output = Result<O::Out>> + Send {
                let outside = !<sqlx::$db as Backend>::in_transaction(self);
                run_pooled(self, operation, outside)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, S: StreamOp<sqlx::$db>> StreamDb<'c, S> for &'c $Pool {
            type Item = S::Item;

            fn stream(self, query: S) -> BoxStream<'c, Result<S::Item>> {
                stream_on(self, query)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, S: StreamOp<sqlx::$db>> StreamDb<'c, S> for &'c mut $Connection {
            type Item = S::Item;

            fn stream(self, query: S) -> BoxStream<'c, Result<S::Item>> {
                stream_on(self, query)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, S: StreamOp<sqlx::$db>> StreamDb<'c, S> for &'c mut sqlx::pool::PoolConnection<sqlx::$db> {
            type Item = S::Item;

            fn stream(self, query: S) -> BoxStream<'c, Result<S::Item>> {
                stream_on(&mut **self, query)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, S: StreamOp<sqlx::$db>> StreamDb<'c, S> for &'c mut sqlx::Transaction<'_, sqlx::$db> {
            type Item = S::Item;

            fn stream(self, query: S) -> BoxStream<'c, Result<S::Item>> {
                stream_on(&mut **self, query)
            }
        }
    };
}

#[cfg(feature = "sqlite")]
handles!(Sqlite, sqlx::SqlitePool, sqlx::SqliteConnection);
#[cfg(feature = "postgres")]
handles!(Postgres, sqlx::PgPool, sqlx::PgConnection);
