//! `#[publishable]`: rule 22.

use std::collections::BTreeMap;

use PublishStatus::{Archived, Draft, Published};
use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use tests::fixtures::{DAY, blog, new_year, post, posts, titles};
use tests::models::Post;
use tests::on_both;
use tests::raw_sql::{column, execute, updates, value, watch_updates};

type Time = Option<DateTime<Utc>>;

const STATES: [PublishStatus; 3] = [Draft, Published, Archived];

/// What becomes of a row of that state: `None` is a refusal, `Some(false)` no change.
fn outcome(from: PublishStatus, to: PublishStatus) -> Option<bool> {
    match (from, to) {
        (Draft, Published) | (Draft | Published, Archived) | (Published | Archived, Draft) => Some(true),
        (Published, Published) => Some(false),
        (Archived, Published) | (Archived, Archived) | (Draft, Draft) => None,
    }
}

/// A post in that state: published, where it ever was, a day before new year.
async fn post_that_is(status: PublishStatus, db: &Pool) -> Post {
    frozen(new_year() - DAY, async {
        let mut row = post(status.as_str(), db).await;
        if status != Draft {
            assert!(row.publish(db).await.unwrap());
        }
        if status == Archived {
            assert!(row.archive(db).await.unwrap());
        }
        row
    })
    .await
}

async fn change(row: &mut Post, to: PublishStatus, db: &Pool) -> Result<bool> {
    match to {
        Draft => row.unpublish(db).await,
        Published => row.publish(db).await,
        Archived => row.archive(db).await,
    }
}

async fn change_all(query: QuerySet<Post>, to: PublishStatus, db: &Pool) -> Result<u64> {
    match to {
        Draft => query.unpublish(db).await,
        Published => query.publish(db).await,
        Archived => query.archive(db).await,
    }
}

/// Status and time of publication of the post of that title, as the database has them.
async fn stored(title: &str, db: &Pool) -> (String, Time) {
    let of = |column: &str| format!("SELECT {column} FROM posts WHERE title = '{title}'");
    (value(db, &of("status")).await, value(db, &of("published_at")).await)
}

/// The states of all posts by title, as the database has them.
async fn all_stored(db: &Pool) -> BTreeMap<String, String> {
    let titles = column::<String>(db, "SELECT title FROM posts ORDER BY title").await;
    let states = column::<String>(db, "SELECT status FROM posts ORDER BY title").await;
    titles.into_iter().zip(states).collect()
}

