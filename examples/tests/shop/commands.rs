//! Products, orders and ratings.

use serde_json::{Value, json};
use tests::raw_sql::{column, count};

use crate::program::on_both;

/// A field of each item of a list.
fn all(list: &Value, field: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|item| item[field].clone()).collect()
}

on_both! {
    async fn the_samples_are_added_once(shop) {
        assert_eq!(shop.json(&["seed"]), json!({"products": 0, "customers": 0}));
        assert_eq!(count(shop.pool(), "products WHERE status = 'published'").await, 6);
        let headphones = shop.product("WH-001");
        let wanted = json!({
            "sku": "WH-001", "name": "Wireless headphones", "url": "/products/wireless-headphones/",
            "status": "published", "price": "99.99", "sale_price": null, "current_price": "99.99",
            "stock_quantity": 50, "low_stock_threshold": 5, "sold_count": 0, "rating": "0.00", "review_count": 0,
            "category": "Electronics",
        });
        assert_eq!(headphones, wanted);
        let kitchen = shop.json(&["products", "--category", "kitchen"]);
        assert_eq!(all(&kitchen["products"], "sku"), ["GR-040", "EM-159", "TK-012"]);
        assert_eq!(all(&shop.json(&["products", "--low-stock"])["products"], "sku"), ["GR-040"]);
        assert_eq!(all(&shop.json(&["products", "--on-sale"])["products"], "sku"), ["GR-040", "LP-300"]);
        let text = shop.text(&["products"]);
        assert!(text.contains("│ WH-001 ┆ Wireless headphones ┆ 99.99"), "{text}");
        assert!(text.ends_with("Page 1 of 1, 6 products in all.\n"), "{text}");
    }

    async fn an_order_adds_up_and_moves_the_stock(shop) {
        let order = shop.order(&["EM-159", "--discount", "10.00", "--notes", "Ring twice."]);
        for (field, amount) in
            [("subtotal", "159.00"), ("tax", "15.90"), ("shipping", "5.00"), ("discount", "10.00"), ("total", "169.90")]
        {
            assert_eq!(order[field], amount, "{field}");
        }
        assert_eq!((&order["status"], &order["payment_status"]), (&json!("pending"), &json!("pending")));
        assert_eq!(order["shipping_address"]["city"], "Harwick HW1 2AB");
        assert_eq!(order["billing_address"], order["shipping_address"]);
        let number = order["order_number"].as_str().unwrap();
        let (ord, digits) = number.split_at(4);
        assert!(ord == "ORD-" && digits.len() == 8 && u32::from_str_radix(digits, 16).is_ok(), "{number}");
        assert_eq!(shop.stock("EM-159"), [11, 1]);

        // A product on sale is sold at that price; one that is named twice is one item.
        let order = shop.order(&["GR-040:2", "WH-001", "GR-040"]);
        assert_eq!((&order["subtotal"], &order["tax"], &order["total"]), (&json!("219.69"), &json!("21.97"), &json!("246.66")));
        assert_eq!(shop.stock("GR-040"), [1, 3]);
        let page = shop.json(&["orders", "--customer", "ADA@example.com"]);
        assert_eq!(page["total"], 2);
        let mut items = page["orders"][0]["items"].clone();
        items.as_array_mut().unwrap().sort_by_key(|item| item["quantity"].as_i64());
        assert_eq!(all(&items, "quantity"), [1, 3]);
        assert_eq!(all(&items, "subtotal"), ["99.99", "119.70"]);
        assert_eq!(shop.json(&["orders", "--customer", "bo@example.com"])["total"], 0);
        assert_eq!(shop.text(&["orders", "--status", "shipped"]), "No orders.\n");
        assert_eq!(count(shop.pool(), "order_items").await, 3);
    }

    async fn an_order_goes_through_its_states(shop) {
        let number = shop.order(&["TK-012:2"])["order_number"].as_str().unwrap().to_owned();
        let change = |arguments: &[&str]| {
            let outcome = shop.json(&[&[arguments[0], number.as_str()], &arguments[1..]].concat());
            let order = &outcome["order"];
            let [status, payment] = ["status", "payment_status"].map(|key| order[key].as_str().unwrap().to_owned());
            (outcome["changed"].as_bool().unwrap(), status, payment)
        };
        let is = |changed: bool, status: &str, payment: &str| (changed, status.to_owned(), payment.to_owned());
        assert_eq!(
            shop.error(&["ship", &number]),
            "shop: this Order is pending and cannot become shipped; it can become processing or cancelled"
        );
        assert_eq!(change(&["pay", "--transaction", "TX-1"]), is(true, "processing", "paid"));
        assert_eq!(change(&["pay", "--transaction", "TX-2"]), is(false, "processing", "paid"));
        assert_eq!(column::<String>(shop.pool(), "SELECT transaction_id FROM orders").await, ["TX-1"]);
        assert_eq!(change(&["ship"]), is(true, "shipped", "paid"));
        assert_eq!(
            shop.error(&["cancel", &number]),
            "shop: this Order is shipped and cannot become cancelled; it can become delivered or refunded"
        );
        assert_eq!(shop.text(&["deliver", &number]), format!("{number} is now delivered\n"));
        assert_eq!(shop.text(&["deliver", &number]), format!("{number} was delivered already: nothing changed\n"));
        assert_eq!(count(shop.pool(), "orders WHERE shipped_at <= delivered_at").await, 1);
        assert_eq!(change(&["refund"]), is(true, "refunded", "refunded"));
        assert_eq!(
            shop.error(&["ship", &number]),
            "shop: this Order is refunded and cannot become shipped: this is where it ends"
        );
        // What was sent is not in stock again.
        assert_eq!(shop.stock("TK-012"), [28, 2]);
        let changes = "audit_logs WHERE content_type = 'shop.order' AND action = 'update' AND actor_id = 'ines'";
        assert_eq!(count(shop.pool(), changes).await, 4);
    }

    async fn what_is_cancelled_is_in_stock_again_once(shop) {
        let order = shop.order(&["TK-012:4", "WH-001:2"]);
        let number = order["order_number"].as_str().unwrap();
        assert_eq!((shop.stock("TK-012"), shop.stock("WH-001")), ([26, 4], [48, 2]));
        assert_eq!(shop.json(&["cancel", number])["order"]["payment_status"], "pending");
        assert_eq!(shop.json(&["cancel", number])["changed"], false);
        assert_eq!((shop.stock("TK-012"), shop.stock("WH-001")), ([30, 0], [50, 0]));
        let paid = shop.order(&["TK-012"]);
        let number = paid["order_number"].as_str().unwrap();
        shop.json(&["pay", number]);
        assert_eq!(shop.json(&["cancel", number])["order"]["payment_status"], "refunded");
    }

    async fn products_are_added_and_restocked(shop) {
        let added = shop.text(&["add", "MU-1", "Mug", "--category", "kitchen ware", "--price", "8.5", "--cost", "2", "--stock", "3"]);
        assert_eq!(added, "MU-1 Mug is sold at 8.50, 3 in stock\n");
        assert_eq!(shop.text(&["restock", "MU-1", "4"]), "MU-1 has now 7 in stock\n");
        assert_eq!(shop.order(&["MU-1:7"])["subtotal"], "59.50");
        assert_eq!(shop.text(&["customer", "dee@example.com", "--first-name", "Dee"]), "dee@example.com is now a customer\n");
        assert_eq!(count(shop.pool(), "users WHERE password = '!'").await, 4);
    }

    async fn ratings_are_one_per_customer(shop) {
        for (email, stars) in [("ada@example.com", "1"), ("ada@example.com", "5"), ("bo@example.com", "4")] {
            shop.text(&["rate", "WH-001", email, stars]);
        }
        assert_eq!(shop.text(&["rate", "WH-001", "cy@example.com", "4"]), "WH-001 is rated 4.33 of 3 reviews\n");
        let mut stars: Vec<i16> = column(shop.pool(), "SELECT stars FROM reviews").await;
        stars.sort_unstable();
        assert_eq!(stars, [4, 4, 5]);
    }

    async fn the_report_tells_sales_and_stock(shop) {
        assert!(shop.text(&["report"]).starts_with("Nothing was sold."));
        shop.order(&["EM-159:2", "TK-012"]);
        shop.order(&["EM-159"]);
        let cancelled = shop.order(&["WH-001:9"]);
        shop.json(&["cancel", cancelled["order_number"].as_str().unwrap()]);
        let report = shop.json(&["report"]);
        assert_eq!(
            report["sales"],
            json!([
                {"sku": "EM-159", "name": "Espresso machine", "orders": 2, "pieces": 3, "revenue": "477.00"},
                {"sku": "TK-012", "name": "Tea kettle", "orders": 1, "pieces": 1, "revenue": "27.50"},
            ])
        );
        assert_eq!(all(&report["low_stock"], "sku"), ["GR-040"]);
        assert_eq!(all(&report["out_of_stock"], "sku"), ["CB-002"]);
        assert_eq!(all(&report["on_sale"], "sku"), ["GR-040", "LP-300"]);
        assert_eq!(shop.json(&["report", "--top", "1"])["sales"].as_array().unwrap().len(), 1);
        let text = shop.text(&["report"]);
        assert!(text.contains("│ EM-159 ┆ Espresso machine ┆ 2      ┆ 3      ┆ 477.00  │"), "{text}");
    }

    async fn the_walk_through_ends_with_the_report(shop) {
        let walk = shop.json(&[]);
        let result = |name: &str| {
            let step = walk["steps"].as_array().unwrap().iter().find(|step| step["name"] == name);
            (step.unwrap()["result"].as_str().unwrap().to_owned(), step.unwrap()["stock"].as_i64().unwrap())
        };
        assert_eq!(result("order 1 for 10.00 less"), ("159.00 + 15.90 + 5.00 - 10.00 = 169.90".into(), 11));
        assert_eq!(result("pay again"), ("nothing to do, nothing written".into(), 11));
        assert_eq!(result("cancel"), ("refused: this Order is delivered and cannot become cancelled".into(), 11));
        assert_eq!(result("order 3").1, 8);
        assert_eq!(result("cancel them"), ("done".into(), 11));
        let short = "refused: Order is not valid: EM-159 has 11 left, and 100 are asked for; order fewer";
        assert_eq!(result("order 100"), (short.into(), 11));
        assert_eq!(result("order 9, and pay").1, 2);
        assert_eq!(result("rate 4 again").0, "4.33 of 3 reviews");
        assert_eq!(walk["report"]["sales"][0]["revenue"], "1590.00");

        let again = shop.text(&[]);
        for part in ["0 products and 0 customers added", "The life of an order", "Sales by product", "Low stock", "On sale"] {
            assert!(again.contains(part), "{again}");
        }
    }
}
