//! `#[soft_delete]`: rules 19, 20 and 21. The default scope is in `default_scope.rs`.

use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::fixtures::{DAY, blog, new_year, post, posts, taken_fields};
use tests::models::{Author, Post, Task};
use tests::on_both;
use tests::raw_sql::{column, count, execute, updates, value, watch_updates};

type Time = Option<DateTime<Utc>>;

/// A place in a room, taken once among live rows.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "seats", unchecked)]
#[soft_delete]
#[unique(room, number)]
#[unique("lower(guest)", name = "seats_guest_key", where = "guest <> ''")]
struct Seat {
    room: String,
    number: i32,
    #[column(default)]
    guest: String,
}

fn task(title: &str) -> Task {
    Task::builder().title(title).build()
}

async fn tasks(db: &Pool) {
    create_tables(&[Task::table()], db).await.unwrap();
}

/// `deleted_at` of the post of that title, as the database has it.
async fn deleted_at(title: &str, db: &Pool) -> Time {
    value(db, &format!("SELECT deleted_at FROM posts WHERE title = '{title}'")).await
}

/// The titles of the live tasks, as the database has them.
async fn live_tasks(db: &Pool) -> Vec<String> {
    column(db, "SELECT title FROM tasks WHERE removed_at IS NULL ORDER BY title").await
}

