//! Rows that are inserted, or written over those with the same unique values.

use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::schema::create_tables;
use tests::fixtures::{refused_fields, taken_fields};
use tests::models::{Author, Page, Task};
use tests::recorded::{Booking, Vault};
use tests::relations::Company;
use tests::{on_both, raw_sql};

/// Has every capability, a key of the database's, and two unique values, one of which is made.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "products", app = "shop", id = i64, display = name, unchecked)]
#[timestamps]
#[soft_delete]
#[seo(slug = name)]
#[track_changes]
#[audited]
#[versioned]
pub struct Product {
    #[column(name = "order", unique)]
    pub sku: String,
    pub name: String,
    #[column(precision = 10, scale = 2)]
    pub price: Option<Decimal>,
    #[column(unique)]
    pub barcode: Option<String>,
    pub details: serde_json::Value,
    #[column(default)]
    pub api_token: String,
}

fn product(sku: &str, name: &str, price: i64) -> Product {
    let details = serde_json::json!({ "name": name });
    Product::builder()
        .sku(sku)
        .name(name)
        .price(Decimal::new(price, 2))
        .details(details)
        .api_token(sku)
        .build()
}

async fn shop(db: &Pool) {
    create_tables(&[Product::table(), AuditLog::table()], db).await.unwrap();
}

async fn upsert(product: Product, db: &Pool) -> Result<(Product, bool)> {
    Product::upsert(product, |p| p.sku, |p| (p.name, p.price, p.details, p.api_token), db).await
}

async fn trail(db: &Pool) -> Vec<String> {
    raw_sql::column(db, "SELECT action FROM audit_logs ORDER BY id").await
}

async fn open_connections(db: &Pool) {
    let connections = [db.acquire().await, db.acquire().await, db.acquire().await, db.acquire().await];
    assert!(connections.iter().all(Result::is_ok));
}

