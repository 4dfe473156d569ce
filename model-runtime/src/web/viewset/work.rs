//! Where a request's statements run: on the pool, or in a transaction where the row must stay as it was read.

use crate::db::Db;
use crate::error::Result;
use crate::pool::{AnyOp, Pool, Transaction};

pub(super) enum Work {
    Pool(Pool),
    Transaction(Transaction<'static>),
}

impl Work {
    /// Work on the pool, or in a transaction.
    pub(super) async fn begin(in_transaction: bool, db: &Pool) -> Result<Self> {
        Ok(match in_transaction {
            true => Self::Transaction(db.begin().await?),
            false => Self::Pool(db.clone()),
        })
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Self::Pool(_) => Ok(()),
            Self::Transaction(transaction) => transaction.commit().await,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'c, O: AnyOp> Db<'c, O> for &'c mut Work {
    type Out = O::AnyOut;

    async fn run(self, operation: O) -> Result<O::AnyOut> {
        match self {
            Work::Pool(pool) => Db::<O>::run(&*pool, operation).await,
            Work::Transaction(transaction) => Db::<O>::run(transaction, operation).await,
        }
    }
}
