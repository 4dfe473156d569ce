//! A product as the program prints it.

use comfy_table::Table;
use examples::output;
use examples::shop::Product;
use model_runtime::prelude::*;
use serde::Serialize;

/// A product in the shape of the JSON output. Amounts are text, so that no reader makes floats of them.
#[derive(Debug, Serialize)]
pub struct ProductView {
    pub sku: String,
    pub name: String,
    pub url: String,
    pub status: String,
    pub price: Decimal,
    pub sale_price: Option<Decimal>,
    pub current_price: Decimal,
    pub stock_quantity: i32,
    pub low_stock_threshold: i32,
    pub sold_count: i32,
    pub rating: Decimal,
    pub review_count: i32,
}

impl From<&Product> for ProductView {
    fn from(product: &Product) -> Self {
        Self {
            sku: product.sku.clone(),
            name: product.name.clone(),
            url: product.absolute_url(),
            status: product.status.to_string(),
            price: product.price,
            sale_price: product.sale_price,
            current_price: product.current_price(),
            stock_quantity: product.stock_quantity,
            low_stock_threshold: product.low_stock_threshold,
            sold_count: product.sold_count,
            rating: product.rating,
            review_count: product.review_count,
        }
    }
}

impl ProductView {
    /// How it is rated, and by how many.
    pub fn rating(&self) -> String {
        match self.review_count {
            0 => "-".to_owned(),
            reviews => {
                format!("{} of {}", self.rating, output::number(reviews.unsigned_abs().into(), "review"))
            }
        }
    }
}

/// A line for each product.
pub fn table_of<'p>(products: impl IntoIterator<Item = &'p ProductView>) -> Table {
    let mut table = output::table(&["SKU", "Name", "Price", "On sale", "In stock", "Sold", "Rating"]);
    table.add_rows(products.into_iter().map(|product| {
        let sale = product.sale_price.map_or_else(|| "-".to_owned(), |price| price.to_string());
        let (stock, sold) = (product.stock_quantity.to_string(), product.sold_count.to_string());
        [
            product.sku.clone(),
            product.name.clone(),
            product.price.to_string(),
            sale,
            stock,
            sold,
            product.rating(),
        ]
    }));
    table
}
