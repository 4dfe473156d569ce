//! Updates of querysets that return the rows.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::fixtures::{refused_fields, taken_fields};
use tests::models::Task;
use tests::recorded::{Article, Booking, Lease};
use tests::{on_both, raw_sql};

on_both! {
    async fn the_rows_that_changed_come_back_as_they_are(db) {
        create_tables(&[Article::table(), AuditLog::table()], &db).await.unwrap();
        for (title, views) in [("One", 1), ("Two", 2), ("Three", 3)] {
            Article::builder().title(title).views(views).create(&db).await.unwrap();
        }
        let rows = Article::objects().filter(|a| a.title.ne("One"));
        let rows = rows.update_returning(|a| (a.views.set(a.views * 0 + 3), a.content.set("")), &db).await.unwrap();
        assert_eq!(rows.iter().map(|a| (a.title.as_str(), a.views)).collect::<Vec<_>>(), [("Two", 3)], "the third had the value");
        assert_eq!(rows[0], Article::get(rows[0].id, &db).await.unwrap());
        assert_eq!((rows[0].history().len(), rows[0].updated_at > rows[0].created_at), (1, true));
        let told = raw_sql::value::<String>(&db, "SELECT CAST(changes AS TEXT) FROM audit_logs WHERE action = 'update'").await;
        assert_eq!(serde_json::from_str::<serde_json::Value>(&told).unwrap(), serde_json::json!({ "views": { "old": 2, "new": 3 } }));
        let all = Article::objects().update_returning(|a| a.views.set(9), &db).await.unwrap();
        assert!(all.len() == 3 && all.is_sorted_by_key(|a| a.id));
        assert_eq!(Article::objects().update_returning(|a| a.views.set(9), &db).await.unwrap(), []);
        assert_eq!(Article::objects().update_returning(|_| Vec::new(), &db).await.unwrap(), []);
    }

    async fn two_do_not_take_the_same_from_a_queue(db) {
        create_tables(&[Task::table()], &db).await.unwrap();
        for round in 0..2 {
            let tasks = (0..40).map(|i| Task::builder().title(format!("{round} {i}")).build());
            Task::bulk_create(tasks.collect(), &db).await.unwrap();
            let workers = (0..8).map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let open = Task::objects().filter(|t| t.completed.eq(false)).order_by(|t| t.title.asc()).limit(5);
                    open.update_returning(|t| t.completed.set(true), &db).await.unwrap()
                })
            });
            let mut taken = Vec::new();
            for worker in workers.collect::<Vec<_>>() {
                taken.extend(worker.await.unwrap().into_iter().map(|task| task.id));
            }
            let (all, mut once) = (taken.len(), taken);
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), all, "a task was taken twice");
        }
    }

    async fn a_slice_that_waits_is_chosen_again(db) {
        create_tables(&[Task::table()], &db).await.unwrap();
        let tasks = ["a", "b", "c"].map(|title| Task::builder().title(title).build());
        Task::bulk_create(tasks.into(), &db).await.unwrap();
        let next = || Task::objects().filter(|t| t.completed.eq(false)).order_by(|t| t.title.asc()).limit(2);
        let mut transaction = db.begin().await.unwrap();
        assert_eq!(next().update(|t| t.completed.set(true), &mut transaction).await.unwrap(), 2);
        let waiting = tokio::spawn({
            let db = db.clone();
            async move { next().update_returning(|t| t.completed.set(true), &db).await.unwrap() }
        });
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        transaction.commit().await.unwrap();
        let titles: Vec<_> = waiting.await.unwrap().into_iter().map(|task| task.title).collect();
        assert!(titles.is_empty() || titles == ["c"], "{titles:?}");
    }

    async fn a_slice_can_be_taken_from_a_queue(db) {
        create_tables(&[Task::table(), Lease::table()], &db).await.unwrap();
        let tasks = ["c", "a", "b"].map(|title| Task::builder().title(title).build());
        Task::bulk_create(tasks.into(), &db).await.unwrap();
        let next = || Task::objects().filter(|t| t.completed.eq(false)).order_by(|t| t.title.asc()).limit(2);
        let mine = next().update_returning(|t| t.completed.set(true), &db).await.unwrap();
        let mut titles: Vec<_> = mine.iter().map(|t| t.title.as_str()).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["a", "b"]);
        assert_eq!(next().update_returning(|t| t.completed.set(true), &db).await.unwrap().len(), 1);
        Lease::builder().title("x").create(&db).await.unwrap();
        let leases = Lease::objects().update_returning(|l| l.amount.set(l.amount + 5), &db).await.unwrap();
        assert_eq!((leases[0].version, leases[0].amount), (2, 5));
    }

    async fn what_is_refused_returns_nothing_and_writes_nothing(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        for account in ["A", "B"] {
            Booking::builder().account(account).amount(Decimal::ONE).create(&db).await.unwrap();
        }
        assert_eq!(taken_fields(Booking::objects().update_returning(|b| b.account.set("C"), &db).await), ["account"]);
        let refused = Booking::objects().update_returning(|b| b.account.set("a\0b"), &db).await;
        assert_eq!(refused_fields(refused)[0].field, "account");
        assert_eq!(raw_sql::column::<String>(&db, "SELECT account FROM bookings ORDER BY id").await, ["A", "B"]);
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 2);
    }
}