on_both! {
    async fn a_row_is_inserted_then_written_over(db) {
        shop(&db).await;
        let (first, inserted) = upsert(product("A", "Oats", 100), &db).await.unwrap();
        assert!(inserted);
        assert_eq!((first.version, first.slug.as_str()), (1, "oats"));
        assert_eq!(first, Product::get(first.id, &db).await.unwrap());

        let (second, inserted) = upsert(product("A", "Rolled oats", 250), &db).await.unwrap();
        assert!(!inserted);
        assert_eq!((second.id, second.version, second.slug.as_str()), (first.id, 2, "oats"), "the slug stays");
        assert_eq!((second.created_at, second.price), (first.created_at, Some(Decimal::new(250, 2))));
        assert!(second.updated_at > first.updated_at);
        assert_eq!(second, Product::get(first.id, &db).await.unwrap());

        let (same, inserted) = upsert(product("A", "Rolled oats", 250), &db).await.unwrap();
        assert_eq!((&same, inserted), (&second, false), "what changes nothing writes nothing");
        assert_eq!(trail(&db).await, ["create", "update"]);
        let changes = raw_sql::value::<String>(&db, "SELECT CAST(changes AS TEXT) FROM audit_logs WHERE action = 'update'").await;
        let changes: serde_json::Value = serde_json::from_str(&changes).unwrap();
        let price: Vec<f64> = ["old", "new"].map(|side| changes["price"][side].as_f64().unwrap()).into();
        assert_eq!(price, [1.0, 2.5]);
        assert_eq!(changes["name"], serde_json::json!({ "old": "Oats", "new": "Rolled oats" }));
        assert!(changes.get("api_token").is_none() && changes.get("updated_at").is_none(), "{changes}");
        assert_eq!(second.history().len(), 1);
    }

    async fn only_the_columns_named_are_written_over(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        let booking = |amount| Booking::builder().account("A").amount(Decimal::new(amount, 2)).build();
        let (first, _) = Booking::upsert(booking(1), |b| b.account, |b| b.account, &db).await.unwrap();
        let (second, inserted) = Booking::upsert(booking(2), |b| b.account, |b| b.account, &db).await.unwrap();
        assert_eq!((&second, inserted), (&first, false));
        assert_eq!(trail(&db).await, ["create"]);
    }

    async fn a_deleted_row_is_not_written_over(db) {
        shop(&db).await;
        let (mut first, _) = upsert(product("A", "Oats", 1), &db).await.unwrap();
        first.delete(&db).await.unwrap();
        let (second, inserted) = upsert(product("A", "Oats", 2), &db).await.unwrap();
        assert!(inserted && second.id != first.id);
        let (third, inserted) = upsert(product("A", "Barley", 3), &db).await.unwrap();
        assert_eq!((third.id, inserted), (second.id, false));
        assert_eq!(raw_sql::value::<String>(&db, "SELECT name FROM products WHERE deleted_at IS NOT NULL").await, "Oats");

        create_tables(&[Task::table()], &db).await.unwrap();
        let task = |completed| Task::builder().title("Read").completed(completed).build();
        let (mut old, _) = Task::upsert(task(true), |t| t.title, |t| t.completed, &db).await.unwrap();
        old.delete(&db).await.unwrap();
        for (completed, inserted) in [(false, true), (true, false)] {
            let (row, done) = Task::upsert(task(completed), |t| t.title, |t| t.completed, &db).await.unwrap();
            assert_eq!((row.completed, done, row.id == old.id), (completed, inserted, false));
        }
        // A row that is given as deleted is none of those that the index holds.
        let mut gone = task(false);
        gone.removed_at = old.removed_at;
        let (gone, inserted) = Task::upsert(gone, |t| t.title, |t| t.completed, &db).await.unwrap();
        assert!(inserted && gone.is_deleted());
        assert_eq!(raw_sql::count(&db, "tasks").await, 3);
    }

    async fn an_index_on_an_expression_and_one_on_two_columns(db) {
        create_tables(&[Author::table(), Page::table()], &db).await.unwrap();
        let author = |email: &str| Author::builder().email(email).build();
        let (first, _) = Author::upsert(author("ada@example.com"), |a| a.email, |a| a.email, &db).await.unwrap();
        let (second, inserted) = Author::upsert(author("ADA@example.com"), |a| a.email, |a| a.email, &db).await.unwrap();
        assert_eq!((second.id, inserted, second.email.as_str()), (first.id, false, "ADA@example.com"));
        let alike = Author::bulk_upsert(vec![author("b@example.com"), author("B@example.com")], |a| a.email, |a| a.email, &db).await;
        assert_eq!(taken_fields(alike), ["email"]);
        assert_eq!(raw_sql::count(&db, "authors").await, 1);

        let root = Page::builder().position(0).create(&db).await.unwrap();
        let page = |title: &str| Page::builder().parent_id(root.id).position(1).title(title).build();
        let by = |p: <Page as Model>::Columns| (p.position, p.parent_id);
        let (one, inserted) = Page::upsert(page("One"), by, |p| p.title, &db).await.unwrap();
        assert!(inserted);
        let (two, inserted) = Page::upsert(page("Two"), by, |p| p.title, &db).await.unwrap();
        assert_eq!((two.id, two.title.as_str(), inserted), (one.id, "Two", false));
        // NULL is like no other.
        let rows = (0..3).map(|n| Page::builder().position(7).title(format!("{n}")).build()).collect();
        let rows = Page::bulk_upsert(rows, by, |p| p.title, &db).await.unwrap();
        let titles: Vec<_> = rows.iter().map(|(row, inserted)| (row.title.as_str(), *inserted)).collect();
        assert_eq!(titles, [("0", true), ("1", true), ("2", true)]);
    }

    async fn the_key_can_be_given(db) {
        create_tables(&[Company::table()], &db).await.unwrap();
        let mut company = Company::builder().name("Times").create(&db).await.unwrap();
        company.name = "Sun".into();
        let (row, inserted) = Company::upsert(company.clone(), |c| c.id, |c| c.name, &db).await.unwrap();
        assert_eq!((row, inserted), (company, false));
        let (_, inserted) = Company::upsert(Company::builder().name("Post").build(), |c| c.id, |c| c.name, &db).await.unwrap();
        assert!(inserted);
    }

    async fn what_is_no_unique_index_is_refused(db) {
        shop(&db).await;
        let refused = Product::upsert(product("A", "Oats", 1), |p| p.name, |p| p.price, &db).await;
        let refused = refused_fields(refused);
        assert_eq!(refused[0].field, "name");
        assert!(refused[0].message.contains("one of sku") && refused[0].message.contains("one of barcode"), "{}", refused[0].message);
        let refused = Product::upsert(product("A", "Oats", 1), |p| p.id, |p| p.price, &db).await;
        assert_eq!(refused_fields(refused)[0].field, "id");
        let refused = Product::upsert(product("A", "Oats", 1), |p| (p.sku, p.name), |p| p.price, &db).await;
        assert_eq!(refused_fields(refused)[0].field, "name and sku");
        assert_eq!(raw_sql::count(&db, "products").await, 0);
    }

    async fn many_rows_come_back_in_their_order(db) {
        shop(&db).await;
        upsert(product("C", "Oats", 1), &db).await.unwrap();
        let rows = ["E", "C", "A", "D"].map(|sku| product(sku, "Oats", 2)).into();
        let rows = Product::bulk_upsert(rows, |p| p.sku, |p| (p.name, p.price), &db).await.unwrap();
        let done: Vec<_> = rows.iter().map(|(row, inserted)| (row.sku.as_str(), *inserted)).collect();
        assert_eq!(done, [("E", true), ("C", false), ("A", true), ("D", true)]);
        let mut slugs: Vec<_> = rows.iter().map(|(row, _)| row.slug.clone()).collect();
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 4, "slugs that clash are varied");
        for (row, _) in &rows {
            assert_eq!(row, &Product::get(row.id, &db).await.unwrap());
        }
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'create'").await, 4);
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'update'").await, 1);
    }

    async fn two_that_are_alike_are_refused(db) {
        shop(&db).await;
        for _ in 0..2 {
            let rows = ["A", "B", "A"].map(|sku| product(sku, sku, 2)).into();
            let twice = Product::bulk_upsert(rows, |p| p.sku, |p| p.name, &db).await;
            assert_eq!(taken_fields(twice), ["sku"]);
            assert_eq!(raw_sql::count(&db, "products WHERE name <> 'X'").await, 0);
            upsert(product("A", "X", 1), &db).await.unwrap();
        }
    }

    async fn another_value_that_is_taken_undoes_all(db) {
        shop(&db).await;
        let mut first = product("A", "Oats", 1);
        first.barcode = Some("1".into());
        let (first, _) = upsert(first, &db).await.unwrap();
        let mut clash = product("C", "Rye", 1);
        clash.barcode = Some("1".into());
        let rows = vec![product("A", "Changed", 2), product("B", "New", 2), clash];
        let clash = Product::bulk_upsert(rows, |p| p.sku, |p| (p.name, p.price), &db).await;
        assert_eq!(taken_fields(clash), ["barcode"]);
        assert_eq!(Product::objects().get(&db).await.unwrap(), first);
        assert_eq!(trail(&db).await, ["create"]);

        let long = product("B", &"x".repeat(10), 2);
        let mut invalid = product("C", "C", 1);
        invalid.name = "a\0b".into();
        let invalid = Product::bulk_upsert(vec![long, invalid], |p| p.sku, |p| p.name, &db).await;
        assert!(refused_fields(invalid).iter().any(|it| it.field == "name"));
        assert_eq!(raw_sql::count(&db, "products").await, 1);
    }

    async fn an_actor_is_required_here_too(db) {
        create_tables(&[Vault::table(), AuditLog::table()], &db).await.unwrap();
        let vault = Vault::builder().password("x").build();
        let refused = Vault::upsert(vault, |v| v.id, |v| v.password, &db).await;
        assert!(matches!(refused, Err(Error::ActorRequired { .. })), "{refused:?}");
    }

    async fn it_is_part_of_a_transaction(db) {
        shop(&db).await;
        let mut transaction = db.begin().await.unwrap();
        for price in [1, 2] {
            Product::upsert(product("A", "Oats", price), |p| p.sku, |p| p.price, &mut transaction).await.unwrap();
        }
        let refused = Product::bulk_upsert(vec![product("B", "B", 1), product("B", "B", 1)], |p| p.sku, |p| p.price, &mut transaction).await;
        assert_eq!(taken_fields(refused), ["sku"]);
        assert_eq!(Product::objects().count(&mut transaction).await.unwrap(), 1);
        transaction.rollback().await.unwrap();
        assert_eq!((raw_sql::count(&db, "products").await, raw_sql::count(&db, "audit_logs").await), (0, 0));
    }

    async fn many_at_once_make_one_row(db) {
        shop(&db).await;
        open_connections(&db).await;
        let tasks = (1..=64).map(|price| {
            let db = db.clone();
            tokio::spawn(async move { upsert(product("A", "Oats", price), &db).await.unwrap() })
        });
        let mut inserted = 0;
        for task in tasks.collect::<Vec<_>>() {
            let (row, new) = task.await.unwrap();
            assert_eq!((row.sku.as_str(), row.slug.as_str()), ("A", "oats"));
            inserted += u32::from(new);
        }
        assert_eq!((inserted, raw_sql::count(&db, "products").await), (1, 1));
        // Each wrote its own price, so that each is on record, and each old value is the new one before it.
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 64);
        let row = Product::objects().get(&db).await.unwrap();
        assert_eq!((row.version, row.history().len()), (64, 63));
        let prices: Vec<_> = AuditLog::objects().order_by(|a| a.id.asc()).fetch_all(&db).await.unwrap().into_iter()
            .map(|entry| (entry.changes["price"].old.to_string(), entry.changes["price"].new.to_string())).collect();
        assert!(prices.windows(2).all(|pair| pair[0].1 == pair[1].0), "{prices:?}");
    }

    async fn many_at_once_upsert_many_in_any_order(db) {
        shop(&db).await;
        open_connections(&db).await;
        let tasks = (0..32).map(|n: i64| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut rows: Vec<_> = (0..10).map(|sku| product(&format!("S{sku}"), &format!("Name {sku}"), n)).collect();
                rows.rotate_left(usize::try_from(n).unwrap() % 10);
                if n % 2 == 0 {
                    rows.reverse();
                }
                let done = Product::bulk_upsert(rows, |p| p.sku, |p| p.price, &db).await.unwrap();
                assert!(done.iter().all(|(row, _)| row.price == Some(Decimal::new(n, 2))));
                done.iter().filter(|(_, inserted)| *inserted).count()
            })
        });
        let mut inserted = 0;
        for task in tasks.collect::<Vec<_>>() {
            inserted += task.await.unwrap();
        }
        assert_eq!((inserted, raw_sql::count(&db, "products").await), (10, 10));
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(DISTINCT price) FROM products").await, 1, "each write was whole");
    }

    async fn statements_do_not_grow_with_the_rows(db) {
        shop(&db).await;
        let rows = |price| (0..1_000).map(|n| product(&format!("{n:04}"), &format!("Name {n}"), price)).collect::<Vec<_>>();
        for (price, new) in [(1, true), (2, false)] {
            let (done, profile) = profile("upsert", Product::bulk_upsert(rows(price), |p| p.sku, |p| p.price, &db)).await;
            let done = done.unwrap();
            assert!(done.len() == 1_000 && done.iter().all(|(_, inserted)| *inserted == new));
            assert!(done.iter().enumerate().all(|(n, (row, _))| row.sku == format!("{n:04}")));
            let limit = if let Pool::Sqlite(_) = &db { 20 } else { 4 };
            assert!(profile.statements.len() <= limit, "{}", profile.statements.len());
        }
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 2_000);
    }
}
