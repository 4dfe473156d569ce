//! `#[timestamps]`, and rule 5 as far as `save` goes: what changes nothing writes nothing.

use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use std::time::Duration;

use tests::fixtures::{DAY, blog, new_year, post, posts, titles};
use tests::models::Post;
use tests::on_both;
use tests::raw_sql::{column, execute, updates, value, watch_updates};

const MICROSECOND: Duration = Duration::from_micros(1);

type Times = (DateTime<Utc>, DateTime<Utc>);

/// `created_at` and `updated_at` of the post of that title, as the database has them.
async fn stored(title: &str, db: &Pool) -> Times {
    let of = |column: &str| format!("SELECT {column} FROM posts WHERE title = '{title}'");
    (value(db, &of("created_at")).await, value(db, &of("updated_at")).await)
}

fn draft(title: &str) -> Post {
    Post::builder().title(title).content("Content").build()
}

on_both! {
    async fn an_insert_sets_both_times(db) {
        blog(&db).await;
        let now = new_year();
        let created = frozen(now, post("created", &db)).await;
        let mut inserted = draft("inserted");
        frozen(now, inserted.insert(&db)).await.unwrap();
        let bulk = frozen(now, Post::bulk_create(vec![draft("first"), draft("second")], &db)).await.unwrap();
        for row in [created, inserted].iter().chain(&bulk) {
            assert_eq!((row.created_at, row.updated_at), (now, now), "{row}");
            assert_eq!(stored(&row.title, &db).await, (now, now), "{row}");
        }
    }

    async fn times_are_whole_microseconds(db) {
        blog(&db).await;
        let now = new_year() + Duration::from_nanos(123_456_789);
        let whole = new_year() + Duration::from_micros(123_456);
        let mut row = frozen(now, Post::builder().title("t").content("c").created_at(now - DAY).create(&db))
            .await
            .unwrap();
        assert_eq!((row.created_at, row.updated_at), (whole - DAY, whole));
        assert_eq!(stored("t", &db).await, (whole - DAY, whole));
        frozen(now + DAY, row.delete(&db)).await.unwrap();
        assert_eq!(row.deleted_at, Some(whole + DAY));
        let mut again = row.clone();
        again.refresh(&db).await.unwrap();
        assert_eq!(again, row);
    }

    async fn an_explicit_created_at_is_honoured(db) {
        blog(&db).await;
        let (now, then) = (new_year(), new_year() - DAY * 400);
        let old = |title: &str| Post::builder().title(title).content("c").created_at(then);
        frozen(now, old("created").create(&db)).await.unwrap();
        frozen(now, Post::bulk_create(vec![old("bulk").build(), draft("unset")], &db)).await.unwrap();
        assert_eq!(stored("created", &db).await, (then, now));
        assert_eq!(stored("bulk", &db).await, (then, now));
        assert_eq!(stored("unset", &db).await, (now, now));
    }

    async fn every_write_of_a_row_sets_updated_at(db) {
        blog(&db).await;
        let mut row = frozen(new_year(), post("row", &db)).await;
        let mut now = new_year();
        macro_rules! sets_updated_at {
            ($($write:expr),+ $(,)?) => {$(
                now += DAY;
                assert!(frozen(now, $write).await.unwrap(), "{}", stringify!($write));
                assert_eq!(row.updated_at, now, "{}", stringify!($write));
                assert_eq!(stored("row", &db).await, (new_year(), now), "{}", stringify!($write));
            )+};
        }
        row.content = "other".to_owned();
        sets_updated_at!(row.save(&db));
        row.views_count = 7;
        sets_updated_at!(
            row.save_only(|p| p.views_count, &db),
            row.publish(&db),
            row.unpublish(&db),
            row.archive(&db),
            row.delete(&db),
            row.restore(&db),
        );
        let mut again = row.clone();
        again.refresh(&db).await.unwrap();
        assert_eq!(again, row);
    }

    async fn every_write_of_a_queryset_sets_updated_at(db) {
        blog(&db).await;
        let mut now = new_year();
        frozen(now, Post::bulk_create(vec![draft("a"), draft("b")], &db)).await.unwrap();
        macro_rules! sets_updated_at {
            ($($write:expr),+ $(,)?) => {$(
                now += DAY;
                assert_eq!(frozen(now, $write).await.unwrap(), 2, "{}", stringify!($write));
                for title in ["a", "b"] {
                    assert_eq!(stored(title, &db).await, (new_year(), now), "{}", stringify!($write));
                }
            )+};
        }
        sets_updated_at!(
            Post::objects().update(|p| p.views_count.set(7), &db),
            Post::objects().publish(&db),
            Post::objects().unpublish(&db),
            Post::objects().archive(&db),
            Post::objects().delete(&db),
            Post::objects().deleted().restore(&db),
            Post::objects().delete(&db),
            Post::objects().restore_all(&db),
        );
    }

    async fn what_changes_nothing_writes_nothing(db) {
        blog(&db).await;
        let mut row = frozen(new_year(), post("row", &db)).await;
        let before = row.clone();
        watch_updates(&db, "posts").await;
        let later = new_year() + DAY;
        assert!(!frozen(later, row.save(&db)).await.unwrap());
        assert!(!frozen(later, row.save_only(|p| (p.title, p.content, p.deleted_at), &db)).await.unwrap());
        assert!(!frozen(later, row.restore(&db)).await.unwrap());
        let same = Post::objects().update(|p| (p.title.set("row"), p.category_id.set(None::<Uuid>)), &db);
        assert_eq!(frozen(later, same).await.unwrap(), 0);
        assert_eq!(frozen(later, Post::objects().restore_all(&db)).await.unwrap(), 0);
        assert_eq!(row, before);
        assert_eq!(updates(&db).await, 0);
        assert_eq!(stored("row", &db).await, (new_year(), new_year()));
        // The trigger that counts does count.
        row.views_count = 1;
        assert!(frozen(later, row.save(&db)).await.unwrap());
        assert_eq!(updates(&db).await, 1);
    }

    async fn a_bulk_update_leaves_rows_that_have_the_values(db) {
        blog(&db).await;
        let [one, two] = posts(["one", "two"], &db).await;
        let mut changed = one.clone();
        changed.views_count = 5;
        frozen(new_year() + DAY * 2, changed.save(&db)).await.unwrap();
        watch_updates(&db, "posts").await;
        let now = new_year() + DAY * 3;
        assert_eq!(frozen(now, Post::objects().update(|p| p.views_count.set(5), &db)).await.unwrap(), 1);
        assert_eq!(updates(&db).await, 1);
        assert_eq!(stored("one", &db).await, (one.created_at, new_year() + DAY * 2));
        assert_eq!(stored("two", &db).await, (two.created_at, now));
    }

    async fn a_save_does_not_write_the_times_of_a_stale_row(db) {
        blog(&db).await;
        let mut row = frozen(new_year(), post("row", &db)).await;
        (row.created_at, row.updated_at) = (new_year() - DAY, new_year() - DAY);
        assert!(!frozen(new_year() + DAY, row.save(&db)).await.unwrap());
        assert_eq!(stored("row", &db).await, (new_year(), new_year()));
        row.views_count = 1;
        assert!(frozen(new_year() + DAY, row.save(&db)).await.unwrap());
        assert_eq!(stored("row", &db).await, (new_year(), new_year() + DAY));
    }

    async fn a_failed_write_leaves_the_times(db) {
        blog(&db).await;
        let mut row = frozen(new_year(), post("row", &db)).await;
        row.title = String::new();
        assert!(frozen(new_year() + DAY, row.save(&db)).await.is_err());
        assert_eq!(row.updated_at, new_year());
        assert_eq!(stored("row", &db).await, (new_year(), new_year()));
    }

    async fn the_default_order_is_newest_first(db) {
        blog(&db).await;
        posts(["first", "second", "third"], &db).await;
        assert_eq!(titles(Post::objects(), &db).await, ["third", "second", "first"]);
        assert_eq!(
            titles(Post::objects().order_by(|p| p.created_at.asc()), &db).await,
            ["first", "second", "third"]
        );
        assert_eq!(Post::objects().first(&db).await.unwrap().unwrap().title, "third");
        let created = "SELECT title FROM posts ORDER BY created_at DESC";
        assert_eq!(column::<String>(&db, created).await, titles(Post::objects(), &db).await);
    }

    async fn rows_of_the_same_instant_have_an_order_too(db) {
        blog(&db).await;
        let rows = (0..20).map(|n| draft(&n.to_string())).collect();
        let mut rows = frozen(new_year(), Post::bulk_create(rows, &db)).await.unwrap();
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        assert_eq!(Post::objects().fetch_all(&db).await.unwrap(), rows);
        let mut pages = Vec::new();
        for page in 0..7 {
            pages.extend(Post::objects().limit(3).offset(3 * page).fetch_all(&db).await.unwrap());
        }
        assert_eq!(pages, rows);
    }

    async fn recent_and_older_than_part_the_rows_at_the_microsecond(db) {
        blog(&db).await;
        let now = new_year();
        for (title, time) in [("in", now - DAY * 7), ("out", now - DAY * 7 - MICROSECOND), ("now", now)] {
            Post::builder().title(title).content("c").created_at(time).create(&db).await.unwrap();
        }
        frozen(now, async {
            assert_eq!(titles(Post::objects().recent(7), &db).await, ["now", "in"]);
            assert_eq!(titles(Post::objects().older_than(7), &db).await, ["out"]);
            assert_eq!(titles(Post::objects().recent(0), &db).await, ["now"]);
            assert_eq!(titles(Post::objects().older_than(0), &db).await, ["in", "out"]);
            assert_eq!(titles(Post::objects().recent(8).older_than(1), &db).await, ["in", "out"]);
        })
        .await;
    }

    async fn any_number_of_days_can_be_asked_for(db) {
        blog(&db).await;
        post("row", &db).await;
        for days in [36_500, 800_000, 3_000_000, u32::MAX] {
            assert_eq!(Post::objects().recent(days).count(&db).await.unwrap(), 1, "{days} days");
            assert_eq!(Post::objects().older_than(days).count(&db).await.unwrap(), 0, "{days} days");
        }
    }

    async fn updated_since_takes_the_instant_itself(db) {
        blog(&db).await;
        let [mut one, _two] = posts(["one", "two"], &db).await;
        let now = new_year() + DAY * 5;
        one.views_count = 1;
        frozen(now, one.save(&db)).await.unwrap();
        assert_eq!(titles(Post::objects().updated_since(now), &db).await, ["one"]);
        assert_eq!(Post::objects().updated_since(now + MICROSECOND).count(&db).await.unwrap(), 0);
        assert_eq!(titles(Post::objects().updated_since(new_year() + DAY), &db).await, ["two", "one"]);
    }

    async fn times_compare_by_instant_not_by_text(db) {
        blog(&db).await;
        let times = [
            Duration::ZERO,
            MICROSECOND,
            Duration::from_millis(100),
            Duration::from_millis(120),
            Duration::from_secs(1),
        ];
        for (n, after) in times.into_iter().enumerate() {
            let row = Post::builder().title(n.to_string()).content("c").created_at(new_year() + after);
            row.create(&db).await.unwrap();
        }
        assert_eq!(titles(Post::objects(), &db).await, ["4", "3", "2", "1", "0"]);
        for (n, after) in (0..).zip(times) {
            let until = Post::objects().filter(|p| p.created_at.lt(new_year() + after));
            assert_eq!(until.count(&db).await.unwrap(), n, "before {after:?}");
        }
    }

    async fn a_time_of_another_offset_is_the_same_instant(db) {
        blog(&db).await;
        post("row", &db).await;
        execute(&db, "UPDATE posts SET created_at = '2026-01-01T05:30:00+05:30'").await.unwrap();
        let row = Post::objects().get(&db).await.unwrap();
        assert_eq!(row.created_at, new_year());
    }

    async fn the_indexes_are_in_the_database(db) {
        blog(&db).await;
        let indexes = match db.dialect() {
            Dialect::Sqlite => "SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE INDEX %'",
            Dialect::Postgres => "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        };
        let indexes = column::<String>(&db, indexes).await;
        for wanted in ["(created_at DESC, id DESC)", "(updated_at DESC)"] {
            let is_wanted = |index: &String| {
                let index = index.replace('"', "");
                index.contains("posts") && index.ends_with(wanted)
            };
            assert!(indexes.iter().any(is_wanted), "{wanted} is not in {indexes:#?}");
        }
    }
}
