//! The program, with a database of its own for each test.

use std::ops::Deref;

use serde_json::Value;
use tests::database::Database;
use tests::program::Program;

/// Where the tests have parcels sent.
pub const ADDRESS: &str = "Ada Marlow, 7 Mill Lane, Harwick HW1 2AB, United Kingdom";

/// The program and its database.
pub struct Shop(Program);

impl Deref for Shop {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

impl Shop {
    /// With the samples.
    pub async fn sqlite() -> Self {
        Self::on(Database::sqlite().await)
    }

    /// With the samples.
    pub async fn postgres() -> Self {
        Self::on(Database::postgres().await)
    }

    fn on(database: Database) -> Self {
        let program = Program::new(env!("CARGO_BIN_EXE_shop"), "SHOP_DATABASE_URL", database);
        assert_eq!(program.text(&["seed"]), "6 products and 3 customers added\n");
        Self(program)
    }

    pub async fn close(self) {
        self.0.close().await;
    }

    /// Places an order of Ada's, and returns it.
    pub fn order(&self, arguments: &[&str]) -> Value {
        let order = ["order", "ada@example.com", "--ship-to", ADDRESS];
        self.json(&[&order, arguments].concat())["order"].take()
    }

    /// The error of such an order.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let order = ["order", "ada@example.com", "--ship-to", ADDRESS];
        self.error(&[&order, arguments].concat())
    }

    /// A product, as `products` tells of it.
    pub fn product(&self, sku: &str) -> Value {
        let page = self.json(&["products"]);
        page["products"].as_array().unwrap().iter().find(|product| product["sku"] == sku).unwrap().clone()
    }

    /// How many pieces of a product are in stock, and how many were sold.
    pub fn stock(&self, sku: &str) -> [i64; 2] {
        let product = self.product(sku);
        ["stock_quantity", "sold_count"].map(|key| product[key].as_i64().unwrap())
    }
}

/// Defines tests that run once on each database: the body gets `shop: Shop`.
macro_rules! on_both {
    ($(async fn $name:ident($shop:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::program::Shop;

            async fn body($shop: &Shop) $body

            #[tokio::test]
            async fn sqlite() {
                let shop = Shop::sqlite().await;
                body(&shop).await;
                shop.close().await;
            }

            #[tokio::test]
            #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
            async fn postgres() {
                let shop = Shop::postgres().await;
                body(&shop).await;
                shop.close().await;
            }
        }
    )*};
}
pub(crate) use on_both;
