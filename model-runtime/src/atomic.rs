//! All or nothing, for operations of several statements: a transaction, or a savepoint inside the caller's.

use std::future::Future;

use sqlx::{SqlSafeStr, SqlStr};
use sqlx_core::transaction::TransactionManager;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::table::Dialect;

/// A transaction or a savepoint under way. Dropped, it rolls back.
///
/// sqlx's own `Transaction` counts as open before it has begun: dropped at that point inside the caller's transaction, it
/// rolls back the caller's.
pub(crate) struct Atomic<'c, B: Backend> {
    connection: &'c mut B::Connection,
    by: By,
    open: bool,
}

/// Who counts it.
#[derive(Clone, Copy)]
enum By {
    Driver,
    /// On PostgreSQL inside a transaction. Where a future is dropped, what its statements wrote until then is part of
    /// the caller's transaction; each of them is whole.
    Name,
}

/// PostgreSQL ended the statement to break a deadlock. SQLite has none: who writes has all.
pub(crate) fn is_deadlock(error: &Error) -> bool {
    matches!(error, Error::Database(error) if ended_by_deadlock(error))
}

/// The same of the driver's error.
pub(crate) fn ended_by_deadlock(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(DEADLOCK))
}

/// The code of a deadlock.
const DEADLOCK: &str = "40P01";

const SAVEPOINT: &str = "SAVEPOINT model_runtime";
const RELEASE: &str = "RELEASE SAVEPOINT model_runtime";
const ROLL_BACK: &str = "ROLLBACK TO SAVEPOINT model_runtime";

impl<'c, B: Backend> Atomic<'c, B> {
    /// Begins.
    pub(crate) async fn begin(connection: &'c mut B::Connection) -> Result<Self> {
        let within = B::in_transaction(connection);
        if within && B::DIALECT == Dialect::Postgres {
            execute::<B>(connection, SAVEPOINT).await?;
            return Ok(Self { connection, by: By::Name, open: true });
        }
        let statement: Option<SqlStr> = B::BEGIN.filter(|_| !within).map(SqlSafeStr::into_sql_str);
        B::TransactionManager::begin(connection, statement).await?;
        Ok(Self { connection, by: By::Driver, open: true })
    }

    /// The connection.
    pub(crate) fn connection(&mut self) -> &mut B::Connection {
        self.connection
    }

    /// Ends it, and keeps what was written.
    pub(crate) async fn commit(mut self) -> Result<()> {
        match self.by {
            By::Driver => B::TransactionManager::commit(self.connection).await?,
            By::Name => execute::<B>(self.connection, RELEASE).await?,
        }
        self.open = false;
        Ok(())
    }

    /// Ends it: keeps what was written, unless the result is an error.
    pub(crate) async fn end<T>(self, result: Result<T>) -> Result<T> {
        match result {
            Ok(out) => self.commit().await.map(|()| out),
            Err(error) => {
                self.roll_back().await;
                Err(error)
            }
        }
    }

    /// Begins it again after a deadlock, where it is no part of a transaction of the caller's: whatever was done in it is
    /// undone. Returns whether it is.
    #[cfg(feature = "users")]
    pub(crate) async fn begin_again(&mut self, error: &Error) -> Result<bool> {
        let (true, By::Driver) = (is_deadlock(error), self.by) else { return Ok(false) };
        B::TransactionManager::rollback(self.connection).await?;
        self.open = false;
        B::TransactionManager::begin(self.connection, None).await?;
        self.open = true;
        Ok(true)
    }

    /// Ends it after an error, which is the one to tell. Where this fails too, the connection is still in a
    /// transaction, and does not go back to its pool.
    pub(crate) async fn roll_back(mut self) {
        let result = match self.by {
            By::Driver => B::TransactionManager::rollback(self.connection).await,
            By::Name => match execute::<B>(self.connection, ROLL_BACK).await {
                Ok(()) => execute::<B>(self.connection, RELEASE).await,
                error => error,
            },
        };
        self.open = result.is_err();
    }
}

/// How often steps are taken again where another write of the same came in between.
const ATTEMPTS: u32 = 5;

/// Another write has just made what this one would make.
pub(crate) fn is_taken(error: &Error) -> bool {
    matches!(error, Error::Unique { .. })
}

/// Another write was in between: it has made what this one would make, or waited for it.
pub(crate) fn is_taken_or_deadlock(error: &Error) -> bool {
    is_taken(error) || is_deadlock(error)
}

/// What an operation does in a transaction.
pub(crate) trait Steps<B: Backend>: Send {
    type Out: Send;

    fn take(&mut self, connection: &mut B::Connection) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// Takes steps in a transaction, and after an error of which `again` says that another write was in between, once more:
/// that write is over now.
pub(crate) async fn retried<B: Backend, S: Steps<B>>(
    steps: &mut S,
    connection: &mut B::Connection,
    again: fn(&Error) -> bool,
) -> Result<S::Out> {
    let mut attempt = 1;
    loop {
        let mut transaction = Atomic::<B>::begin(connection).await?;
        let result = steps.take(transaction.connection()).await;
        match transaction.end(result).await {
            Err(error) if attempt < ATTEMPTS && again(&error) => attempt += 1,
            result => return result,
        }
    }
}

impl<B: Backend> Drop for Atomic<'_, B> {
    fn drop(&mut self) {
        if let (true, By::Driver) = (self.open, self.by) {
            B::TransactionManager::start_rollback(self.connection);
        }
    }
}

async fn execute<B: Backend>(connection: &mut B::Connection, sql: &'static str) -> sqlx::Result<()> {
    B::execute(connection, sql.into_sql_str(), B::Arguments::default()).await.map(drop)
}
