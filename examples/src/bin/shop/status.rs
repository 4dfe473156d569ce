//! What becomes of an order.

use std::fmt::{self, Display, Formatter};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use examples::shop::OrderStatus;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::find;
use crate::order_view::OrderView;

/// A change of status, and the order to make it to.
#[derive(Debug, Subcommand)]
pub enum Status {
    /// Take the payment of an order
    Pay {
        #[command(flatten)]
        target: Target,

        /// The number of the payment at the bank
        #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
        transaction: String,
    },
    /// Send an order that is paid for
    Ship(Target),
    /// Note that an order has arrived
    Deliver(Target),
    /// Cancel an order that was not sent; its pieces go back to the stock
    Cancel(Target),
    /// Pay the customer back for an order that was sent
    Refund(Target),
}

/// The order to change.
#[derive(Debug, Args)]
pub struct Target {
    /// The number of the order
    order: String,
}

/// What it did.
#[derive(Serialize)]
pub struct Outcome {
    /// Whether anything was written: an order that is shipped is not shipped again.
    changed: bool,
    order: OrderView,
}

impl Status {
    /// Makes the change.
    pub async fn run(&self, db: &Pool) -> anyhow::Result<Outcome> {
        let (target, status) = match self {
            Self::Pay { target, .. } => (target, OrderStatus::Processing),
            Self::Ship(target) => (target, OrderStatus::Shipped),
            Self::Deliver(target) => (target, OrderStatus::Delivered),
            Self::Cancel(target) => (target, OrderStatus::Cancelled),
            Self::Refund(target) => (target, OrderStatus::Refunded),
        };
        let mut order = find::order(&target.order, db).await?;
        let changed = match self {
            Self::Pay { transaction, .. } => order.pay(transaction, db).await,
            _ => order.update_status(status, db).await,
        };
        let changed = changed.map_err(with_cure)?;
        Ok(Outcome { changed, order: OrderView::from(&order) })
    }
}

/// Says what can be done with the order instead.
fn with_cure(error: Error) -> anyhow::Error {
    let Error::InvalidTransition { from, .. } = &error else { return error.into() };
    let next = from.parse::<OrderStatus>().map(OrderStatus::next).unwrap_or_default();
    match next {
        [] => anyhow!("{error}: this is where it ends"),
        next => {
            let next: Vec<&str> = next.iter().map(|status| status.as_str()).collect();
            anyhow!("{error}; it can become {}", next.join(" or "))
        }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let OrderView { order_number, status, .. } = &self.order;
        match self.changed {
            true => write!(f, "{order_number} is now {status}"),
            false => write!(f, "{order_number} was {status} already: nothing changed"),
        }
    }
}
