//! Many who order at once: in one process, and in many.

use std::process::Stdio;

use examples::database::migrate;
use examples::shop::{Address, Category, NewOrder, OrderStatus, Product};
use model_runtime::prelude::*;
use model_runtime::users::User;
use tests::raw_sql::{count, value};

use crate::program::{ADDRESS, on_both};

pub fn address() -> Address {
    let [name, street, city, country] =
        ["Ada Marlow", "7 Mill Lane", "Harwick HW1 2AB", "United Kingdom"].map(str::to_owned);
    Address { name, street, city, country }
}

pub fn new_order(items: &[(&str, i32)]) -> NewOrder {
    NewOrder {
        items: items.iter().map(|(sku, pieces)| ((*sku).to_owned(), *pieces)).collect(),
        discount: Decimal::ZERO,
        payment_method: "card".into(),
        shipping_address: address(),
        billing_address: address(),
        notes: String::new(),
    }
}

/// Products with that many pieces, and a customer.
async fn stocked(skus: &[&str], pieces: i32, db: &Pool) -> (Vec<Product>, User) {
    migrate(db).await.unwrap();
    let category = Category::builder().name("Toys").create(db).await.unwrap();
    let mut products = Vec::new();
    for sku in skus {
        let product = Product::builder().name(*sku).sku(*sku).price(Decimal::ONE).cost(Decimal::ZERO);
        let mut product = product.stock_quantity(pieces).category_id(category.id).create(db).await.unwrap();
        product.publish(db).await.unwrap();
        products.push(product);
    }
    (products, User::builder().email("a@example.com").create(db).await.unwrap())
}

mod in_one_process {
    use tests::on_both;

    use super::*;

    on_both! {
        async fn a_stock_of_1000_is_sold_to_the_last_piece(db) {
            let (products, _) = stocked(&["A-1"], 1_000, &db).await;
            let buyers = (0..64).map(|_| {
                let (mut product, db) = (products[0].clone(), db.clone());
                tokio::spawn(async move {
                    let mut bought = 0;
                    while product.reduce_stock(1, &db).await.unwrap() {
                        bought += 1;
                    }
                    bought
                })
            });
            let mut sold = 0;
            for buyer in buyers.collect::<Vec<_>>() {
                sold += buyer.await.unwrap();
            }
            assert_eq!(sold, 1_000);
            assert_eq!(value::<i32>(&db, "SELECT stock_quantity FROM products").await, 0);
            assert_eq!(value::<i32>(&db, "SELECT sold_count FROM products").await, 1_000);
        }

        /// Each names the products in another order, and some are cancelled meanwhile.
        async fn orders_of_many_products_neither_oversell_nor_wait_for_each_other(db) {
            let (_, user) = stocked(&["A-1", "B-2", "C-3"], 50, &db).await;
            let buyers = (0..64).map(|n| {
                let (user, db) = (user.clone(), db.clone());
                tokio::spawn(async move {
                    let mut skus = ["A-1", "B-2", "C-3"].map(|sku| (sku, 1));
                    skus.rotate_left(n % 3);
                    match new_order(&skus).place(&user, &db).await {
                        Ok(mut order) if n % 4 == 0 => {
                            assert!(order.update_status(OrderStatus::Cancelled, &db).await.unwrap());
                        }
                        Ok(_) => {}
                        Err(error) => assert!(matches!(error, Error::Validation(_)), "{error}"),
                    }
                })
            });
            for buyer in buyers.collect::<Vec<_>>() {
                buyer.await.unwrap();
            }
            let open = count(&db, "orders WHERE status = 'pending'").await;
            assert!((1..=50).contains(&open), "{open}");
            for sku in ["A-1", "B-2", "C-3"] {
                let left: i32 = value(&db, &format!("SELECT stock_quantity FROM products WHERE sku = '{sku}'")).await;
                let sold: i32 = value(&db, &format!("SELECT sold_count FROM products WHERE sku = '{sku}'")).await;
                assert_eq!((i64::from(left), i64::from(sold)), (50 - open, open), "{sku}");
            }
        }

        async fn ratings_at_the_same_time_all_count(db) {
            let (products, _) = stocked(&["A-1"], 1, &db).await;
            let mut raters = Vec::new();
            for n in 0..20_i16 {
                let (mut product, db) = (products[0].clone(), db.clone());
                let user = User::builder().email(format!("{n}@example.com")).create(&db).await.unwrap();
                raters.push(tokio::spawn(async move {
                    product.rate(&user, n % 5 + 1, "", &db).await.unwrap();
                }));
            }
            for rater in raters {
                rater.await.unwrap();
            }
            let product = Product::get(products[0].id, &db).await.unwrap();
            assert_eq!((product.rating.to_string().as_str(), product.review_count), ("3.00", 20));
        }
    }
}

on_both! {
    async fn shells_that_order_at_once_do_not_oversell(shop) {
        let order = ["order", "ada@example.com", "EM-159:5", "--ship-to", ADDRESS];
        let running: Vec<_> = (0..4)
            .map(|_| shop.command(&order).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
            .collect();
        let ended: Vec<_> = running.into_iter().map(|program| program.wait_with_output().unwrap()).collect();
        let refused: Vec<_> = ended.iter().filter(|output| !output.status.success()).collect();
        assert_eq!(refused.len(), 2);
        for output in refused {
            let error = String::from_utf8(output.stderr.clone()).unwrap();
            assert_eq!(error, "shop: Order is not valid: EM-159 has 2 left, and 5 are asked for; order fewer\n");
        }
        assert_eq!(shop.stock("EM-159"), [2, 10]);
        assert_eq!(count(shop.pool(), "orders").await, 2);
    }
}
