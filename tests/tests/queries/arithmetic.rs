//! Columns that the database computes with: in updates with a guard, and in filters (rule 28).

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::models::Everything;
use tests::recorded::{Article, Booking};
use tests::{on_both, raw_sql};

fn row(integer: i32, price: &str) -> Everything {
    Everything { integer, price: price.parse().unwrap(), ..Everything::sample() }
}

async fn article(db: &Pool) -> Article {
    create_tables(&[Article::table(), AuditLog::table()], db).await.unwrap();
    Article::builder().title("Read me").views(5).price(Decimal::new(1050, 2)).create(db).await.unwrap()
}

on_both! {
    async fn an_update_computes_from_what_the_row_holds(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        let mut first = row(7, "10.50");
        (first.maybe_small, first.maybe_double) = (Some(2), None);
        first.insert(&db).await.unwrap();
        row(100, "0.99").insert(&db).await.unwrap();

        let all = Everything::objects();
        let set = all.update(
            |e| (
                e.integer.set(e.integer * 3 - 1),
                e.small.set(e.small + 4),
                e.big.set((e.big + 1) * e.big),
                e.double.set(e.double - 1.5),
                e.maybe_small.set(e.maybe_small + 1),
                e.maybe_double.set(e.maybe_double + 1.0),
            ),
            &db,
        );
        assert_eq!(set.await.unwrap(), 2);
        let order = if let Pool::Sqlite(_) = &db { "`order`" } else { "\"order\"" };
        let integers = raw_sql::column::<i32>(&db, &format!("SELECT {order} FROM everything ORDER BY {order}")).await;
        assert_eq!(integers, [20, 299]);
        let is = "small = 5 AND big = 12 AND \"double\" = -1.25 AND maybe_double IS NULL";
        assert_eq!(raw_sql::count(&db, &format!("everything WHERE {is}")).await, 2);
        assert_eq!(raw_sql::column::<Option<i16>>(&db, "SELECT maybe_small FROM everything ORDER BY maybe_small").await.len(), 2);
        assert_eq!(raw_sql::count(&db, "everything WHERE maybe_small = 3").await, 1);
        assert_eq!(raw_sql::count(&db, "everything WHERE maybe_small IS NULL").await, 1);
    }

    async fn what_a_column_cannot_hold_is_refused(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        let mut full = Everything { integer: i32::MAX, small: i16::MAX, big: i64::MAX, ..Everything::sample() };
        full.insert(&db).await.unwrap();
        let all = Everything::objects;
        assert!(matches!(all().update(|e| e.integer.set(e.integer + 1), &db).await, Err(Error::Validation(_))));
        assert!(matches!(all().update(|e| e.small.set(e.small + 1), &db).await, Err(Error::Validation(_))));
        assert!(matches!(all().update(|e| e.big.set(e.big + 1), &db).await, Err(Error::Validation(_))));
        let stock = full.update_if(|e| e.integer.gt(0), |e| e.integer.set(e.integer + 1), &db).await;
        assert!(matches!(stock, Err(Error::Validation(_))), "{stock:?}");
        let kept = all().get(&db).await.unwrap();
        assert_eq!((kept.integer, kept.small, kept.big), (i32::MAX, i16::MAX, i64::MAX));
    }

    async fn decimals_are_computed_exactly_and_rounded_to_the_column(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        let cases = [
            // price, factor, product: halves away from zero
            ("10.50", "1.10", "11.55"),
            ("0.35", "0.50", "0.18"),
            ("99.99", "0.333333", "33.33"),
            ("0.05", "0.10", "0.01"),
            ("0.04", "0.10", "0.00"),
        ];
        for (price, factor, product) in cases {
            let mut row = row(1, price);
            row.maybe_price = Some(factor.parse().unwrap());
            row.insert(&db).await.unwrap();
            let id = row.id;
            let one = Everything::objects().filter(|e| e.id.eq(id));
            let factor: Decimal = factor.parse().unwrap();
            one.update(|e| e.price.set(e.price * factor.round_dp(2)), &db).await.unwrap();
            row.refresh(&db).await.unwrap();
            if factor.scale() <= 2 {
                assert_eq!(row.price.to_string(), product, "{price} * {factor}");
            }
        }
        let mut row = row(1, "159.00");
        row.insert(&db).await.unwrap();
        let (id, tax, shipping, discount) = (row.id, Decimal::new(1590, 2), Decimal::new(5, 0), Decimal::new(10, 0));
        let one = Everything::objects().filter(|e| e.id.eq(id));
        one.update(|e| e.price.set(e.price + tax + shipping - discount), &db).await.unwrap();
        row.refresh(&db).await.unwrap();
        assert_eq!(row.price.to_string(), "169.90");
    }

    async fn a_product_of_negative_decimals_is_rounded_away_from_zero(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        for (amount, factor, product) in [("-0.35", "0.50", "-0.18"), ("-0.35", "-0.50", "0.18"), ("0.35", "-0.50", "-0.18"), ("-0.02", "0.10", "0.00")] {
            let mut booking = Booking::builder().account(format!("{amount}*{factor}"))
                .amount(amount.parse::<Decimal>().unwrap()).create(&db).await.unwrap();
            let (id, factor) = (booking.id, factor.parse::<Decimal>().unwrap());
            Booking::objects().filter(|b| b.id.eq(id)).update(|b| b.amount.set(b.amount * factor), &db).await.unwrap();
            booking.refresh(&db).await.unwrap();
            assert_eq!(booking.amount, product.parse::<Decimal>().unwrap(), "{amount} * {factor}");
        }
    }

    async fn a_filter_compares_with_what_is_computed(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        for (integer, big) in [(1, 10), (5, 10), (6, 10)] {
            let mut row = row(integer, "1.00");
            row.big = big;
            row.insert(&db).await.unwrap();
        }
        let rows = Everything::objects().filter(|e| e.integer.gt(e.integer * 2 - 6));
        assert_eq!(rows.order_by(|e| e.integer.asc()).values(|e| e.integer).fetch_all(&db).await.unwrap(), [1, 5]);
        assert_eq!(Everything::objects().filter(|e| e.maybe_integer.eq(e.maybe_integer + 1)).count(&db).await.unwrap(), 3, "NULL is NULL plus one");
    }

    async fn a_guarded_update_of_a_row_says_whether_it_happened(db) {
        let mut article = article(&db).await;
        assert!(article.update_if(|a| a.views.ge(3), |a| a.views.set(a.views - 3), &db).await.unwrap());
        assert_eq!(article.views, 2);
        assert!(!article.update_if(|a| a.views.ge(3), |a| a.views.set(a.views - 3), &db).await.unwrap());
        assert_eq!(article.views, 2);
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT views FROM articles").await, 2);

        // The row's own change log has come along.
        assert_eq!(article.history().len(), 1);
        article.delete(&db).await.unwrap();
        assert!(article.update_if(|a| a.views.ge(0), |a| a.views.set(a.views + 1), &db).await.unwrap(), "a deleted row too");
        article.hard_delete(&db).await.unwrap();
        let gone = article.update_if(|a| a.views.ge(0), |a| a.views.set(a.views + 1), &db).await;
        assert!(matches!(gone, Err(Error::NotFound { .. })));
    }

    async fn only_what_comes_out_as_another_number_is_written(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        let mut everything = Everything { maybe_small: None, ..row(7, "10.50") };
        everything.insert(&db).await.unwrap();
        let all = Everything::objects;
        assert_eq!(all().update(|e| e.integer.set(e.integer + 0), &db).await.unwrap(), 0);
        assert_eq!(all().update(|e| e.integer.set(e.integer * 1), &db).await.unwrap(), 0);
        assert_eq!(all().update(|e| e.maybe_small.set(e.maybe_small + 1), &db).await.unwrap(), 0, "NULL stays NULL");
        assert_eq!(all().update(|e| e.integer.set(e.integer - 1), &db).await.unwrap(), 1);

        let article = article(&db).await;
        let writes = async |by: i32| Article::objects().update(|a| a.views.set(a.views + by), &db).await.unwrap();
        assert_eq!((writes(0).await, writes(3).await), (0, 1));
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT views FROM articles").await, 8);
        let updates = AuditLog::objects().for_object(&article).filter(|e| e.action.eq(Action::Update));
        assert_eq!(updates.count(&db).await.unwrap(), 1);
    }

    async fn what_is_computed_is_recorded_with_the_values_that_it_had(db) {
        let article = article(&db).await;
        let price = Decimal::new(25, 1);
        let all = Article::objects();
        let written = all.update(|a| (a.views.set(a.views + 37), a.price.set(a.price * price)), &db).await.unwrap();
        assert_eq!(written, 1);
        let entry = AuditLog::objects().for_object(&article).fetch_one(&db).await.unwrap();
        assert_eq!(entry.action, Action::Update);
        let change = |field: &str| (entry.changes[field].old.as_json().to_owned(), entry.changes[field].new.as_json().to_owned());
        assert_eq!(change("views"), ("5".into(), "42".into()));
        assert_eq!(change("price"), ("10.50".into(), "26.25".into()));
    }

    async fn counters_of_many_tasks_lose_nothing(db) {
        let article = article(&db).await;
        let tasks = (0..64).map(|_| {
            let (db, mut article) = (db.clone(), article.clone());
            tokio::spawn(async move {
                for _ in 0..10 {
                    let id = article.id;
                    let one = Article::objects().filter(|a| a.id.eq(id));
                    assert_eq!(one.update(|a| a.views.set(a.views + 1), &db).await.unwrap(), 1);
                }
                article.refresh(&db).await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT views FROM articles").await, 645);
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'update'").await, 640);
    }

    async fn a_stock_is_sold_to_the_last_piece_and_no_further(db) {
        create_tables(&[Everything::table()], &db).await.unwrap();
        let mut stock = row(1000, "1.00");
        stock.insert(&db).await.unwrap();
        let id = stock.id;
        let tasks = (0..64).map(|buyer| {
            let db = db.clone();
            tokio::spawn(async move {
                let (mut sold, n) = (0, buyer % 3 + 1);
                for _ in 0..20 {
                    let enough = Everything::objects().filter(|e| e.id.eq(id) & e.integer.ge(n));
                    sold += n * i32::try_from(enough.update(|e| e.integer.set(e.integer - n), &db).await.unwrap()).unwrap();
                }
                sold
            })
        });
        let mut sold = 0;
        for task in tasks.collect::<Vec<_>>() {
            sold += task.await.unwrap();
        }
        stock.refresh(&db).await.unwrap();
        assert_eq!(sold + stock.integer, 1000);
        assert!((0..3).contains(&stock.integer), "{} are left", stock.integer);
    }
}
