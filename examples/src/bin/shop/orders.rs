//! Lists of orders.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use comfy_table::Table;
use examples::output;
use examples::paging::{Paging, Place};
use examples::shop::{Order, OrderItem, OrderStatus};
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

use crate::order_view::OrderView;

/// Which orders to list.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only orders in this status
    #[arg(long, value_parser = statuses())]
    status: Option<OrderStatus>,

    /// Only orders of this customer
    #[arg(long, value_name = "EMAIL")]
    customer: Option<String>,

    #[command(flatten)]
    paging: Paging,
}

/// One page of orders, newest first.
#[derive(Serialize)]
pub struct Page {
    #[serde(flatten)]
    place: Place,
    orders: Vec<Listed>,
}

/// An order, its customer and its items.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    order: OrderView,
    customer: String,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    product_id: String,
    quantity: i32,
    price: Decimal,
    subtotal: Decimal,
}

/// Reads one page: the orders and their customers in one statement, the items of all in another.
pub async fn run(filter: &Filter, db: &Pool) -> anyhow::Result<Page> {
    let mut orders = Order::objects();
    if let Some(status) = filter.status {
        orders = orders.filter(|o| o.status.eq(status));
    }
    if let Some(email) = &filter.customer {
        orders = orders.filter(|o| o.user_id.is_in(User::objects().by_email(email).values(|user| user.id)));
    }
    let fetch = async |orders: QuerySet<Order>| {
        let items = OrderItem::objects().order_by(|item| item.product_id.asc());
        let orders = orders.select_related(|o| o.user()).prefetch_related(items, |item| item.order_id);
        orders.fetch_all(db).await
    };
    let (place, orders) = filter.paging.page(orders, fetch, db).await?;
    Ok(Page { place, orders: orders.iter().map(Listed::from).collect() })
}

/// Reads a status, and knows all of them for the help and for errors.
fn statuses() -> impl TypedValueParser<Value = OrderStatus> {
    PossibleValuesParser::new(OrderStatus::VARIANTS.iter().map(|status| status.as_str()))
        .try_map(|name| name.parse::<OrderStatus>())
}

impl From<&((Order, User), Vec<OrderItem>)> for Listed {
    fn from(((order, user), items): &((Order, User), Vec<OrderItem>)) -> Self {
        let item = |item: &OrderItem| Item {
            product_id: item.product_id.to_string(),
            quantity: item.quantity,
            price: item.price,
            subtotal: item.subtotal,
        };
        Self {
            order: OrderView::from(order),
            customer: user.email.clone(),
            items: items.iter().map(item).collect(),
        }
    }
}

fn table_of(orders: &[Listed]) -> Table {
    let mut table =
        output::table(&["Order", "Placed at", "Customer", "Pieces", "Total", "Status", "Payment"]);
    table.add_rows(orders.iter().map(|Listed { order, customer, items }| {
        let pieces: i64 = items.iter().map(|item| i64::from(item.quantity)).sum();
        [
            order.order_number.clone(),
            output::time(order.placed_at),
            customer.clone(),
            pieces.to_string(),
            order.total.to_string(),
            order.status.clone(),
            order.payment_status.clone(),
        ]
    }));
    table
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.place.write(f, "order", || table_of(&self.orders))
    }
}
