//! Placing an order: all of it, or nothing.

use std::collections::BTreeMap;

use model_runtime::prelude::*;
use model_runtime::users::User;

use super::order::PAYMENT_METHOD_CURE;
use super::{Address, Order, OrderItem, Product, refuse_empty};

/// How many pieces of each product are wanted; `None` where that is no number to order.
type Wanted<'a> = BTreeMap<&'a str, Option<i32>>;

/// How often an order number is made anew where it is taken.
const ATTEMPTS: usize = 5;

/// What a customer wants.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// The SKUs of products, and how many pieces of each.
    pub items: Vec<(String, i32)>,
    /// What is taken off the price.
    pub discount: Decimal,
    /// How it will be paid.
    pub payment_method: String,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// Where the bill goes.
    pub billing_address: Address,
    /// What else the customer wants.
    pub notes: String,
}

impl NewOrder {
    /// The tax on the price of the items: 10 %.
    pub const TAX_RATE: Decimal = Decimal::from_parts(10, 0, 0, false, 2);
    /// What sending a parcel costs.
    pub const SHIPPING: Decimal = Decimal::from_parts(500, 0, 0, false, 2);

    /// Takes the pieces out of the stock and writes the order, in one transaction. However many do so at the same time,
    /// nothing is sold that is not there.
    ///
    /// # Errors
    /// [`Error::Validation`] with all that is wrong: a quantity below one, a product that is not sold, a stock that is too
    /// small, no payment method; and where all that is right, a discount that is too large. Nothing is changed then.
    pub async fn place(&self, user: &User, db: &Pool) -> Result<Order> {
        let (wanted, errors) = self.quantities();
        let mut attempts = 1;
        loop {
            match self.try_place(user, &wanted, errors.clone(), db).await {
                Err(Error::Unique { fields, .. }) if fields == ["order_number"] && attempts < ATTEMPTS => {
                    attempts += 1;
                }
                placed => return placed,
            }
        }
    }

    /// How many pieces of each product, and what is wrong without a look at the products.
    fn quantities(&self) -> (Wanted<'_>, ValidationErrors) {
        let mut errors = ValidationErrors::new("Order");
        refuse_empty("payment_method", &self.payment_method, PAYMENT_METHOD_CURE, &mut errors);
        let mut wanted = Wanted::new();
        if self.items.is_empty() {
            errors.add("items", "are none; name a product");
        }
        for (sku, quantity) in &self.items {
            let pieces = wanted.entry(sku).or_insert(Some(0));
            if *quantity < 1 {
                errors.add(sku, format!("is asked for {quantity} times; order 1 or more"));
                *pieces = None;
            } else if let Some(sum) = *pieces {
                *pieces = sum.checked_add(*quantity);
                if pieces.is_none() {
                    errors.add(sku, "is asked for more often than anybody can count; order fewer");
                }
            }
        }
        (wanted, errors)
    }

    async fn try_place(
        &self,
        user: &User,
        wanted: &Wanted<'_>,
        mut errors: ValidationErrors,
        db: &Pool,
    ) -> Result<Order> {
        let mut transaction = db.begin().await?;
        // In the order of their keys: of two orders of the same products none waits for the other.
        let products = Product::objects().published().filter(|p| p.sku.is_in(wanted.keys().copied()));
        let products = products.order_by(|p| p.id.asc()).fetch_all(&mut transaction).await?;
        for sku in wanted.keys() {
            if products.iter().all(|product| product.sku != *sku) {
                errors.add(*sku, "is no product that is sold here; check its spelling");
            }
        }
        let mut subtotal = Decimal::ZERO;
        let mut items = Vec::with_capacity(products.len());
        let mut short = BTreeMap::new();
        for mut product in products {
            let Some(quantity) = wanted.get(product.sku.as_str()).copied().flatten() else { continue };
            if !product.reduce_stock(quantity, &mut transaction).await? {
                let Product { sku, stock_quantity: left, sold_count: sold, .. } = product;
                let why = if left < quantity {
                    format!("has {left} left, and {quantity} are asked for; order fewer")
                } else {
                    format!("was sold {sold} times, and {quantity} more cannot be counted; order fewer")
                };
                short.insert(sku, why);
                continue;
            }
            // The row is held now, so this is the price until the order is placed.
            let price = product.current_price();
            subtotal += price * Decimal::from(quantity);
            items.push((product.id, quantity, price));
        }
        for (sku, why) in short {
            errors.add(sku, why);
        }
        errors.into_result()?;
        let order = Order::builder()
            .user_id(user.id)
            .subtotal(subtotal)
            .tax(subtotal * Self::TAX_RATE)
            .shipping(Self::SHIPPING)
            .discount(self.discount)
            .shipping_address(Json(self.shipping_address.clone()))
            .billing_address(Json(self.billing_address.clone()))
            .payment_method(self.payment_method.as_str())
            .notes(self.notes.as_str())
            .create(&mut transaction)
            .await?;
        let items = items.into_iter().map(|(product_id, quantity, price)| {
            OrderItem::builder()
                .order_id(order.id)
                .product_id(product_id)
                .quantity(quantity)
                .price(price)
                .build()
        });
        OrderItem::bulk_create(items.collect(), &mut transaction).await?;
        transaction.commit().await?;
        Ok(order)
    }
}
