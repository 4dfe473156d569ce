//! Placing an order.

use std::fmt::{self, Display, Formatter};

use anyhow::anyhow;
use clap::Args;
use examples::shop::{Address, NewOrder};
use model_runtime::prelude::*;
use serde::Serialize;

use crate::order_view::OrderView;
use crate::{find, money};

/// What is ordered, and by whom.
#[derive(Debug, Args)]
pub struct Wanted {
    /// The e-mail address of the customer
    email: String,

    /// A product by its SKU, and how many pieces where that is not 1: `WH-001` or `WH-001:2`
    #[arg(required = true, value_name = "SKU[:PIECES]")]
    items: Vec<String>,

    /// Where the parcel goes
    #[arg(long, value_name = "NAME, STREET, CITY, COUNTRY")]
    ship_to: String,

    /// Where the bill goes, if elsewhere
    #[arg(long, value_name = "NAME, STREET, CITY, COUNTRY")]
    bill_to: Option<String>,

    /// What is taken off the price
    #[arg(long, value_name = "AMOUNT", default_value = "0", allow_hyphen_values = true)]
    discount: String,

    /// How it will be paid
    #[arg(long, value_name = "METHOD", default_value = "card")]
    payment_method: String,

    /// What else the customer wants
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notes: String,
}

/// The order that was placed.
#[derive(Serialize)]
pub struct Placed {
    order: OrderView,
}

/// Places it.
pub async fn run(wanted: &Wanted, db: &Pool) -> anyhow::Result<Placed> {
    let user = find::customer(&wanted.email, db).await?;
    let shipping_address = address(&wanted.ship_to)?;
    let billing_address = match &wanted.bill_to {
        Some(text) => address(text)?,
        None => shipping_address.clone(),
    };
    let new = NewOrder {
        items: wanted.items.iter().map(|text| item(text)).collect::<anyhow::Result<_>>()?,
        discount: money::amount("discount", &wanted.discount)?,
        payment_method: wanted.payment_method.clone(),
        shipping_address,
        billing_address,
        notes: wanted.notes.clone(),
    };
    Ok(Placed { order: OrderView::from(&new.place(&user, db).await?) })
}

/// Reads `WH-001:2`.
fn item(text: &str) -> anyhow::Result<(String, i32)> {
    match text.split_once(':') {
        Some((sku, pieces)) => Ok((sku.to_owned(), money::pieces(pieces)?)),
        None => Ok((text.to_owned(), 1)),
    }
}

/// Reads `Jane Doe, 1 Main Street, 12345 Springfield, USA`.
fn address(text: &str) -> anyhow::Result<Address> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    match parts[..] {
        [name, street, city, country] if parts.iter().all(|part| !part.is_empty()) => Ok(Address {
            name: name.to_owned(),
            street: street.to_owned(),
            city: city.to_owned(),
            country: country.to_owned(),
        }),
        _ => Err(anyhow!(
            "{text:?} is no address; write name, street, city and country with commas between them"
        )),
    }
}

impl Display for Placed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let OrderView { order_number, subtotal, tax, shipping, discount, total, .. } = &self.order;
        write!(
            f,
            "{order_number}: {subtotal} + {tax} tax + {shipping} shipping - {discount} discount = {total}"
        )
    }
}
