//! Those of many rows that clash with no other.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::fixtures::refused_fields;
use tests::models::{Everything, Page, Task};
use tests::recorded::{Article, Booking};
use tests::{on_both, raw_sql};

fn booking(account: &str, amount: i64) -> Booking {
    Booking::builder().account(account).amount(Decimal::new(amount, 2)).build()
}

on_both! {
    async fn those_that_clash_are_left_out(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        booking("B", 1).insert(&db).await.unwrap();
        let rows = ["A", "B", "C", "A"].into_iter().zip(2..).map(|(account, amount)| booking(account, amount));
        let created = Booking::bulk_create_new(rows.collect(), &db).await.unwrap();
        let accounts: Vec<_> = created.iter().map(|b| (b.account.as_str(), b.amount)).collect();
        assert_eq!(accounts, [("A", Decimal::new(2, 2)), ("C", Decimal::new(4, 2))]);
        for row in &created {
            assert_eq!(row, &Booking::get(row.id, &db).await.unwrap());
        }
        let recorded = raw_sql::column::<String>(&db, "SELECT object_id FROM audit_logs WHERE action = 'create' ORDER BY id").await;
        assert_eq!(recorded.len(), 3, "only what was inserted is on record");
        assert!(Booking::bulk_create_new(Vec::new(), &db).await.unwrap().is_empty());
    }

    async fn a_deleted_row_is_no_clash(db) {
        create_tables(&[Task::table()], &db).await.unwrap();
        let task = |title: &str| Task::builder().title(title).build();
        let mut gone = Task::builder().title("A").create(&db).await.unwrap();
        gone.delete(&db).await.unwrap();
        Task::builder().title("B").create(&db).await.unwrap();
        let created = Task::bulk_create_new(vec![task("A"), task("B"), task("C")], &db).await.unwrap();
        assert_eq!(created.iter().map(|t| t.title.as_str()).collect::<Vec<_>>(), ["A", "C"]);
        assert_eq!(raw_sql::count(&db, "tasks").await, 4);
    }

    async fn slugs_that_are_made_are_varied_and_others_clash(db) {
        create_tables(&[Article::table(), AuditLog::table()], &db).await.unwrap();
        let article = |title: &str| Article::builder().title(title).build();
        let mut old = Article::builder().title("Former").create(&db).await.unwrap();
        old.slug = "latter".into();
        old.save(&db).await.unwrap();
        let mut given = article("Given");
        given.slug = "latter".into();
        let mut history = article("History");
        history.slug = "former".into();
        let rows = vec![article("Same"), given, article("Same"), history, article("Former"), article("Latter")];
        let created = Article::bulk_create_new(rows, &db).await.unwrap();
        let titles: Vec<_> = created.iter().map(|a| a.title.as_str()).collect();
        assert_eq!(titles, ["Same", "Same", "Former", "Latter"], "a slug that is given clashes, with a former one too");
        let mut slugs: Vec<_> = created.iter().map(|a| a.slug.as_str()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert!(slugs.len() == 4 && !slugs.contains(&"former") && !slugs.contains(&"latter"), "{slugs:?}");
        assert_eq!(raw_sql::count(&db, "articles").await, 5);
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'create'").await, 5);
    }

    async fn what_fails_otherwise_undoes_all(db) {
        create_tables(&[Everything::table(), Page::table()], &db).await.unwrap();
        let row = |price: i64| Everything { price: Decimal::new(price, 2), ..Everything::sample() };
        let refused = Everything::bulk_create_new((0..600).map(|n| row(if n == 555 { -1 } else { n })).collect(), &db).await;
        assert!(matches!(refused, Err(Error::Validation(_))), "the schema's check: {refused:?}");
        assert_eq!(raw_sql::count(&db, "everything").await, 0);
        let same = row(1);
        let created = Everything::bulk_create_new(vec![same.clone(), row(2), same.clone()], &db).await.unwrap();
        assert_eq!(created.len(), 2);
        assert_eq!(created[0], same, "every type comes back as it was given");

        let refused = Page::bulk_create_new(vec![Page::builder().position(1).build(), Page::builder().position(2).parent_id(99).build()], &db).await;
        assert_eq!(refused_fields(refused).len(), 1, "a reference to nothing");
        let refused = Page::bulk_create_new(vec![Page::builder().position(1).build(), Page::builder().position(2).title("x".repeat(81)).build()], &db).await;
        assert_eq!(refused_fields(refused)[0].field, "title");
        assert_eq!(raw_sql::count(&db, "pages").await, 0);
    }

    async fn of_many_at_once_each_row_is_made_once(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        let tasks = (0..16).map(|n: usize| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut rows: Vec<_> = (0..300).map(|account| booking(&format!("{account:03}"), 1)).collect();
                rows.rotate_left(n);
                Booking::bulk_create_new(rows, &db).await.unwrap().len()
            })
        });
        let mut created = 0;
        for task in tasks.collect::<Vec<_>>() {
            created += task.await.unwrap();
        }
        assert_eq!((created, raw_sql::count(&db, "bookings").await, raw_sql::count(&db, "audit_logs").await), (300, 300, 300));
    }
}
