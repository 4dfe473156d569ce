//! What was sold, what is short, and what is on sale.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use clap::{Args, value_parser};
use examples::output;
use examples::shop::{OrderItem, OrderStatus, Product, ProductScopes};
use model_runtime::count;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::product_view::{self, ProductView};

/// How long the lists are.
#[derive(Debug, Args)]
pub struct Limits {
    /// How many of the best-selling products
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u64).range(1..=1000))]
    pub top: u64,
}

/// The lists.
#[derive(Serialize)]
pub struct Report {
    sales: Vec<Sold>,
    low_stock: Vec<ProductView>,
    out_of_stock: Vec<ProductView>,
    on_sale: Vec<ProductView>,
}

/// What was sold of one product.
#[derive(Serialize)]
struct Sold {
    sku: String,
    name: String,
    orders: i64,
    pieces: i64,
    revenue: Decimal,
}

/// Asks the database for it, in five statements.
pub async fn run(limits: &Limits, db: &Pool) -> anyhow::Result<Report> {
    let products = || Product::objects().order_by(|p| p.name.asc());
    let views = |products: Vec<Product>| products.iter().map(ProductView::from).collect();
    Ok(Report {
        sales: sales(limits, db).await?,
        low_stock: views(products().low_stock().fetch_all(db).await?),
        out_of_stock: views(products().out_of_stock().fetch_all(db).await?),
        on_sale: views(products().on_sale().fetch_all(db).await?),
    })
}

/// The products that brought in most. Orders that came to nothing do not count.
async fn sales(limits: &Limits, db: &Pool) -> Result<Vec<Sold>> {
    let nothing = [OrderStatus::Cancelled, OrderStatus::Refunded];
    let sold = OrderItem::objects()
        .exclude(|item| item.order().status.is_in(nothing))
        .group_by(|item| item.product_id)
        .aggregate(|item| (count(), item.quantity.sum(), item.subtotal.sum()))
        .order_by(|item| item.subtotal.sum().desc())
        .limit(limits.top)
        .fetch_all(db)
        .await?;
    // Products that are sold no more were sold nevertheless.
    let products =
        Product::objects().all_with_deleted().filter(|p| p.id.is_in(sold.iter().map(|(id, _)| *id)));
    let products = products.values(|p| (p.id, p.sku, p.name)).fetch_all(db).await?.into_iter();
    let mut names: HashMap<Uuid, (String, String)> =
        products.map(|(id, sku, name)| (id, (sku, name))).collect();
    let sold = sold.into_iter().map(|(id, (orders, pieces, revenue))| {
        let (sku, name) = names.remove(&id).unwrap_or_default();
        Sold { sku, name, orders, pieces: pieces.unwrap_or_default(), revenue: revenue.unwrap_or_default() }
    });
    Ok(sold.collect())
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sales = output::table(&["SKU", "Name", "Orders", "Pieces", "Revenue"]);
        sales.add_rows(self.sales.iter().map(|sold| {
            let (orders, pieces) = (sold.orders.to_string(), sold.pieces.to_string());
            [sold.sku.clone(), sold.name.clone(), orders, pieces, sold.revenue.to_string()]
        }));
        match self.sales.is_empty() {
            true => f.write_str("Nothing was sold.")?,
            false => write!(f, "Sales by product\n{sales}")?,
        }
        let lists = [
            ("Low stock", &self.low_stock),
            ("Out of stock", &self.out_of_stock),
            ("On sale", &self.on_sale),
        ];
        for (title, products) in lists.into_iter().filter(|(_, products)| !products.is_empty()) {
            write!(f, "\n\n{title}\n{}", product_view::table_of(products))?;
        }
        Ok(())
    }
}
