//! A new product.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use examples::shop::{Category, Product};
use model_runtime::prelude::*;
use serde::Serialize;

use crate::money;
use crate::product_view::ProductView;

/// The product to add.
#[derive(Debug, Args)]
pub struct NewProduct {
    /// The number by which it is ordered
    sku: String,

    /// The name on the label
    name: String,

    /// What it is filed under; a category that is not there is made
    #[arg(long, value_name = "NAME", default_value = "Other")]
    category: String,

    /// What a piece costs
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    price: String,

    /// What a piece costs now, which is less
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    sale_price: Option<String>,

    /// What a piece cost the shop
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    cost: String,

    /// How many pieces there are
    #[arg(long, value_name = "PIECES", default_value = "0", allow_hyphen_values = true)]
    stock: String,

    /// What it is
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
}

/// The product that was added.
#[derive(Serialize)]
pub struct Added {
    product: ProductView,
}

/// Adds it, and publishes it.
pub async fn run(new: &NewProduct, db: &Pool) -> anyhow::Result<Added> {
    let price = money::amount("price", &new.price)?;
    let cost = money::amount("cost", &new.cost)?;
    let sale_price = new.sale_price.as_deref().map(|text| money::amount("sale price", text)).transpose()?;
    let stock = money::pieces(&new.stock)?;
    let mut transaction = db.begin().await?;
    let category = Category::builder().name(new.category.as_str()).build();
    let (category, _) =
        Category::get_or_create(|c| c.name.eq(new.category.as_str()), category, &mut transaction).await?;
    let mut product = Product::builder()
        .sku(new.sku.as_str())
        .name(new.name.as_str())
        .category_id(category.id)
        .price(price)
        .sale_price(sale_price)
        .cost(cost)
        .stock_quantity(stock)
        .description(new.description.as_str())
        .create(&mut transaction)
        .await?;
    product.publish(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Added { product: ProductView::from(&product) })
}

impl Display for Added {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ProductView { sku, name, current_price, stock_quantity, .. } = &self.product;
        write!(f, "{sku} {name} is sold at {current_price}, {stock_quantity} in stock")
    }
}