on_both! {
    async fn delete_marks_and_restore_unmarks(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        assert!(!row.is_deleted());
        assert!(frozen(new_year(), row.delete(&db)).await.unwrap());
        assert!(row.is_deleted());
        assert_eq!(row.deleted_at, Some(new_year()));
        assert_eq!(deleted_at("row", &db).await, Some(new_year()));
        assert!(row.restore(&db).await.unwrap());
        assert!(!row.is_deleted());
        assert_eq!(row.deleted_at, None);
        assert_eq!(deleted_at("row", &db).await, None);
        assert_eq!(Post::get(row.id, &db).await.unwrap(), row);
    }

    async fn deleting_twice_keeps_the_first_time(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let mut stale = row.clone();
        assert!(frozen(new_year(), row.delete(&db)).await.unwrap());
        watch_updates(&db, "posts").await;
        assert!(!frozen(new_year() + DAY, row.delete(&db)).await.unwrap());
        assert!(!frozen(new_year() + DAY, stale.delete(&db)).await.unwrap());
        assert_eq!(row.deleted_at, Some(new_year()));
        assert_eq!(stale.deleted_at, Some(new_year()));
        let bulk = Post::objects().all_with_deleted().delete(&db);
        assert_eq!(frozen(new_year() + DAY, bulk).await.unwrap(), 0);
        assert_eq!(frozen(new_year() + DAY, Post::objects().deleted().delete(&db)).await.unwrap(), 0);
        assert_eq!(deleted_at("row", &db).await, Some(new_year()));
        assert_eq!(updates(&db).await, 0);
    }

    async fn restoring_a_live_row_changes_nothing(db) {
        blog(&db).await;
        let mut row = frozen(new_year(), post("row", &db)).await;
        let before = row.clone();
        watch_updates(&db, "posts").await;
        assert!(!row.restore(&db).await.unwrap());
        assert_eq!(row, before);
        assert_eq!(Post::objects().restore(&db).await.unwrap(), 0);
        assert_eq!(Post::objects().all_with_deleted().restore(&db).await.unwrap(), 0);
        assert_eq!(Post::objects().restore_all(&db).await.unwrap(), 0);
        assert_eq!(updates(&db).await, 0);
        assert_eq!(Post::get(row.id, &db).await.unwrap(), before);
    }

    async fn a_row_in_memory_learns_what_others_did(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let (mut deletes, mut restores) = (row.clone(), row.clone());
        assert!(frozen(new_year(), row.delete(&db)).await.unwrap());
        assert!(restores.restore(&db).await.unwrap());
        assert!(deletes.delete(&db).await.unwrap());
        // Memory says deleted since new year; it was restored and deleted again.
        assert!(!row.delete(&db).await.unwrap());
        assert_eq!(row.deleted_at, deletes.deleted_at);
        assert!(row.restore(&db).await.unwrap());
        assert!(!deletes.restore(&db).await.unwrap());
        assert_eq!(deletes.deleted_at, None);
    }

    async fn one_of_many_concurrent_deletes_is_the_first(db) {
        blog(&db).await;
        let row = post("row", &db).await;
        let deletes = (0..8).map(|_| {
            let (mut row, db) = (row.clone(), db.clone());
            tokio::spawn(async move { (row.delete(&db).await.unwrap(), row.deleted_at) })
        });
        let mut first = Vec::new();
        let mut times = Vec::new();
        for delete in deletes.collect::<Vec<_>>() {
            let (was_first, time) = delete.await.unwrap();
            first.extend(was_first.then_some(time));
            times.push(time);
        }
        assert_eq!(first.len(), 1);
        assert_eq!(deleted_at("row", &db).await, first[0]);
        assert_eq!(times, vec![first[0]; 8]);
    }

    async fn a_removed_row_is_not_found(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let stale = row.clone();
        assert!(row.hard_delete(&db).await.unwrap());
        assert_eq!(count(&db, "posts").await, 0);
        assert!(!stale.hard_delete(&db).await.unwrap());
        for gone in [row.delete(&db).await, row.restore(&db).await, row.save(&db).await] {
            assert!(matches!(gone, Err(Error::NotFound { model: "Post", .. })), "{gone:?}");
        }
        assert!(matches!(row.refresh(&db).await, Err(Error::NotFound { .. })));
        assert_eq!(count(&db, "posts").await, 0);
    }

    async fn hard_delete_removes_rows_live_and_deleted(db) {
        tasks(&db).await;
        let rows = ["a", "b", "c", "d", "e"].map(task);
        let mut rows = Task::bulk_create(rows.into(), &db).await.unwrap();
        for row in &mut rows[..3] {
            row.delete(&db).await.unwrap();
        }
        assert!(rows[0].hard_delete(&db).await.unwrap());
        assert!(rows[4].hard_delete(&db).await.unwrap());
        assert_eq!(column::<String>(&db, "SELECT title FROM tasks ORDER BY title").await, ["b", "c", "d"]);
        assert_eq!(Task::objects().deleted().filter(|t| t.title.eq("b")).hard_delete(&db).await.unwrap(), 1);
        assert_eq!(Task::objects().hard_delete(&db).await.unwrap(), 1);
        assert_eq!(column::<String>(&db, "SELECT title FROM tasks").await, ["c"]);
        assert_eq!(Task::objects().hard_delete(&db).await.unwrap(), 0);
    }

    async fn methods_of_several_capabilities_chain(db) {
        blog(&db).await;
        let mut rows = posts(["old", "new", "live"], &db).await;
        for row in &mut rows[..2] {
            row.delete(&db).await.unwrap();
        }
        let now = new_year() + DAY * 8;
        let removed =
            frozen(now, async { Post::objects().deleted().recent(7).hard_delete(&db).await.unwrap() }).await;
        assert_eq!(removed, 1);
        assert_eq!(column::<String>(&db, "SELECT title FROM posts ORDER BY title").await, ["live", "old"]);
    }

    async fn values_are_unique_among_live_rows(db) {
        tasks(&db).await;
        let mut first = task("title");
        first.insert(&db).await.unwrap();
        assert_eq!(taken_fields(task("title").insert(&db).await), ["title"]);
        assert_eq!(taken_fields(Task::bulk_create(vec![task("other"), task("title")], &db).await), ["title"]);
        assert_eq!(live_tasks(&db).await, ["title"]);
        first.delete(&db).await.unwrap();
        let mut second = task("title");
        second.insert(&db).await.unwrap();
        assert_eq!(taken_fields(task("title").insert(&db).await), ["title"]);
        // Any number of deleted rows can have the value.
        second.delete(&db).await.unwrap();
        task("title").insert(&db).await.unwrap();
        assert_eq!(count(&db, "tasks").await, 3);
        let plain = execute(&db, "INSERT INTO tasks (title) VALUES ('title')").await;
        assert!(plain.unwrap_err().as_database_error().unwrap().is_unique_violation());
    }

    async fn restoring_into_a_taken_value_leaves_the_row_deleted(db) {
        tasks(&db).await;
        let mut first = task("title");
        first.insert(&db).await.unwrap();
        first.delete(&db).await.unwrap();
        task("title").insert(&db).await.unwrap();
        let before = first.clone();
        let error = first.restore(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "another Task has the same title");
        assert_eq!(taken_fields::<bool>(Err(error)), ["title"]);
        assert_eq!(first, before);
        assert_eq!(live_tasks(&db).await, ["title"]);
        // With another value it can come back.
        first.title = "other".to_owned();
        assert!(first.save(&db).await.unwrap());
        assert!(first.restore(&db).await.unwrap());
        assert_eq!(live_tasks(&db).await, ["other", "title"]);
    }

    async fn a_bulk_restore_into_a_taken_value_restores_none(db) {
        tasks(&db).await;
        let mut rows = Task::bulk_create(["free", "taken"].map(task).into(), &db).await.unwrap();
        for row in &mut rows {
            row.delete(&db).await.unwrap();
        }
        task("taken").insert(&db).await.unwrap();
        assert_eq!(taken_fields(Task::objects().deleted().restore(&db).await), ["title"]);
        assert_eq!(taken_fields(Task::objects().restore_all(&db).await), ["title"]);
        assert_eq!(live_tasks(&db).await, ["taken"]);
        let free = Task::objects().deleted().filter(|t| t.title.eq("free"));
        assert_eq!(free.restore(&db).await.unwrap(), 1);
        assert_eq!(live_tasks(&db).await, ["free", "taken"]);
    }

    async fn two_deleted_rows_of_one_value_are_not_both_restored(db) {
        tasks(&db).await;
        for _ in 0..2 {
            let mut row = task("title");
            row.insert(&db).await.unwrap();
            row.delete(&db).await.unwrap();
        }
        assert_eq!(taken_fields(Task::objects().restore_all(&db).await), ["title"]);
        assert_eq!(live_tasks(&db).await, [""; 0]);
        let newest = Task::objects().deleted().order_by(|t| t.id.desc()).limit(1);
        assert_eq!(newest.restore(&db).await.unwrap(), 1);
        assert_eq!(live_tasks(&db).await, ["title"]);
    }

    async fn saving_into_a_taken_value_writes_nothing(db) {
        tasks(&db).await;
        let mut rows = Task::bulk_create(["one", "two", "gone"].map(task).into(), &db).await.unwrap();
        rows[2].delete(&db).await.unwrap();
        rows[1].title = "one".to_owned();
        assert_eq!(taken_fields(rows[1].save(&db).await), ["title"]);
        assert_eq!(taken_fields(Task::objects().update(|t| t.title.set("one"), &db).await), ["title"]);
        assert_eq!(live_tasks(&db).await, ["one", "two"]);
        rows[1].title = "gone".to_owned();
        assert!(rows[1].save(&db).await.unwrap());
        assert_eq!(live_tasks(&db).await, ["gone", "one"]);
    }

    async fn composite_and_conditional_values_are_unique_among_live_rows(db) {
        create_tables(&[Seat::table()], &db).await.unwrap();
        let seat = |number, guest: &str| Seat::builder().room("A").number(number).guest(guest);
        let mut ada = seat(1, "Ada").create(&db).await.unwrap();
        seat(2, "").create(&db).await.unwrap();
        seat(3, "").create(&db).await.unwrap();
        assert_eq!(taken_fields(seat(1, "").create(&db).await), ["room", "number"]);
        assert_eq!(taken_fields(seat(4, "ADA").create(&db).await).len(), 1);
        ada.delete(&db).await.unwrap();
        let mut one = seat(1, "").create(&db).await.unwrap();
        assert_eq!(taken_fields(ada.restore(&db).await), ["room", "number"]);
        one.delete(&db).await.unwrap();
        seat(4, "ada").create(&db).await.unwrap();
        assert_eq!(taken_fields(ada.restore(&db).await).len(), 1);
        let live = "SELECT number FROM seats WHERE deleted_at IS NULL ORDER BY number";
        assert_eq!(column::<i32>(&db, live).await, [2, 3, 4]);
    }

    async fn a_stale_save_does_not_resurrect(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let mut stale = row.clone();
        frozen(new_year(), row.delete(&db)).await.unwrap();
        stale.views_count = 9;
        assert!(stale.save(&db).await.unwrap());
        assert_eq!(deleted_at("row", &db).await, Some(new_year()));
        assert_eq!(value::<i32>(&db, "SELECT views_count FROM posts").await, 9);
        // Nor does one that says so.
        row.deleted_at = None;
        row.views_count = 10;
        assert!(row.save(&db).await.unwrap());
        assert_eq!(deleted_at("row", &db).await, Some(new_year()));
        assert_eq!(Post::objects().count(&db).await.unwrap(), 0);
    }

    async fn a_save_does_not_delete(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        row.deleted_at = Some(new_year());
        assert!(!row.save(&db).await.unwrap());
        assert_eq!(deleted_at("row", &db).await, None);
    }

    async fn deleted_rows_are_edited_like_live_ones(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        row.delete(&db).await.unwrap();
        row.content = "other".to_owned();
        assert!(row.save(&db).await.unwrap());
        row.views_count = 3;
        assert!(row.save_only(|p| p.views_count, &db).await.unwrap());
        assert!(row.publish(&db).await.unwrap());
        let mut again = row.clone();
        again.refresh(&db).await.unwrap();
        assert_eq!(again, row);
        assert!(again.is_deleted() && again.is_published());
        assert_eq!(value::<String>(&db, "SELECT content FROM posts").await, "other");
    }

    async fn a_deleted_row_still_refers(db) {
        blog(&db).await;
        let mut author = Author::builder().email("a@example.com").create(&db).await.unwrap();
        let mut row =
            Post::builder().title("row").content("c").author_id(author.id).create(&db).await.unwrap();
        row.delete(&db).await.unwrap();
        assert!(matches!(author.delete(&db).await, Err(Error::Protected { model: "Author", .. })));
        assert!(matches!(Author::objects().delete(&db).await, Err(Error::Protected { .. })));
        assert_eq!(count(&db, "authors").await, 1);
        assert!(row.hard_delete(&db).await.unwrap());
        assert!(author.delete(&db).await.unwrap());
        assert_eq!(count(&db, "authors").await, 0);
    }

    async fn a_model_without_it_removes(db) {
        blog(&db).await;
        let mut author = Author::builder().email("a@example.com").create(&db).await.unwrap();
        Author::builder().email("b@example.com").create(&db).await.unwrap();
        assert!(author.delete(&db).await.unwrap());
        assert!(!author.delete(&db).await.unwrap());
        assert_eq!(column::<String>(&db, "SELECT email FROM authors").await, ["b@example.com"]);
        assert_eq!(Author::objects().delete(&db).await.unwrap(), 1);
        assert_eq!(count(&db, "authors").await, 0);
    }

    async fn a_rollback_undoes_a_deletion(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let mut transaction = db.begin().await.unwrap();
        assert!(row.delete(&mut transaction).await.unwrap());
        assert_eq!(Post::objects().count(&mut transaction).await.unwrap(), 0);
        transaction.rollback().await.unwrap();
        assert_eq!(deleted_at("row", &db).await, None);
        assert_eq!(Post::objects().count(&db).await.unwrap(), 1);
    }
}
