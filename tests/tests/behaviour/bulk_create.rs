//! Inserting many rows at once: all or none, in any number.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use model_runtime::prelude::*;
use model_runtime::schema;
use serde_json::json;
use tests::fixtures::{blog, refused_fields, taken_fields};
use tests::models::{Author, Category, Everything, Post, Size, Task};
use tests::{on_both, raw_sql};

fn tasks(count: usize) -> Vec<Task> {
    (0..count).map(|i| Task::builder().title(format!("{i:05}")).build()).collect()
}

async fn task_table(db: &Pool) {
    schema::create_tables(&[Task::table()], db).await.unwrap();
}

fn categories(count: usize) -> Vec<Category> {
    (0..count).map(|i| Category::builder().name("Name").slug(format!("{i:05}")).build()).collect()
}

on_both! {
    async fn any_number_of_rows(db) {
        blog(&db).await;
        for count in [0, 1, 10, 49, 50, 51, 100, 5_000] {
            let rows = categories(count);
            let created = Category::bulk_create(rows.clone(), &db).await.unwrap();
            assert_eq!(raw_sql::count(&db, "categories").await, count as i64);
            let keys = |rows: &[Category]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(keys(&created), keys(&rows), "in the order given");
            let mut read = Category::objects().order_by(|c| c.slug.asc()).fetch_all(&db).await.unwrap();
            assert_eq!(read, created, "memory holds what the database holds");
            read.dedup_by_key(|row| row.created_at);
            assert!(read.len() <= 1, "all are made at the same time");
            raw_sql::execute(&db, "DELETE FROM categories").await.unwrap();
        }
    }

    async fn keys_made_by_the_database_come_in_order(db) {
        task_table(&db).await;
        Task::builder().title("before").create(&db).await.unwrap();
        let created = Task::bulk_create(tasks(1_234), &db).await.unwrap();
        assert!(created.windows(2).all(|pair| pair[0].id < pair[1].id));
        let read = Task::objects().filter(|t| t.title.ne("before")).order_by(|t| t.id.asc());
        assert_eq!(read.fetch_all(&db).await.unwrap(), created, "each row has its own key");
        let next = Task::builder().title("after").create(&db).await.unwrap();
        assert!(next.id > created[1_233].id);
    }

    async fn wide_rows_with_every_type(db) {
        schema::create_tables(&[Everything::table()], &db).await.unwrap();
        let rows = (0..300_u32).map(|i| {
            let some = i % 3 == 0;
            Everything {
                integer: i as i32,
                text: format!("{i} '\"\\ é"),
                real: i as f32 / 3.0,
                double: f64::from(i) / 3.0,
                price: Decimal::new(i.into(), 3),
                json: json!({ "i": i, "list": [null, i] }),
                bytes: i.to_be_bytes().into(),
                ip: std::net::IpAddr::from(i.to_be_bytes()),
                size: if some { Size::Small } else { Size::ExtraLarge },
                maybe_uuid: some.then(Uuid::new_v4),
                maybe_text: some.then(String::new),
                maybe_boolean: some.then_some(i % 2 == 0),
                maybe_small: some.then_some(i as i16),
                maybe_big: some.then_some(i64::MIN),
                maybe_real: some.then_some(0.1),
                maybe_double: some.then_some(-0.1),
                maybe_price: some.then(|| Decimal::new(-i64::from(i), 6)),
                maybe_moment: some.then(|| DateTime::from_timestamp(i.into(), 1_999).unwrap()),
                maybe_day: some.then(|| NaiveDate::from_ymd_opt(2000 + i as i32, 1, 1).unwrap()),
                maybe_json: some.then(|| json!([i])),
                maybe_bytes: some.then(Vec::new),
                maybe_ip: some.then(|| "::1".parse().unwrap()),
                maybe_size: some.then_some(Size::ExtraLarge),
                ..Everything::sample()
            }
        });
        let created = Everything::bulk_create(rows.collect(), &db).await.unwrap();
        let read = Everything::objects().order_by(|e| e.integer.asc()).fetch_all(&db).await.unwrap();
        assert_eq!(read, created);
        assert_eq!(read[5].price.to_string(), "0.01", "0.005 is rounded");
    }

    async fn hooks_and_capabilities_run_for_each_row(db) {
        blog(&db).await;
        let rows =
            (0..60).map(|i| Post::builder().title(format!("Post {i}")).content("x".repeat(500 + i)).build());
        let created = Post::bulk_create(rows.collect(), &db).await.unwrap();
        assert_eq!(created[0].excerpt, "x".repeat(500));
        assert_eq!(created[1].excerpt, "x".repeat(497) + "...");
        let read = Post::objects().order_by(|p| p.id.asc()).fetch_all(&db).await.unwrap();
        assert_eq!(read.len(), 60);
        for row in &created {
            assert_eq!(row.slug, row.title.to_lowercase().replace(' ', "-"));
            assert!(read.contains(row));
        }
        assert_eq!(raw_sql::count(&db, "posts WHERE length(excerpt) = 500").await, 60);
    }

    async fn equal_titles_get_slugs_of_their_own(db) {
        blog(&db).await;
        Post::builder().title("Same").content("C").create(&db).await.unwrap();
        let rows = (0..600).map(|_| Post::builder().title("Same").content("C").build()).collect();
        let created = Post::bulk_create(rows, &db).await.unwrap();
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(DISTINCT slug) FROM posts").await, 601);
        for row in &created {
            assert_eq!(Post::get(row.id, &db).await.unwrap(), *row, "memory holds the slug that was taken");
        }
    }

    async fn one_invalid_row_and_nothing_is_written(db) {
        blog(&db).await;
        for bad in [0, 350, 699] {
            let mut rows = categories(700);
            rows[bad].name = "x".repeat(101);
            let errors = refused_fields(Category::bulk_create(rows, &db).await);
            assert_eq!((errors.len(), &*errors[0].field), (1, "name"));
            assert_eq!(raw_sql::count(&db, "categories").await, 0);
        }
        let mut rows =
            (0..600).map(|i| Post::builder().title(format!("{i}")).content("C").build()).collect::<Vec<_>>();
        rows[599].title = " ".to_owned();
        assert_eq!(
            refused_fields(Post::bulk_create(rows, &db).await)[0].field,
            "title",
            "the hook refuses it"
        );
        assert_eq!(raw_sql::count(&db, "posts").await, 0);
    }

    async fn a_clash_in_a_later_chunk_and_nothing_is_written(db) {
        blog(&db).await;
        task_table(&db).await;
        let mut rows = categories(5_000);
        rows[4_999].slug = rows[0].slug.clone();
        assert_eq!(taken_fields(Category::bulk_create(rows, &db).await), ["slug"]);
        assert_eq!(raw_sql::count(&db, "categories").await, 0);
        let mut rows = tasks(700);
        rows[699].title = rows[60].title.clone();
        assert_eq!(taken_fields(Task::bulk_create(rows, &db).await), ["title"]);
        assert_eq!(raw_sql::count(&db, "tasks").await, 0);
        let mut rows =
            (0..700).map(|i| Post::builder().title(format!("{i}")).content("C").build()).collect::<Vec<_>>();
        rows[699].author_id = Some(Uuid::nil());
        refused_fields(Post::bulk_create(rows, &db).await);
        assert_eq!((raw_sql::count(&db, "posts").await, Author::objects().count(&db).await.unwrap()), (0, 0));
        // The pool is as it was.
        assert_eq!(Category::bulk_create(categories(120), &db).await.unwrap().len(), 120);
        assert_eq!(raw_sql::count(&db, "categories").await, 120);
    }

    async fn the_same_key_twice(db) {
        blog(&db).await;
        let mut rows = categories(2);
        rows[1].id = rows[0].id;
        assert_eq!(taken_fields(Category::bulk_create(rows, &db).await), ["id"]);
        assert_eq!(raw_sql::count(&db, "categories").await, 0);
    }

    async fn a_cancelled_write_is_all_or_nothing(db) {
        task_table(&db).await;
        let mut context = Context::from_waker(Waker::noop());
        let mut finished = 0;
        for polls in 0..40 {
            let rows = (0..600).map(|i| Task::builder().title(format!("{polls:02}/{i}")).build());
            let mut future = pin!(Task::bulk_create(rows.collect(), &db));
            for _ in 0..polls {
                if future.as_mut().poll(&mut context).is_ready() {
                    finished += 1;
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        assert!(finished < 40, "some are cancelled");
        // Each connection in turn: what was cancelled on it comes to its end before anything else.
        let mut connections = Vec::new();
        for i in 0..4 {
            let mut connection = db.acquire().await.unwrap();
            Task::builder().title(format!("after {i}")).create(&mut connection).await.unwrap();
            connections.push(connection);
        }
        drop(connections);
        let written = "SELECT COUNT(*) FROM tasks WHERE title LIKE '%/%' GROUP BY substr(title, 1, 2)";
        let written = raw_sql::column::<i64>(&db, written).await;
        assert!(written.len() >= finished && written.iter().all(|rows| *rows == 600), "{written:?}");
        assert_eq!(raw_sql::count(&db, "tasks WHERE title LIKE 'after%'").await, 4);
    }
}
