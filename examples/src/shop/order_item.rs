//! What is in an order.

use model_runtime::prelude::*;

use super::{Order, Product};

/// Some pieces of one product.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "order_items", app = "shop", hooks)]
#[timestamps]
#[audited]
#[unique(order_id, product_id)]
pub struct OrderItem {
    /// The order.
    #[belongs_to(Order, on_delete = cascade, related_name = items)]
    pub order_id: Uuid,
    /// The product.
    #[belongs_to(Product, on_delete = protect)]
    pub product_id: Uuid,
    /// How many pieces.
    #[column(check = "quantity > 0")]
    pub quantity: i32,
    /// What a piece cost when it was ordered.
    #[column(precision = 10, scale = 2, check = "price >= 0")]
    pub price: Decimal,
    /// The price of all pieces. It is computed.
    #[column(precision = 10, scale = 2, default = Decimal::ZERO, check = "subtotal = price * quantity")]
    pub subtotal: Decimal,
}

impl Hooks for OrderItem {
    fn before_save(&mut self, _event: WriteEvent) -> Result<()> {
        self.subtotal = self.price * Decimal::from(self.quantity);
        Ok(())
    }

    fn validate(&self, errors: &mut ValidationErrors) {
        if self.quantity < 1 {
            errors.add("quantity", format!("is {}; it must be 1 or more", self.quantity));
        }
    }
}
