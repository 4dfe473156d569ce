//! Pieces that come in.

use std::fmt::{self, Display, Formatter};

use anyhow::ensure;
use clap::Args;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::product_view::ProductView;
use crate::{find, money};

/// The product, and how many pieces came.
#[derive(Debug, Args)]
pub struct Pieces {
    /// The SKU of the product
    sku: String,

    /// How many pieces
    #[arg(allow_hyphen_values = true)]
    pieces: String,
}

/// The product after it.
#[derive(Serialize)]
pub struct Restocked {
    product: ProductView,
}

/// Adds them to the stock.
pub async fn run(pieces: &Pieces, db: &Pool) -> anyhow::Result<Restocked> {
    let mut product = find::product(&pieces.sku, db).await?;
    let quantity = money::pieces(&pieces.pieces)?;
    let (sku, stock) = (&pieces.sku, product.stock_quantity);
    ensure!(
        product.restock(quantity, db).await?,
        "{sku} has {stock} in stock and cannot hold {quantity} more; add fewer"
    );
    Ok(Restocked { product: ProductView::from(&product) })
}

impl Display for Restocked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} has now {} in stock", self.product.sku, self.product.stock_quantity)
    }
}
