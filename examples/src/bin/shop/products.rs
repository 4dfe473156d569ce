//! Lists of products.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use examples::paging::{Paging, Place};
use examples::shop::{Category, Product, ProductScopes};
use model_runtime::prelude::*;
use serde::Serialize;

use crate::product_view::{self, ProductView};

/// Which products to list.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only products of this category
    #[arg(long, value_name = "SLUG")]
    category: Option<String>,

    /// Only products that cost less than usual
    #[arg(long)]
    on_sale: bool,

    /// Only products of which few pieces are left
    #[arg(long)]
    low_stock: bool,

    #[command(flatten)]
    paging: Paging,
}

/// One page of products, by their names.
#[derive(Serialize)]
pub struct Page {
    #[serde(flatten)]
    place: Place,
    products: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    product: ProductView,
    category: String,
}

/// Reads one page: the products and their categories in one statement.
pub async fn run(filter: &Filter, db: &Pool) -> anyhow::Result<Page> {
    let mut products = Product::objects().order_by(|p| p.name.asc());
    if let Some(slug) = &filter.category {
        products = products.filter(|p| p.category().slug.eq(slug));
    }
    if filter.on_sale {
        products = products.on_sale();
    }
    if filter.low_stock {
        products = products.low_stock();
    }
    let fetch =
        async |products: QuerySet<Product>| products.select_related(|p| p.category()).fetch_all(db).await;
    let (place, products) = filter.paging.page(products, fetch, db).await?;
    let listed = |(product, category): &(Product, Category)| Listed {
        product: ProductView::from(product),
        category: category.name.clone(),
    };
    Ok(Page { place, products: products.iter().map(listed).collect() })
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let products = self.products.iter().map(|listed| &listed.product);
        self.place.write(f, "product", || product_view::table_of(products))
    }
}
