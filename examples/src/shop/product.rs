//! What is sold.

use model_runtime::prelude::*;
use model_runtime::{Db, UpdateIf};

use super::{Category, refuse_empty, refuse_less_than_one};

/// A product.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "products", app = "shop", display = name, hooks)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = name, title = name, description = description)]
#[audited]
pub struct Product {
    /// The name on the label.
    #[column(max_length = 200)]
    pub name: String,
    /// The number by which it is ordered.
    #[column(max_length = 50, unique)]
    pub sku: String,
    /// What a piece costs.
    #[column(precision = 10, scale = 2, check = "price >= 0")]
    pub price: Decimal,
    /// What a piece costs while it is on sale: less.
    #[column(precision = 10, scale = 2, check = "sale_price < price")]
    pub sale_price: Option<Decimal>,
    /// What a piece cost the shop.
    #[column(precision = 10, scale = 2, check = "cost >= 0")]
    pub cost: Decimal,
    /// How many pieces there are. [`reduce_stock`](Self::reduce_stock) and [`restock`](Self::restock) move it.
    #[column(default = 0, check = "stock_quantity >= 0")]
    pub stock_quantity: i32,
    /// With this many pieces or fewer the stock is low.
    #[column(default = 5, check = "low_stock_threshold >= 0")]
    pub low_stock_threshold: i32,
    /// What it is filed under.
    #[belongs_to(Category, on_delete = protect, related_name = products)]
    pub category_id: Uuid,
    /// What it is.
    #[column(default)]
    pub description: String,
    /// Its data, by name.
    #[column(default = serde_json::json!({}))]
    pub specifications: serde_json::Value,
    /// In kilograms.
    #[column(precision = 8, scale = 2, check = "weight >= 0")]
    pub weight: Option<Decimal>,
    /// As people write them.
    #[column(max_length = 100, default)]
    pub dimensions: String,
    /// The average of its reviews' stars; 0 where there are none. [`rate`](Self::rate) computes it.
    #[column(precision = 3, scale = 2, default = Decimal::ZERO, check = "rating >= 0")]
    pub rating: Decimal,
    /// How many reviews it has.
    #[column(default = 0, check = "review_count >= 0")]
    pub review_count: i32,
    /// How many pieces were sold.
    #[column(default = 0, check = "sold_count >= 0")]
    pub sold_count: i32,
}

impl Hooks for Product {
    fn validate(&self, errors: &mut ValidationErrors) {
        refuse_empty("name", &self.name, "write what stands on the label", errors);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.sku.is_empty() || !self.sku.chars().all(is_plain) {
            errors.add("sku", format!("is {:?}; use letters, digits, `-`, `_` and `.`", self.sku));
        }
        let Self { price, sale_price, .. } = self;
        for (field, amount) in
            [("price", Some(price)), ("cost", Some(&self.cost)), ("weight", self.weight.as_ref())]
        {
            if let Some(amount) = amount.filter(|it| **it < Decimal::ZERO) {
                errors.add(field, format!("is {amount}, and must not be negative"));
            }
        }
        for (field, pieces) in
            [("stock_quantity", self.stock_quantity), ("low_stock_threshold", self.low_stock_threshold)]
        {
            if pieces < 0 {
                errors.add(field, format!("is {pieces}; it must be 0 or more"));
            }
        }
        if let Some(sale_price) = sale_price.filter(|it| *it <= Decimal::ZERO || it >= price) {
            errors.add(
                "sale_price",
                format!("is {sale_price}; it must be above 0 and below the price, {price}"),
            );
        }
    }
}

impl Product {
    /// What a piece costs now.
    pub fn current_price(&self) -> Decimal {
        self.sale_price.unwrap_or(self.price)
    }

    /// Whether it costs less than usual.
    pub fn is_on_sale(&self) -> bool {
        self.sale_price.is_some()
    }

    /// Whether there are few pieces left, but some.
    pub fn is_low_stock(&self) -> bool {
        (1..=self.low_stock_threshold).contains(&self.stock_quantity)
    }

    /// Whether no piece is left.
    pub fn is_out_of_stock(&self) -> bool {
        self.stock_quantity == 0
    }

    /// Where the product is on the shop's site: `/products/wireless-headphones/`.
    pub fn absolute_url(&self) -> String {
        format!("/products/{}/", self.slug)
    }

    /// Takes pieces out of the stock and counts them as sold, in the database, where there are enough and `sold_count`
    /// can count them; returns whether that was so. The struct then holds what the row holds.
    ///
    /// # Errors
    /// [`Error::Validation`] where the quantity is less than one, [`Error::NotFound`] where the product is gone.
    pub async fn reduce_stock<'c, 'm>(
        &'m mut self,
        quantity: i32,
        db: impl Db<'c, UpdateIf<'m, Self>, Out = bool>,
    ) -> Result<bool> {
        refuse_less_than_one("Product", quantity)?;
        self.update_if(
            |p| p.stock_quantity.ge(quantity) & p.sold_count.le(i32::MAX - quantity),
            |p| {
                (p.stock_quantity.set(p.stock_quantity - quantity), p.sold_count.set(p.sold_count + quantity))
            },
            db,
        )
        .await
    }

    /// Adds pieces to the stock, in the database. Returns `false` where it cannot hold as many.
    ///
    /// # Errors
    /// As [`reduce_stock`](Self::reduce_stock).
    pub async fn restock<'c, 'm>(
        &'m mut self,
        quantity: i32,
        db: impl Db<'c, UpdateIf<'m, Self>, Out = bool>,
    ) -> Result<bool> {
        refuse_less_than_one("Product", quantity)?;
        self.update_if(
            |p| p.stock_quantity.le(i32::MAX - quantity),
            |p| p.stock_quantity.set(p.stock_quantity + quantity),
            db,
        )
        .await
    }
}

/// The lists that a shop looks at.
pub trait ProductScopes {
    /// Few pieces are left, but some.
    fn low_stock(self) -> Self;
    /// No piece is left.
    fn out_of_stock(self) -> Self;
    /// They cost less than usual.
    fn on_sale(self) -> Self;
}

impl ProductScopes for QuerySet<Product> {
    fn low_stock(self) -> Self {
        self.filter(|p| p.stock_quantity.gt(0) & p.stock_quantity.le(p.low_stock_threshold))
    }

    fn out_of_stock(self) -> Self {
        self.filter(|p| p.stock_quantity.eq(0))
    }

    fn on_sale(self) -> Self {
        self.filter(|p| p.sale_price.is_not_null())
    }
}
