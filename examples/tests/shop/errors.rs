//! What a person sees who asks for what cannot be: one line, and nothing is written.

use tests::raw_sql::{column, count};

use crate::program::{ADDRESS, Shop, on_both};

/// Everything that an order would write.
async fn state(shop: &Shop) -> (Vec<i32>, Vec<i32>, i64, i64, i64) {
    let stock = column(shop.pool(), "SELECT stock_quantity FROM products ORDER BY sku").await;
    let sold = column(shop.pool(), "SELECT sold_count FROM products ORDER BY sku").await;
    let orders = count(shop.pool(), "orders").await;
    let items = count(shop.pool(), "order_items").await;
    (stock, sold, orders, items, count(shop.pool(), "audit_logs").await)
}

on_both! {
    async fn an_order_that_cannot_be_filled_changes_nothing(shop) {
        let before = state(shop).await;
        for (arguments, error) in [
            (&["EM-159", "GR-040:5"][..], "Order is not valid: GR-040 has 4 left, and 5 are asked for; order fewer"),
            (
                &["CB-002", "WH-001:2", "GR-040:5"],
                "CB-002 has 0 left, and 1 are asked for; order fewer; GR-040 has 4 left, and 5 are asked for; order fewer",
            ),
            (&["GR-040:3", "GR-040:3"], "GR-040 has 4 left, and 6 are asked for"),
            (&["EM-159", "NO-1"], "NO-1 is no product that is sold here; check its spelling"),
            (&["EM-159:-1"], "Order is not valid: EM-159 is asked for -1 times; order 1 or more"),
            (&["EM-159:0", "WH-001:-2"], "EM-159 is asked for 0 times; order 1 or more; WH-001 is asked for -2 times"),
            (
                &["EM-159:0", "EM-159:2", "NO:1", "GR-040:5", "--payment-method", " "],
                "Order is not valid: payment_method is empty; say how it will be paid, such as card; EM-159 is asked for 0 times; \
                 order 1 or more; NO is no product that is sold here; check its spelling; GR-040 has 4 left, and 5 are asked for",
            ),
            (&["EM-159", "--payment-method", ""], "Order is not valid: payment_method is empty; say how it will be paid"),
            (&["EM-159:2147483647", "EM-159:2"], "EM-159 is asked for more often than anybody can count"),
            (&["EM-159:two"], "\"two\" is no number of pieces; write a whole number such as 2"),
            (&["EM-159:99999999999"], "\"99999999999\" is no number of pieces"),
            (&["EM-159", "--discount", "179.91"], "discount is 179.91, more than the price of all, 179.90; take off less"),
            (&["EM-159", "--discount", "-1"], "discount: -1 is negative; write an amount of 0 or more"),
            (&["EM-159", "--discount", "0.001"], "discount: 0.001 is a fraction of a cent; round it to two digits"),
            (&["EM-159", "--bill-to", "Ada Marlow"], "\"Ada Marlow\" is no address; write name, street, city and country"),
            (&["EM-159", "--payment-method", &"x".repeat(51)], "payment_method has 51 characters, 50 are allowed"),
        ] {
            let line = shop.refused(arguments);
            assert!(line.starts_with("shop: ") && line.contains(error), "{arguments:?}: {line}");
        }
        // To the last cent it can be taken off.
        assert_eq!(state(shop).await, before);
        assert_eq!(shop.order(&["EM-159", "--discount", "179.90"])["total"], "0.00");
    }

    async fn what_is_unpublished_or_deleted_is_not_sold(shop) {
        tests::raw_sql::execute(shop.pool(), "UPDATE products SET status = 'draft' WHERE sku = 'TK-012'").await.unwrap();
        tests::raw_sql::execute(shop.pool(), "UPDATE products SET deleted_at = created_at WHERE sku = 'WH-001'").await.unwrap();
        for sku in ["TK-012", "WH-001"] {
            assert!(shop.refused(&[sku]).contains("is no product that is sold here"));
        }
    }

    async fn counts_do_not_overflow(shop) {
        let number = shop.order(&["EM-159:2", "WH-001"])["order_number"].as_str().unwrap().to_owned();
        let update = "UPDATE products SET stock_quantity = 2147483646 WHERE sku = 'EM-159'";
        tests::raw_sql::execute(shop.pool(), update).await.unwrap();
        let before = state(shop).await;
        assert_eq!(
            shop.error(&["cancel", &number]).trim_end(),
            "shop: Order is not valid: EM-159 has 2147483646 in stock and cannot hold 2 more; lower its stock"
        );
        assert_eq!(state(shop).await, before);
        assert_eq!(count(shop.pool(), "orders WHERE status = 'pending'").await, 1);
        let update = "UPDATE products SET stock_quantity = 2147483645, sold_count = 2147483646 WHERE sku = 'EM-159'";
        tests::raw_sql::execute(shop.pool(), update).await.unwrap();
        let before = state(shop).await;
        let refused = shop.refused(&["EM-159:2"]);
        let error = "EM-159 was sold 2147483646 times, and 2 more cannot be counted; order fewer";
        assert!(refused.contains(error), "{refused}");
        assert_eq!(state(shop).await, before);
        // To the last piece.
        shop.order(&["EM-159"]);
        assert_eq!(shop.stock("EM-159"), [2_147_483_644, 2_147_483_647]);
        shop.json(&["cancel", &number]);
        assert_eq!(shop.stock("EM-159"), [2_147_483_646, 2_147_483_645]);
    }

    async fn nothing_else_is_half_written(shop) {
        let tables = ["products", "product_categories", "reviews", "users", "audit_logs"];
        let mut before = Vec::new();
        for table in tables {
            before.push(count(shop.pool(), table).await);
        }
        for (arguments, error) in [
            (&["rate", "WH-001", "ada@example.com", "6"][..], "Review is not valid: stars are 6; give 1 to 5"),
            (&["rate", "WH-001", "ada@example.com", "-1"], "stars are -1; give 1 to 5"),
            (&["rate", "WH-001", "ada@example.com", "4.5"], "\"4.5\" is no number of stars; give 1 to 5"),
            (&["rate", "WH-001", "eve@example.com", "5"], "there is no customer with the e-mail address `eve@example.com`; `shop customer` adds one"),
            (&["rate", "NO-1", "ada@example.com", "5"], "there is no product `NO-1`; `shop products` lists them"),
            (&["restock", "WH-001", "0"], "Product is not valid: quantity is 0; it must be 1 or more"),
            (&["restock", "WH-001", "-5"], "quantity is -5; it must be 1 or more"),
            (&["restock", "WH-001", "2147483647"], "WH-001 has 50 in stock and cannot hold 2147483647 more; add fewer"),
            (&["ship", "ORD-1"], "there is no order `ORD-1`; `shop orders` lists them"),
            (&["customer", "nobody"], "User is not valid: email "),
            (&["customer", "ADA@example.com"], "another User has the same email"),
            (&["add", "X-1", "X", "--category", "New", "--price", "5", "--cost", "1", "--sale-price", "5"], "sale_price is 5.00; it must be above 0 and below the price, 5.00"),
            (&["add", "X 1", "X", "--category", "New", "--price", "5", "--cost", "1"], "sku is \"X 1\"; use letters, digits, `-`, `_` and `.`"),
            (&["add", "X-1", "X", "--category", "New", "--price", "5", "--cost", "1", "--stock", "-5"], "Product is not valid: stock_quantity is -5; it must be 0 or more"),
            (&["add", "X-1", " ", "--category", "New", "--price", "5", "--cost", "1"], "Product is not valid: name is empty; write what stands on the label"),
            (&["add", "X-1", "X", "--category", "", "--price", "5", "--cost", "1"], "Category is not valid: name is empty; give the category one"),
            (&["add", "X-1", "X", "--category", "New", "--price", "123456789.00", "--cost", "1"], "price has more than 8 digits before the decimal point"),
            (&["add", "X-1", "X", "--category", "New", "--price", "5,00", "--cost", "1"], "price: \"5,00\" is no amount; write it as 159.90"),
            (&["add", "WH-001", "X", "--category", "New", "--price", "5", "--cost", "1"], "another Product has the same sku"),
        ] {
            let line = shop.error(arguments);
            assert!(line.starts_with("shop: ") && line.contains(error), "{arguments:?}: {line}");
        }
        for (table, before) in tables.into_iter().zip(before) {
            assert_eq!(count(shop.pool(), table).await, before, "{table}");
        }
        assert_eq!(shop.stock("WH-001"), [50, 0]);
    }
}

#[tokio::test]
async fn wrong_arguments_are_refused_with_a_hint() {
    let shop = Shop::sqlite().await;
    for (arguments, hint) in [
        (&["shp", "x"][..], "some similar subcommands exist: 'help', 'ship'"),
        (&["order", "ada@example.com", "--ship-to", ADDRESS], "<SKU[:PIECES]>..."),
        (&["order", "ada@example.com", "WH-001"], "--ship-to <NAME, STREET, CITY, COUNTRY>"),
        (
            &["orders", "--status", "lost"],
            "[possible values: pending, processing, shipped, delivered, cancelled, refunded]",
        ),
        (&["report", "--top", "0"], "0 is not in 1..=1000"),
        (&["products", "--page", "0"], "0 is not in 1.."),
    ] {
        let output = shop.run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(error.contains(hint), "{arguments:?}: {error}");
    }
    let unknown = shop.error(&["--database-url", "mysql://me:hunter2@localhost/shop", "seed"]);
    assert!(unknown.contains("mysql") && !unknown.contains("hunter2"), "{unknown}");
    shop.close().await;
}