on_both! {
    async fn a_new_row_is_a_draft(db) {
        blog(&db).await;
        let row = post("row", &db).await;
        assert_eq!((row.status, row.published_at), (Draft, None));
        assert!(!row.is_published());
        assert_eq!(stored("row", &db).await, ("draft".to_owned(), None));
    }

    async fn all_nine_transitions_of_a_row(db) {
        blog(&db).await;
        watch_updates(&db, "posts").await;
        for (from, to) in STATES.into_iter().flat_map(|from| STATES.map(|to| (from, to))) {
            let mut row = post_that_is(from, &db).await;
            let before = row.clone();
            updates(&db).await;
            let result = frozen(new_year(), change(&mut row, to, &db)).await;
            let written = outcome(from, to) == Some(true);
            match (outcome(from, to), result) {
                (Some(wanted), Ok(changed)) => assert_eq!(changed, wanted, "{from} to {to}"),
                (None, Err(error)) => {
                    assert_eq!(error.to_string(), format!("this Post is {from} and cannot become {to}"));
                    let Error::InvalidTransition { model, from: left, to: right } = error else {
                        panic!("{error:?}")
                    };
                    assert_eq!((model, left, right), ("Post", from.as_str(), to.as_str()));
                }
                (wanted, result) => panic!("{from} to {to}: {result:?} instead of {wanted:?}"),
            }
            assert_eq!(updates(&db).await, i64::from(written), "{from} to {to}");
            let published_at = match (written, to) {
                (true, Published) => Some(new_year()),
                _ => before.published_at,
            };
            let status = if written { to } else { from };
            assert_eq!((row.status, row.published_at), (status, published_at), "{from} to {to}");
            assert_eq!(row.is_published(), status == Published, "{from} to {to}");
            assert_eq!(
                stored(&before.title, &db).await,
                (status.as_str().to_owned(), published_at),
                "{from} to {to}"
            );
            let updated_at = if written { new_year() } else { before.updated_at };
            assert_eq!(Post::get(row.id, &db).await.unwrap().updated_at, updated_at, "{from} to {to}");
            assert!(row.hard_delete(&db).await.unwrap());
        }
    }

    async fn all_nine_transitions_in_bulk(db) {
        blog(&db).await;
        watch_updates(&db, "posts").await;
        for to in STATES {
            for from in STATES {
                post_that_is(from, &db).await;
            }
            updates(&db).await;
            let changing = STATES.into_iter().filter(|from| outcome(*from, to) == Some(true)).count();
            assert_eq!(
                frozen(new_year(), change_all(Post::objects(), to, &db)).await.unwrap(),
                changing as u64
            );
            assert_eq!(updates(&db).await, changing as i64);
            for from in STATES {
                let written = outcome(from, to) == Some(true);
                let status = if written { to } else { from };
                let published_at = match (written, to) {
                    (true, Published) => Some(new_year()),
                    _ => (from != Draft).then(|| new_year() - DAY),
                };
                let expected = (status.as_str().to_owned(), published_at);
                assert_eq!(stored(from.as_str(), &db).await, expected, "{from} to {to}");
            }
            assert_eq!(
                frozen(new_year() + DAY, change_all(Post::objects(), to, &db)).await.unwrap(),
                0,
                "to {to} again"
            );
            assert_eq!(updates(&db).await, 0);
            Post::objects().hard_delete(&db).await.unwrap();
        }
    }

    async fn bulk_publication_heeds_filters(db) {
        blog(&db).await;
        posts(["a", "b", "c"], &db).await;
        let either = Post::objects().filter(|p| p.title.eq("a") | p.title.eq("b"));
        assert_eq!(either.clone().publish(&db).await.unwrap(), 2);
        assert_eq!(either.filter(|p| p.title.ne("a")).archive(&db).await.unwrap(), 1);
        let states: Vec<String> = all_stored(&db).await.into_values().collect();
        assert_eq!(states, ["published", "archived", "draft"]);
        assert_eq!(titles(Post::objects().published(), &db).await, ["a"]);
        assert_eq!(titles(Post::objects().archived(), &db).await, ["b"]);
        assert_eq!(titles(Post::objects().drafts(), &db).await, ["c"]);
        assert_eq!(Post::objects().published().drafts().count(&db).await.unwrap(), 0);
        assert_eq!(Post::objects().published().unpublish(&db).await.unwrap(), 1);
        assert_eq!(titles(Post::objects().drafts(), &db).await, ["c", "a"]);
    }

    async fn bulk_publication_of_a_slice(db) {
        blog(&db).await;
        posts(["a", "b", "c"], &db).await;
        assert_eq!(Post::objects().limit(1).publish(&db).await.unwrap(), 1);
        assert_eq!(Post::objects().limit(1).publish(&db).await.unwrap(), 0);
        assert_eq!(Post::objects().offset(1).archive(&db).await.unwrap(), 2);
        let states: Vec<String> = all_stored(&db).await.into_values().collect();
        assert_eq!(states, ["archived", "archived", "published"]);
    }

    async fn published_at_is_the_time_of_the_latest_publish(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let first = Some(new_year());
        let stays = async |row: &mut Post, time: Time| {
            assert_eq!(row.published_at, time);
            assert_eq!(stored("row", &db).await.1, time);
        };
        assert!(frozen(new_year(), row.publish(&db)).await.unwrap());
        stays(&mut row, first).await;
        assert!(!frozen(new_year() + DAY, row.publish(&db)).await.unwrap());
        stays(&mut row, first).await;
        assert!(frozen(new_year() + DAY * 2, row.unpublish(&db)).await.unwrap());
        stays(&mut row, first).await;
        assert!(frozen(new_year() + DAY * 3, row.archive(&db)).await.unwrap());
        stays(&mut row, first).await;
        assert!(frozen(new_year() + DAY * 4, row.unpublish(&db)).await.unwrap());
        stays(&mut row, first).await;
        assert!(frozen(new_year() + DAY * 5, row.publish(&db)).await.unwrap());
        stays(&mut row, Some(new_year() + DAY * 5)).await;
        assert_eq!(frozen(new_year() + DAY * 6, Post::objects().publish(&db)).await.unwrap(), 0);
        assert_eq!(frozen(new_year() + DAY * 7, Post::objects().archive(&db)).await.unwrap(), 1);
        row.refresh(&db).await.unwrap();
        stays(&mut row, Some(new_year() + DAY * 5)).await;
    }

    async fn the_database_refuses_other_states(db) {
        blog(&db).await;
        post("row", &db).await;
        for bad in ["'Published'", "''", "'deleted'", "'published '"] {
            let refused = execute(&db, &format!("UPDATE posts SET status = {bad}")).await.unwrap_err();
            assert!(refused.as_database_error().unwrap().is_check_violation(), "{bad}: {refused}");
        }
        assert!(execute(&db, "UPDATE posts SET status = NULL").await.is_err());
        let copy = |status: &str, slug: &str| {
            let id = match db.dialect() {
                Dialect::Sqlite => "randomblob(16)",
                Dialect::Postgres => "gen_random_uuid()",
            };
            format!(
                "INSERT INTO posts (id, title, content, created_at, updated_at, slug{}) \
                 SELECT {id}, 'copy', 'c', created_at, updated_at, '{slug}'{} FROM posts WHERE title = 'row'",
                if status.is_empty() { "" } else { ", status" },
                if status.is_empty() { String::new() } else { format!(", '{status}'") },
            )
        };
        let refused = execute(&db, &copy("live", "bad")).await.unwrap_err();
        assert!(refused.as_database_error().unwrap().is_check_violation(), "{refused}");
        // The schema's default is the first state.
        execute(&db, &copy("", "copy")).await.unwrap();
        assert_eq!(stored("copy", &db).await, ("draft".to_owned(), None));
        assert_eq!(stored("row", &db).await, ("draft".to_owned(), None));
    }

    async fn a_stale_row_learns_its_state(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let mut stale = row.clone();
        frozen(new_year(), row.publish(&db)).await.unwrap();
        assert_eq!(stale.status, Draft);
        assert!(!frozen(new_year() + DAY, stale.publish(&db)).await.unwrap());
        assert_eq!((stale.status, stale.published_at), (Published, Some(new_year())));
        row.archive(&db).await.unwrap();
        let refused = stale.publish(&db).await;
        assert!(
            matches!(refused, Err(Error::InvalidTransition { from: "archived", to: "published", .. })),
            "{refused:?}"
        );
        assert_eq!(stale.status, Archived);
        // What memory says does not count: the row is a draft again.
        row.unpublish(&db).await.unwrap();
        assert!(frozen(new_year() + DAY, stale.publish(&db)).await.unwrap());
        assert_eq!(stored("row", &db).await, ("published".to_owned(), Some(new_year() + DAY)));
    }

    async fn a_stale_save_does_not_unpublish(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let mut stale = row.clone();
        frozen(new_year(), row.publish(&db)).await.unwrap();
        stale.views_count = 5;
        assert!(stale.save(&db).await.unwrap());
        assert_eq!(stored("row", &db).await, ("published".to_owned(), Some(new_year())));
        // Nor does one that says so.
        (row.status, row.published_at) = (Archived, None);
        row.views_count = 6;
        assert!(row.save(&db).await.unwrap());
        assert_eq!(stored("row", &db).await, ("published".to_owned(), Some(new_year())));
        assert_eq!(value::<i32>(&db, "SELECT views_count FROM posts").await, 6);
    }

    async fn a_save_does_not_publish(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        (row.status, row.published_at) = (Published, Some(new_year()));
        assert!(!row.save(&db).await.unwrap());
        assert_eq!(stored("row", &db).await, ("draft".to_owned(), None));
    }

    async fn a_removed_row_is_not_found(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        row.hard_delete(&db).await.unwrap();
        for to in STATES {
            let gone = change(&mut row, to, &db).await;
            assert!(matches!(gone, Err(Error::NotFound { model: "Post", .. })), "{gone:?}");
        }
        assert_eq!(row.status, Draft);
    }

    async fn one_of_many_concurrent_publishes_is_the_first(db) {
        blog(&db).await;
        let row = post("row", &db).await;
        let publishes: Vec<_> = (0..8)
            .map(|_| {
                let (mut row, db) = (row.clone(), db.clone());
                tokio::spawn(async move { (row.publish(&db).await.unwrap(), row.status, row.published_at) })
            })
            .collect();
        let mut first = 0;
        for publish in publishes {
            let (was_first, status, published_at) = publish.await.unwrap();
            first += usize::from(was_first);
            assert_eq!((status.as_str().to_owned(), published_at), stored("row", &db).await);
        }
        assert_eq!(first, 1);
    }

    async fn a_rollback_undoes_a_publication(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        let mut transaction = db.begin().await.unwrap();
        assert!(row.publish(&mut transaction).await.unwrap());
        assert_eq!(Post::objects().published().count(&mut transaction).await.unwrap(), 1);
        drop(transaction);
        assert_eq!(stored("row", &db).await, ("draft".to_owned(), None));
    }
}

#[test]
fn states_have_values_and_labels() {
    assert_eq!(STATES.map(|status| status.as_str()), ["draft", "published", "archived"]);
    assert_eq!(STATES.map(|status| status.label()), ["Draft", "Published", "Archived"]);
    assert_eq!(PublishStatus::VARIANTS, STATES);
    assert_eq!("archived".parse::<PublishStatus>().ok(), Some(Archived));
    assert!("Archived".parse::<PublishStatus>().is_err());
    assert_eq!(PublishStatus::default(), Draft);
}
