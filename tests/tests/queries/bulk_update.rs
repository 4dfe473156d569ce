//! Many rows, each written with values of its own.

use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::schema::create_tables;
use tests::fixtures::{refused_fields, taken_fields};
use tests::models::Everything;
use tests::recorded::{AnyValue, Article, Booking, Contract, Lease, Note, Vault};
use tests::{on_both, raw_sql};

async fn articles(count: usize, db: &Pool) -> Vec<Article> {
    create_tables(&[Article::table(), AuditLog::table()], db).await.unwrap();
    let rows = (0..count).map(|n| Article::builder().title(format!("Article {n:04}")).views(1).build());
    Article::bulk_create(rows.collect(), db).await.unwrap()
}

async fn updates(db: &Pool) -> i64 {
    raw_sql::count(db, "audit_logs WHERE action = 'update'").await
}

on_both! {
    async fn each_row_gets_its_own_values(db) {
        let mut rows = articles(3, &db).await;
        for (n, row) in (10..).zip(&mut rows) {
            row.views = n;
            row.price = Some(Decimal::new(i64::from(n), 1));
            row.content = "not named".into();
        }
        rows[1].views = 1;
        rows[1].price = None;
        let before = rows[1].updated_at;
        assert_eq!(Article::bulk_update(&mut rows, |a| (a.views, a.price), &db).await.unwrap(), 2);
        assert_eq!(raw_sql::column::<i32>(&db, "SELECT views FROM articles ORDER BY title").await, [10, 1, 12]);
        assert_eq!(raw_sql::count(&db, "articles WHERE content = 'not named'").await, 0);
        assert_eq!((rows[1].updated_at, rows[1].history().len()), (before, 0), "a row that is equal is not written");
        for row in &rows {
            let now = Article::get(row.id, &db).await.unwrap();
            assert_eq!((row.updated_at, &row.change_log, row.price), (now.updated_at, &now.change_log, now.price));
        }
        assert_eq!(updates(&db).await, 2);
        let told = raw_sql::column::<String>(&db, "SELECT CAST(changes AS TEXT) FROM audit_logs WHERE action = 'update' ORDER BY object_repr").await;
        let told: Vec<serde_json::Value> = told.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        assert_eq!(told[0], serde_json::json!({ "views": { "old": 1, "new": 10 }, "price": { "old": null, "new": 1.00 } }));
        assert_eq!(told[1]["views"], serde_json::json!({ "old": 1, "new": 12 }));
        let entry = &rows[2].history()[0];
        assert_eq!(entry.changes["views"].old, serde_json::json!(1));
        assert_eq!(Article::bulk_update(&mut rows, |a| (a.views, a.price), &db).await.unwrap(), 0);
        assert_eq!(updates(&db).await, 2);
        assert_eq!(Article::bulk_update(&mut [], |a| a.views, &db).await.unwrap(), 0);
    }

    async fn statements_do_not_grow_with_the_rows(db) {
        let mut rows = articles(1_000, &db).await;
        rows.iter_mut().for_each(|row| row.title.push('!'));
        let (changed, profile) = profile("update", Article::bulk_update(&mut rows, |a| a.title, &db)).await;
        assert_eq!(changed.unwrap(), 1_000);
        let limit = if let Pool::Sqlite(_) = &db { 5 } else { 2 };
        assert_eq!(profile.statements.len(), limit);
        assert_eq!(raw_sql::count(&db, "articles WHERE title LIKE 'Article ____!'").await, 1_000);
        let display = raw_sql::count(&db, "audit_logs WHERE action = 'update' AND object_repr LIKE '%!'").await;
        assert_eq!((updates(&db).await, display), (1_000, 1_000), "a record shows the row as it is then");
    }

    async fn every_type_is_written_as_a_save_writes_it(db) {
        create_tables(&[Everything::table(), AnyValue::table(), AuditLog::table()], &db).await.unwrap();
        let one = Everything::sample();
        let mut two = Everything {
            integer: -5, big: i64::MIN, real: f32::MIN_POSITIVE, double: 0.1 + 0.2, price: Decimal::new(1, 2), text: "it's \"$1\" ?".into(),
            bytes: vec![0, 255], json: serde_json::json!({ "b": [1, null], "a": "\u{e4}" }), ip: "::1".parse().unwrap(),
            maybe_text: Some(String::new()), maybe_json: Some(serde_json::Value::Null), maybe_price: Some(Decimal::new(-5, 6)),
            maybe_double: Some(f64::INFINITY), maybe_uuid: Some(Uuid::from_u128(7)), maybe_bytes: Some(vec![]), ..Everything::sample()
        };
        let rows = Everything::bulk_create(vec![one, Everything { id: two.id, ..Everything::sample() }], &db).await.unwrap();
        two.id = rows[1].id;
        let mut given = [rows[0].clone(), two];
        type E = <Everything as Model>::Columns;
        let one = |e: E| (e.text, e.boolean, e.small, e.integer, e.big, e.real, e.double, e.price);
        let more = |e: E| (e.json, e.bytes, e.ip, e.maybe_text, e.maybe_json, e.maybe_price, e.maybe_double, e.maybe_uuid);
        assert_eq!(Everything::bulk_update(&mut given, one, &db).await.unwrap(), 1);
        assert_eq!(Everything::bulk_update(&mut given, more, &db).await.unwrap(), 1);
        assert_eq!(Everything::bulk_update(&mut given, |e| e.maybe_bytes, &db).await.unwrap(), 1);
        for row in given {
            assert_eq!(Everything::get(row.id, &db).await.unwrap(), row);
        }

        let mut any = AnyValue { maybe_ip: Some("10.0.0.1".parse().unwrap()), ..AnyValue::sample() };
        any.insert(&db).await.unwrap();
        any.maybe_ip = None;
        any.double = 1e300;
        any.moment += tests::fixtures::DAY;
        any.maybe_json = Some(serde_json::json!([1.5]));
        let columns = |a: <AnyValue as Model>::Columns| (a.maybe_ip, a.double, a.moment, a.maybe_json);
        let expected = any.clone().changed_fields(&db).await.unwrap();
        assert_eq!(AnyValue::bulk_update(std::slice::from_mut(&mut any), columns, &db).await.unwrap(), 1);
        assert_eq!(any.history()[0].changes, expected, "the record is that of a save");
        assert_eq!(AnyValue::get(any.id, &db).await.unwrap(), any);
    }

    async fn a_row_that_is_gone_undoes_all(db) {
        let mut rows = articles(300, &db).await;
        rows[280].hard_delete(&db).await.unwrap();
        rows.iter_mut().for_each(|row| row.views = 9);
        let gone = Article::bulk_update(&mut rows, |a| a.views, &db).await;
        assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
        assert_eq!((raw_sql::count(&db, "articles WHERE views = 9").await, updates(&db).await), (0, 0));
        assert!(rows.iter().all(|row| row.history().is_empty()));
    }

    async fn a_row_that_is_not_valid_undoes_all(db) {
        let mut rows = articles(300, &db).await;
        rows.iter_mut().for_each(|row| row.title.push('?'));
        rows[290].title = "x".repeat(401);
        assert_eq!(refused_fields(Article::bulk_update(&mut rows, |a| a.title, &db).await)[0].field, "title");
        rows[290].title = "fine".into();
        let twice = rows[0].clone();
        rows.push(twice);
        assert_eq!(refused_fields(Article::bulk_update(&mut rows, |a| a.title, &db).await)[0].field, "id");
        assert_eq!((raw_sql::count(&db, "articles WHERE title LIKE '%?'").await, updates(&db).await), (0, 0));
    }

    async fn a_clash_in_the_middle_undoes_all(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        let rows = (0..600).map(|n| Booking::builder().account(format!("{n}")).amount(Decimal::ONE).build());
        let mut rows = Booking::bulk_create(rows.collect(), &db).await.unwrap();
        let other = rows.split_off(599);
        rows.iter_mut().for_each(|row| row.account.push('x'));
        rows[555].account = other[0].account.clone();
        assert_eq!(taken_fields(Booking::bulk_update(&mut rows, |b| b.account, &db).await), ["account"]);
        assert_eq!((raw_sql::count(&db, "bookings WHERE account LIKE '%x'").await, updates(&db).await), (0, 0));
        let mut transaction = db.begin().await.unwrap();
        assert_eq!(taken_fields(Booking::bulk_update(&mut rows, |b| b.account, &mut transaction).await), ["account"]);
        rows[555].account = "free".into();
        assert_eq!(Booking::bulk_update(&mut rows, |b| b.account, &mut transaction).await.unwrap(), 599);
        transaction.commit().await.unwrap();
        assert_eq!((raw_sql::count(&db, "bookings WHERE account LIKE '%x'").await, updates(&db).await), (598, 599));
    }

    async fn a_stale_row_undoes_all(db) {
        create_tables(&[Contract::table(), Lease::table(), AuditLog::table()], &db).await.unwrap();
        let rows = (0..5).map(|n| Contract::builder().title(format!("{n}")).build());
        let mut rows = Contract::bulk_create(rows.collect(), &db).await.unwrap();
        let mut other = rows[3].clone();
        other.amount = 77;
        other.save(&db).await.unwrap();
        rows.iter_mut().for_each(|row| row.amount = 5);
        let stale = Contract::bulk_update(&mut rows, |c| c.amount, &db).await;
        assert!(matches!(&stale, Err(Error::Conflict { detail, .. }) if detail.contains("version 1 and is at version 2")), "{stale:?}");
        assert_eq!(raw_sql::count(&db, "contracts WHERE amount = 5").await, 0);
        rows[3].refresh(&db).await.unwrap();
        rows[3].amount = 5;
        assert_eq!(Contract::bulk_update(&mut rows, |c| c.amount, &db).await.unwrap(), 5);
        assert_eq!(rows.iter().map(|row| row.version).collect::<Vec<_>>(), [2, 2, 2, 3, 2]);
        rows[0].amount = 6;
        assert!(rows[0].save(&db).await.unwrap(), "the row in memory is at the version that was written");

        let mut leases = Lease::bulk_create((0..3).map(|n| Lease::builder().title(format!("{n}")).build()).collect(), &db).await.unwrap();
        leases.iter_mut().for_each(|row| row.amount = row.id);
        assert_eq!(Lease::bulk_update(&mut leases, |l| (l.amount, l.version), &db).await.unwrap(), 3);
        assert_eq!(raw_sql::column::<i64>(&db, "SELECT version FROM leases").await, [2, 2, 2]);
        leases[0].version = 1;
        assert!(matches!(Lease::bulk_update(&mut leases, |l| l.amount, &db).await, Err(Error::Conflict { .. })));
    }

    async fn masked_and_skipped_fields_are_told_as_ever(db) {
        create_tables(&[Vault::table(), Note::table(), AuditLog::table()], &db).await.unwrap();
        let jane = model_runtime::audit::AuditContext::default().actor(7, "jane");
        let mut rows = Vault::bulk_create(vec![Vault::builder().password("a").build(), Vault::builder().password("b").build()], jane.on(&db)).await.unwrap();
        rows.iter_mut().for_each(|row| row.password = "secret".into());
        assert!(matches!(Vault::bulk_update(&mut rows, |v| v.password, &db).await, Err(Error::ActorRequired { .. })));
        assert_eq!(Vault::bulk_update(&mut rows, |v| v.password, jane.on(&db)).await.unwrap(), 2);
        let told = raw_sql::column::<String>(&db, "SELECT CAST(changes AS TEXT) FROM audit_logs WHERE action = 'update' AND actor_id = '7'").await;
        assert!(told.len() == 2 && told.iter().all(|it| it.contains("***") && !it.contains("secret")), "{told:?}");

        let mut rows = Note::bulk_create((0..2).map(|n| Note::builder().text(format!("{n}")).build()).collect(), &db).await.unwrap();
        rows.iter_mut().for_each(|row| row.text.push('!'));
        assert_eq!(Note::bulk_update(&mut rows, |n| n.text, &db).await.unwrap(), 2);
        assert_eq!(rows, Note::objects().order_by(|n| n.text.asc()).fetch_all(&db).await.unwrap());
    }

    async fn many_at_once_write_all_or_wait(db) {
        let rows = articles(20, &db).await;
        let tasks = (0..32).map(|n: i32| {
            let (db, mut rows) = (db.clone(), rows.clone());
            tokio::spawn(async move {
                rows.iter_mut().for_each(|row| row.views = 100 + n);
                if n % 2 == 0 {
                    rows.reverse();
                }
                Article::bulk_update(&mut rows, |a| a.views, &db).await.unwrap()
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            assert_eq!(task.await.unwrap(), 20);
        }
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(DISTINCT views) FROM articles").await, 1);
        assert_eq!(updates(&db).await, 640);
    }
}
