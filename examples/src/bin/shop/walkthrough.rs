//! The life of an order, step by step, on the samples that the program ships.

use std::fmt::{self, Display, Formatter};

use examples::output;
use examples::shop::{Address, NewOrder, Order, OrderStatus, Product, UserOrders};
use model_runtime::prelude::*;
use serde::Serialize;

use crate::product_view::ProductView;
use crate::report::{self, Limits, Report};
use crate::{find, seed};

/// The product that is ordered.
const MACHINE: &str = "EM-159";

/// How many pieces of it the walk needs.
const STOCK: i32 = 12;

/// Everything that happened, and what the shop looks like after it.
#[derive(Serialize)]
pub struct Walkthrough {
    seeded: seed::Seeded,
    steps: Vec<Step>,
    report: Report,
}

/// One step, and what is left of the product after it.
#[derive(Serialize)]
struct Step {
    name: &'static str,
    result: String,
    stock: i32,
    sold: i32,
}

/// Takes orders through everything that can happen to them.
pub async fn run(db: &Pool) -> anyhow::Result<Walkthrough> {
    let seeded = seed::run(db).await?;
    let ada = find::customer("ada@example.com", db).await?;
    let mut machine = find::product(MACHINE, db).await?;
    if machine.stock_quantity < STOCK {
        // An earlier walk-through sold the others.
        machine.restock(STOCK - machine.stock_quantity, db).await?;
    }
    let mut steps = Vec::new();
    let mut log = async |name, result: String| {
        let Product { stock_quantity: stock, sold_count: sold, .. } = find::product(MACHINE, db).await?;
        steps.push(Step { name, result, stock, sold });
        anyhow::Ok(())
    };

    let mut order = new_order(1, Decimal::TEN).place(&ada, db).await?;
    let Order { subtotal, tax, shipping, discount, total, .. } = &order;
    log("order 1 for 10.00 less", format!("{subtotal} + {tax} + {shipping} - {discount} = {total}")).await?;
    log("pay", changed(order.pay("TX-0001", db).await)).await?;
    log("pay again", changed(order.pay("TX-0002", db).await)).await?;
    log("ship", changed(order.update_status(OrderStatus::Shipped, db).await)).await?;
    log("deliver", changed(order.update_status(OrderStatus::Delivered, db).await)).await?;
    log("cancel", changed(order.update_status(OrderStatus::Cancelled, db).await)).await?;

    let mut three = new_order(3, Decimal::ZERO).place(&ada, db).await?;
    log("order 3", format!("{}, {}", three.total, three.status)).await?;
    log("cancel them", changed(three.update_status(OrderStatus::Cancelled, db).await)).await?;
    for (name, pieces) in [("order 100", 100), ("order -1", -1)] {
        log(name, refused(new_order(pieces, Decimal::ZERO).place(&ada, db).await)).await?;
    }
    log("order for 500.00 less", refused(new_order(1, Decimal::new(500, 0)).place(&ada, db).await)).await?;
    new_order(9, Decimal::ZERO).place(&ada, db).await?.pay("TX-0003", db).await?;
    log("order 9, and pay", output::number(ada.orders().count(db).await?, "order")).await?;

    for (name, email, stars) in [
        ("rate 5", "ada@example.com", 5),
        ("rate 4", "bo@example.com", 4),
        ("rate 4 again", "cy@example.com", 4),
    ] {
        let mut machine = find::product(MACHINE, db).await?;
        machine.rate(&find::customer(email, db).await?, stars, "", db).await?;
        log(name, ProductView::from(&machine).rating()).await?;
    }
    Ok(Walkthrough { seeded, steps, report: report::run(&Limits { top: 10 }, db).await? })
}

fn new_order(pieces: i32, discount: Decimal) -> NewOrder {
    let home = Address {
        name: "Ada Marlow".to_owned(),
        street: "7 Mill Lane".to_owned(),
        city: "Harwick HW1 2AB".to_owned(),
        country: "United Kingdom".to_owned(),
    };
    NewOrder {
        items: vec![(MACHINE.to_owned(), pieces)],
        discount,
        payment_method: "card".to_owned(),
        billing_address: home.clone(),
        shipping_address: home,
        notes: String::new(),
    }
}

/// What a change of status says about itself.
fn changed(changed: Result<bool>) -> String {
    match changed {
        Ok(true) => "done".to_owned(),
        Ok(false) => "nothing to do, nothing written".to_owned(),
        Err(error) => format!("refused: {error}"),
    }
}

/// What becomes of an order that cannot be filled.
fn refused(order: Result<Order>) -> String {
    order.map_or_else(|error| format!("refused: {error}"), |order| format!("placed: {order}"))
}

impl Display for Walkthrough {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut steps = output::table(&["Step", "Result", "In stock", "Sold"]);
        steps.add_rows(self.steps.iter().map(|Step { name, result, stock, sold }| {
            [(*name).to_owned(), result.clone(), stock.to_string(), sold.to_string()]
        }));
        writeln!(f, "Samples: {}\n", self.seeded)?;
        writeln!(f, "The life of an order, and the espresso machines\n{steps}\n")?;
        write!(f, "{}", self.report)
    }
}
