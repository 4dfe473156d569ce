//! An order as the program prints it.

use examples::shop::{Address, Order};
use model_runtime::prelude::*;
use serde::Serialize;

/// An order in the shape of the JSON output.
#[derive(Debug, Serialize)]
pub struct OrderView {
    pub order_number: String,
    pub status: String,
    pub payment_status: String,
    pub payment_method: String,
    pub transaction_id: String,
    pub subtotal: Decimal,
    pub tax: Decimal,
    pub shipping: Decimal,
    pub discount: Decimal,
    pub total: Decimal,
    pub shipping_address: Address,
    pub billing_address: Address,
    pub notes: String,
    pub placed_at: DateTime<Utc>,
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
}

impl From<&Order> for OrderView {
    fn from(order: &Order) -> Self {
        Self {
            order_number: order.order_number.clone(),
            status: order.status.to_string(),
            payment_status: order.payment_status.to_string(),
            payment_method: order.payment_method.clone(),
            transaction_id: order.transaction_id.clone(),
            subtotal: order.subtotal,
            tax: order.tax,
            shipping: order.shipping,
            discount: order.discount,
            total: order.total,
            shipping_address: order.shipping_address.0.clone(),
            billing_address: order.billing_address.0.clone(),
            notes: order.notes.clone(),
            placed_at: order.placed_at,
            shipped_at: order.shipped_at,
            delivered_at: order.delivered_at,
        }
    }
}
