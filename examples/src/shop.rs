//! A shop: what it sells, who ordered it, and what they say about it.

mod category;
mod new_order;
mod order;
mod order_item;
mod product;
mod review;

use model_runtime::TableDef;
use model_runtime::prelude::*;
use model_runtime::users::{self, User};
use rust_decimal::RoundingStrategy;

pub use category::Category;
pub use new_order::NewOrder;
pub use order::{Address, Order, OrderStatus, PaymentStatus, UserOrders};
pub use order_item::{OrderItem, OrderItems};
pub use product::{CategoryProducts, Product, ProductScopes};
pub use review::{ProductReviews, Review};

/// The tables of the shop.
pub fn tables() -> Vec<&'static TableDef> {
    let shop = [
        User::table(),
        Category::table(),
        Product::table(),
        Review::table(),
        Order::table(),
        OrderItem::table(),
    ];
    users::tables().into_iter().chain(shop).chain([AuditLog::table()]).collect()
}

/// Refuses a number of pieces that is less than one.
fn refuse_less_than_one(model: &'static str, pieces: i32) -> Result<()> {
    let mut errors = ValidationErrors::new(model);
    if pieces < 1 {
        errors.add("quantity", format!("is {pieces}; it must be 1 or more"));
    }
    errors.into_result()
}

/// Refuses a text with nothing in it, and says what to do.
fn refuse_empty(field: &str, text: &str, cure: &str, errors: &mut ValidationErrors) {
    if text.trim().is_empty() {
        errors.add(field, format!("is empty; {cure}"));
    }
}

/// To two digits, halves away from zero.
fn to_cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
