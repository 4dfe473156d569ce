//! Handles that choose the database at run time, by URL.

use std::time::Duration;

use futures_util::stream::BoxStream;
use sqlx::Connection as _;
#[cfg(feature = "sqlite")]
use sqlx::SqlSafeStr;

use crate::backend::Backend;
use crate::db::{Db, Op, StreamDb, StreamOp};
use crate::error::{Error, Result};
use crate::table::Dialect;

/// A connection idle for longer than this is asked whether it lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);

/// How long SQLite waits for another writer.
#[cfg(feature = "sqlite")]
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Defines an enum over the enabled databases and passes every operation on to the chosen one.
macro_rules! either {
    ($(#[$doc:meta])* $name:ident $(<$life:lifetime>)?: Sqlite($Sqlite:ty), Postgres($Postgres:ty), ($($handle:tt)+)) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name $(<$life>)? {
            /// SQLite.
            #[cfg(feature = "sqlite")]
            Sqlite($Sqlite),
            /// PostgreSQL.
            #[cfg(feature = "postgres")]
            Postgres($Postgres),
        }

        impl $(<$life>)? $name $(<$life>)? {
            /// The SQL dialect of the chosen database.
            pub fn dialect(&self) -> Dialect {
                match self {
                    #[cfg(feature = "sqlite")]
                    Self::Sqlite(_) => Dialect::Sqlite,
                    #[cfg(feature = "postgres")]
                    Self::Postgres(_) => Dialect::Postgres,
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, O: AnyOp> Db<'c, O> for $($handle)+ {
            type Out = O::AnyOut;

            // No `async fn`: see `run_on`.
            fn run(self, operation: O) -> impl Future<Output = Result<O::AnyOut>> + Send {
                async move {
                    match self {
                        #[cfg(feature = "sqlite")]
                        $name::Sqlite(db) => Db::<O>::run(db, operation).await,
                        #[cfg(feature = "postgres")]
                        $name::Postgres(db) => Db::<O>::run(db, operation).await,
                    }
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'c, S: AnyStream> StreamDb<'c, S> for $($handle)+ {
            type Item = S::AnyItem;

            fn stream(self, query: S) -> BoxStream<'c, Result<S::AnyItem>> {
                match self {
                    #[cfg(feature = "sqlite")]
                    $name::Sqlite(db) => StreamDb::<S>::stream(db, query),
                    #[cfg(feature = "postgres")]
                    $name::Postgres(db) => StreamDb::<S>::stream(db, query),
                }
            }
        }
    };
}

either! {
    /// A pool of connections to SQLite or PostgreSQL, whichever the URL names.
    ///
    /// It passes on each operation by a match, not by `sqlx::Any`: types stay typed.
    #[derive(Clone)]
    Pool: Sqlite(sqlx::SqlitePool), Postgres(sqlx::PgPool), (&'c Pool)
}

either! {
    /// One connection of a [`Pool`], held for as long as a unit of work takes: it saves a round trip per statement.
    Connection: Sqlite(sqlx::pool::PoolConnection<sqlx::Sqlite>), Postgres(sqlx::pool::PoolConnection<sqlx::Postgres>),
    (&'c mut Connection)
}

either! {
    /// A transaction of a [`Pool`]. Dropped without a commit, it rolls back.
    Transaction<'t>: Sqlite(sqlx::Transaction<'t, sqlx::Sqlite>), Postgres(sqlx::Transaction<'t, sqlx::Postgres>),
    (&'c mut Transaction<'_>)
}

impl Pool {
    /// Connects to `sqlite://path` (a file, made if it is missing), `sqlite::memory:` or `postgres://…`, with at most
    /// 10 connections.
    ///
    /// SQLite opens with a write-ahead log, foreign keys on, and 10 seconds of patience with another writer. In place
    /// of a ping before every statement, only a connection that was idle for 30 seconds is asked whether it lives.
    ///
    /// # Errors
    /// [`Error::Url`] where the scheme is none of the enabled databases', else the driver's error.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
    /// let pool = model_runtime::Pool::connect("sqlite::memory:").await?;
    /// # let _ = pool; Ok(()) }
    /// ```
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with(url, 10).await
    }

    /// Like [`connect`](Self::connect), with at most `max_connections` connections. A SQLite database in memory
    /// always has one, since each connection would be a database of its own.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(url: &str, max_connections: u32) -> Result<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => {
                let options = url.parse::<sqlx::sqlite::SqliteConnectOptions>()?;
                let options = if url.contains("mode=") { options } else { options.create_if_missing(true) };
                let options = options
                    .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                    .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                    .foreign_keys(true)
                    .busy_timeout(BUSY_TIMEOUT);
                let in_memory = url.contains(":memory:") || url.contains("mode=memory");
                let pool = trusting(sqlx::pool::PoolOptions::<sqlx::Sqlite>::new())
                    .max_connections(if in_memory { 1 } else { max_connections });
                // A database in memory lives as long as its connection.
                let pool = if in_memory { pool.idle_timeout(None).max_lifetime(None) } else { pool };
                Ok(Self::Sqlite(pool.connect_with(options).await?))
            }
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => {
                let options = url.parse::<sqlx::postgres::PgConnectOptions>()?;
                // A pool would try for half a minute where nobody listens, and then not say so.
                sqlx::PgConnection::connect_with(&options).await?.close().await?;
                let pool = trusting(sqlx::pool::PoolOptions::<sqlx::Postgres>::new());
                Ok(Self::Postgres(pool.max_connections(max_connections).connect_with(options).await?))
            }
            _ => Err(Error::Url {
                url: without_password(url),
                reason: format!(
                    "the scheme {scheme:?} is none of this build's databases; use sqlite:// or postgres://, and \
                     enable the cargo feature `sqlite` or `postgres` of model-runtime"
                ),
            }),
        }
    }

    /// Begins a transaction; on SQLite it takes the write lock at once.
    ///
    /// # Errors
    /// The driver's.
    pub async fn begin(&self) -> Result<Transaction<'static>> {
        self.acquire().await?.begin().await
    }

    /// Takes one connection out of the pool; it goes back when dropped.
    ///
    /// # Errors
    /// The driver's, and a timeout where all connections are taken.
    pub async fn acquire(&self) -> Result<Connection> {
        Ok(match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => pool.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// Begins a transaction, as [`Pool::begin`].
    pub(crate) async fn begin(self) -> Result<Transaction<'static>> {
        Ok(match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => {
                let statement = <sqlx::Sqlite as Backend>::BEGIN.map(SqlSafeStr::into_sql_str);
                Transaction::Sqlite(sqlx::Transaction::begin(connection, statement).await?)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => {
                // In a task of its own, which ends also where this future is dropped, and then rolls back: sqlx
                // would leave the connection in the transaction.
                let begun = tokio::spawn(sqlx::Transaction::begin(connection, None)).await;
                Transaction::Postgres(begun.map_err(|_| sqlx::Error::WorkerCrashed)??)
            }
        })
    }
}

impl Transaction<'_> {
    /// Commits.
    ///
    /// # Errors
    /// The driver's; nothing is written then.
    pub async fn commit(self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(transaction) => transaction.commit().await?,
            #[cfg(feature = "postgres")]
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    /// Rolls back.
    ///
    /// # Errors
    /// The driver's.
    pub async fn rollback(self) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(transaction) => transaction.rollback().await?,
            #[cfg(feature = "postgres")]
            Self::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}

/// A connection that the driver counts as in a transaction is closed too: what is written on it would not be committed.
fn trusting<B: Backend>(options: sqlx::pool::PoolOptions<B>) -> sqlx::pool::PoolOptions<B> {
    options.test_before_acquire(false).before_acquire(|connection, metadata| {
        Box::pin(async move {
            let is_live = metadata.idle_for < TRUSTED_IDLE || connection.ping().await.is_ok();
            Ok(is_live && !B::in_transaction(connection))
        })
    })
}

/// `scheme://user:***@host/…`. A password may contain any character; it may also be among the parameters.
fn without_password(url: &str) -> String {
    let (user, rest) = url.rsplit_once('@').map_or((None, url), |(user, rest)| (Some(user), rest));
    let rest = rest.split_once('?').map_or_else(|| rest.to_owned(), |(rest, _)| format!("{rest}?***"));
    match user.map(|user| user.split_once("://")) {
        Some(Some((scheme, user))) => {
            format!("{scheme}://{}:***@{rest}", user.split(':').next().unwrap_or_default())
        }
        Some(None) => format!("***@{rest}"),
        None => rest,
    }
}

/// Defines the traits of what runs on every enabled database with the same outcome.
macro_rules! any {
    ($(#[$cfg:meta])* $first:ident $(, $other:ident)?) => {
        /// An operation that every enabled database can run, with the same outcome.
        $(#[$cfg])*
        pub trait AnyOp: Op<sqlx::$first, Out = <Self as AnyOp>::AnyOut>
            $(+ Op<sqlx::$other, Out = <Self as AnyOp>::AnyOut>)?
        {
            /// What it returns.
            type AnyOut: Send;
        }

        $(#[$cfg])*
        impl<O> AnyOp for O
        where
            O: Op<sqlx::$first> $(+ Op<sqlx::$other, Out = <O as Op<sqlx::$first>>::Out>)?,
        {
            type AnyOut = <O as Op<sqlx::$first>>::Out;
        }

        /// A query that every enabled database can stream, with the same items.
        $(#[$cfg])*
        pub trait AnyStream: StreamOp<sqlx::$first, Item = <Self as AnyStream>::AnyItem>
            $(+ StreamOp<sqlx::$other, Item = <Self as AnyStream>::AnyItem>)?
        {
            /// What each row becomes.
            type AnyItem: Send + 'static;
        }

        $(#[$cfg])*
        impl<S> AnyStream for S
        where
            S: StreamOp<sqlx::$first> $(+ StreamOp<sqlx::$other, Item = <S as StreamOp<sqlx::$first>>::Item>)?,
        {
            type AnyItem = <S as StreamOp<sqlx::$first>>::Item;
        }
    };
}

any!(
    #[cfg(all(feature = "sqlite", feature = "postgres"))]
    Sqlite,
    Postgres
);
any!(
    #[cfg(all(feature = "sqlite", not(feature = "postgres")))]
    Sqlite
);
any!(
    #[cfg(all(feature = "postgres", not(feature = "sqlite")))]
    Postgres
);
