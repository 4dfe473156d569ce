//! What a customer thinks of a product.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::product_view::ProductView;
use crate::{find, money};

/// The product, the customer, and what they think.
#[derive(Debug, Args)]
pub struct Rating {
    /// The SKU of the product
    sku: String,

    /// The e-mail address of the customer
    email: String,

    /// From 1 to 5
    #[arg(allow_hyphen_values = true)]
    stars: String,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    text: String,
}

/// The product after it.
#[derive(Serialize)]
pub struct Rated {
    product: ProductView,
}

/// Writes it down.
pub async fn run(rating: &Rating, db: &Pool) -> anyhow::Result<Rated> {
    let mut product = find::product(&rating.sku, db).await?;
    let user = find::customer(&rating.email, db).await?;
    product.rate(&user, money::stars(&rating.stars)?, &rating.text, db).await?;
    Ok(Rated { product: ProductView::from(&product) })
}

impl Display for Rated {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} is rated {}", self.product.sku, self.product.rating())
    }
}
