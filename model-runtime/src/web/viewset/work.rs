//! Where a request's statements run: on one connection, in a transaction where the row must stay as it was read.

use crate::db::Db;
use crate::error::Result;
use crate::pool::{AnyOp, Connection, Pool, Transaction};

/// The connection is taken when it is first wanted, and goes back when this is dropped: a pool asks each that comes back
/// whether it lives.
pub(super) enum Work {
    Pool(Pool),
    Connection(Connection),
    Transaction(Transaction<'static>),
}

impl Work {
    pub(super) fn on(pool: &Pool) -> Self {
        Self::Pool(pool.clone())
    }

    /// From here on in a transaction.
    pub(super) async fn begin(self) -> Result<Self> {
        Ok(match self {
            Self::Pool(pool) => Self::Transaction(pool.begin().await?),
            Self::Connection(connection) => Self::Transaction(connection.begin().await?),
            begun @ Self::Transaction(_) => begun,
        })
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Self::Pool(_) | Self::Connection(_) => Ok(()),
            Self::Transaction(transaction) => transaction.commit().await,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'c, O: AnyOp> Db<'c, O> for &'c mut Work {
    type Out = O::AnyOut;

    async fn run(self, operation: O) -> Result<O::AnyOut> {
        if let Work::Pool(pool) = self {
            *self = Work::Connection(pool.acquire().await?);
        }
        match self {
            Work::Pool(pool) => Db::<O>::run(&*pool, operation).await,
            Work::Connection(connection) => Db::<O>::run(connection, operation).await,
            Work::Transaction(transaction) => Db::<O>::run(transaction, operation).await,
        }
    }
}
