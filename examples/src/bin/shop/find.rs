//! Finding the product of a SKU, the order of a number and the customer of an e-mail address.

use anyhow::Context;
use examples::shop::{Order, Product};
use model_runtime::prelude::*;
use model_runtime::users::User;

/// The product with this SKU.
pub async fn product(sku: &str, db: &Pool) -> anyhow::Result<Product> {
    let product = Product::objects().filter(|p| p.sku.eq(sku)).first(db).await?;
    product.with_context(|| format!("there is no product `{sku}`; `shop products` lists them"))
}

/// The order with this number.
pub async fn order(number: &str, db: &Pool) -> anyhow::Result<Order> {
    let order = Order::objects().filter(|o| o.order_number.eq(number)).first(db).await?;
    order.with_context(|| format!("there is no order `{number}`; `shop orders` lists them"))
}

/// The customer with this e-mail address, in any case of its letters.
pub async fn customer(email: &str, db: &Pool) -> anyhow::Result<User> {
    let user = User::objects().by_email(email).first(db).await?;
    user.with_context(|| {
        format!("there is no customer with the e-mail address `{email}`; `shop customer` adds one")
    })
}
