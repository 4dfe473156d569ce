//! The products and customers that the program ships.

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};

use examples::output;
use examples::shop::{Category, Product};
use model_runtime::clock;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

/// SKU, name, category, price, sale price and cost in cents, pieces, and what it is.
type Sample = (&'static str, &'static str, &'static str, i64, Option<i64>, i64, i32, &'static str);

const PRODUCTS: [Sample; 6] = [
    (
        "WH-001",
        "Wireless headphones",
        "Electronics",
        9_999,
        None,
        5_200,
        50,
        "They fold, and last for thirty hours.",
    ),
    ("EM-159", "Espresso machine", "Kitchen", 15_900, None, 9_700, 12, "Nine bar, one handle, no display."),
    ("GR-040", "Coffee grinder", "Kitchen", 4_950, Some(3_990), 2_100, 4, "Steel burrs, forty settings."),
    ("TK-012", "Tea kettle", "Kitchen", 2_750, None, 1_125, 30, "Holds a litre, and whistles in F."),
    (
        "LP-300",
        "Desk lamp",
        "Electronics",
        3_400,
        Some(2_890),
        1_500,
        18,
        "Warm light, a long arm, a heavy foot.",
    ),
    ("CB-002", "Charging cable", "Electronics", 899, None, 150, 0, "Two metres, braided."),
];

/// E-mail address, given name and family name.
const CUSTOMERS: [(&str, &str, &str); 3] = [
    ("ada@example.com", "Ada", "Marlow"),
    ("bo@example.com", "Bo", "Lind"),
    ("cy@example.com", "Cy", "Tanaka"),
];

/// What was not there, and was added.
#[derive(Serialize)]
pub struct Seeded {
    products: u64,
    customers: u64,
}

/// Adds what is not there, all of it or nothing.
pub async fn run(db: &Pool) -> Result<Seeded> {
    let mut transaction = db.begin().await?;
    let known = Product::objects().all_with_deleted().values(|p| p.sku).fetch_all(&mut transaction).await?;
    let known: HashSet<String> = known.into_iter().collect();
    let mut products = Vec::new();
    for (sku, name, category, price, sale_price, cost, pieces, description) in PRODUCTS {
        if known.contains(sku) {
            continue;
        }
        let new = Category::builder().name(category).build();
        let (category, _) = Category::get_or_create(|c| c.name.eq(category), new, &mut transaction).await?;
        let cents = |amount| Decimal::new(amount, 2);
        let mut product = Product::builder()
            .sku(sku)
            .name(name)
            .category_id(category.id)
            .price(cents(price))
            .sale_price(sale_price.map(cents))
            .cost(cents(cost))
            .stock_quantity(pieces)
            .description(description)
            .build();
        product.status = PublishStatus::Published;
        product.published_at = Some(clock::now());
        products.push(product);
    }
    let products = Product::bulk_create(products, &mut transaction).await?.len() as u64;
    let mut customers = 0;
    for (email, first_name, last_name) in CUSTOMERS {
        if !User::objects().by_email(email).exists(&mut transaction).await? {
            let user = User::builder().email(email).first_name(first_name).last_name(last_name).build();
            User::manager().create_user(user, None, &mut transaction).await?;
            customers += 1;
        }
    }
    transaction.commit().await?;
    Ok(Seeded { products, customers })
}

impl Display for Seeded {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (products, customers) =
            (output::number(self.products, "product"), output::number(self.customers, "customer"));
        write!(f, "{products} and {customers} added")
    }
}
