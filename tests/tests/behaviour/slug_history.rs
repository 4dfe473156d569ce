//! Rule 23: a changed slug leaves its old one resolving to the row, and no other row may take it.

use model_runtime::prelude::*;
use tests::fixtures::{assert_owned, blog, post, refused_fields, taken_fields};
use tests::models::{Category, Post};
use tests::on_both;
use tests::raw_sql::{column, count, execute, key};

async fn renamed(row: &mut Post, slug: &str, db: &Pool) {
    row.slug = slug.to_owned();
    assert!(row.save(db).await.unwrap());
}

/// A live post `new` that was `old`, and another post `other`.
async fn renamed_and_other(db: &Pool) -> [Post; 2] {
    blog(db).await;
    let mut row = post("Old", db).await;
    renamed(&mut row, "new", db).await;
    [row, post("Other", db).await]
}

fn with_slug(slug: &str) -> Post {
    Post::builder().title("Title").content("c").slug(slug).build()
}

/// All former slugs and aliases, as the database has them.
async fn history(db: &Pool) -> Vec<String> {
    column(db, "SELECT slug FROM posts_slug_history ORDER BY slug").await
}

/// A statement that inserts a copy of `original` with another slug.
fn copy(original: &Post, slug: &str, db: &Pool) -> String {
    let id = key(db, Uuid::now_v7());
    let original = key(db, original.id);
    format!(
        "INSERT INTO posts (id, title, content, created_at, updated_at, slug) \
         SELECT {id}, title, content, created_at, updated_at, '{slug}' FROM posts WHERE id = {original}"
    )
}

/// Runs plain SQL that must fail as a violation of the slug's uniqueness.
async fn refused_in_plain_sql(db: &Pool, sql: &str) {
    let error = execute(db, sql).await.expect_err(sql);
    let error = error.as_database_error().expect("an error of the database");
    match db.dialect() {
        Dialect::Sqlite => assert_eq!(error.message(), "UNIQUE constraint failed: posts.slug"),
        Dialect::Postgres => {
            assert!(error.is_unique_violation(), "{error}");
            assert_eq!(error.constraint(), Some("posts_slug_key"));
        }
    }
}

on_both! {
    async fn a_row_is_found_by_its_slug_with_those_that_it_refers_to(db) {
        let [row, _] = renamed_and_other(&db).await;
        let category = Category::builder().name("Technology").slug("technology").create(&db).await.unwrap();
        Post::objects().filter(|p| p.id.eq(row.id)).update(|p| p.category_id.set(category.id), &db).await.unwrap();
        for slug in ["new", "old"] {
            let found = Post::objects().slug(slug).select_related(|p| (p.author(), p.category())).get(&db).await;
            let (found, (_, with)) = found.unwrap();
            assert_eq!((found.id, with), (row.id, Some(category.clone())));
        }
        assert_eq!(Post::objects().slug("old").filter(|p| p.category().name.eq("Technology")).count(&db).await.unwrap(), 1);
    }

    async fn every_way_to_change_a_slug_keeps_the_old_one(db) {
        blog(&db).await;
        let mut row = post("One", &db).await;
        renamed(&mut row, "two", &db).await;
        row.slug = "three".to_owned();
        assert!(row.save_only(|p| p.slug, &db).await.unwrap());
        assert_eq!(Post::objects().update(|p| p.slug.set("four"), &db).await.unwrap(), 1);
        execute(&db, "UPDATE posts SET slug = 'five'").await.unwrap();
        row.title = "Six".to_owned();
        renamed(&mut row, "", &db).await;
        assert_eq!(history(&db).await, ["five", "four", "one", "three", "two"]);
        assert_eq!(row.slug_history(&db).await.unwrap(), ["five", "four", "one", "three", "two"]);
        for slug in ["one", "two", "three", "four", "five", "six"] {
            assert_eq!(Post::by_slug(slug, &db).await.unwrap(), row, "{slug}");
            assert_eq!(Post::objects().slug(slug).count(&db).await.unwrap(), 1, "{slug}");
        }
        assert!(matches!(Post::by_slug("seven", &db).await, Err(Error::NotFound { model: "Post", .. })));
        assert!(matches!(Post::by_slug("", &db).await, Err(Error::NotFound { .. })));
    }

    async fn a_row_may_take_its_own_slug_back(db) {
        blog(&db).await;
        let mut row = post("One", &db).await;
        for slug in ["two", "one", "two", "three", "one"] {
            renamed(&mut row, slug, &db).await;
            assert_eq!(column::<String>(&db, "SELECT slug FROM posts").await, [slug]);
        }
        for slug in ["one", "two", "three"] {
            assert_eq!(Post::by_slug(slug, &db).await.unwrap(), row, "{slug}");
        }
        assert_owned(&db).await;
    }

    async fn other_writes_leave_the_history_alone(db) {
        blog(&db).await;
        let mut row = post("One", &db).await;
        row.title = "Two".to_owned();
        assert!(row.save(&db).await.unwrap());
        row.publish(&db).await.unwrap();
        row.delete(&db).await.unwrap();
        row.restore(&db).await.unwrap();
        execute(&db, "UPDATE posts SET slug = slug").await.unwrap();
        assert_eq!(history(&db).await, [""; 0]);
    }

    async fn no_other_row_is_inserted_with_it(db) {
        let [row, _] = renamed_and_other(&db).await;
        assert_eq!(taken_fields(with_slug("old").insert(&db).await), ["slug"]);
        assert_eq!(
            taken_fields(Post::bulk_create(vec![with_slug("free"), with_slug("old")], &db).await),
            ["slug"]
        );
        refused_in_plain_sql(&db, &copy(&row, "old", &db)).await;
        execute(&db, &copy(&row, "free", &db)).await.unwrap();
        assert_eq!(count(&db, "posts").await, 3);
        assert_eq!(Post::by_slug("old", &db).await.unwrap(), row);
        assert_owned(&db).await;
    }

    async fn no_other_row_is_changed_to_it(db) {
        let [row, mut other] = renamed_and_other(&db).await;
        let before = other.clone();
        other.slug = "old".to_owned();
        other.content = "changed".to_owned();
        assert_eq!(taken_fields(other.save(&db).await), ["slug"]);
        assert_eq!(taken_fields(other.save_only(|p| p.slug, &db).await), ["slug"]);
        let only_other = || Post::objects().filter(|p| p.id.eq(before.id));
        assert_eq!(taken_fields(only_other().update(|p| p.slug.set("old"), &db).await), ["slug"]);
        refused_in_plain_sql(&db, "UPDATE posts SET slug = 'old' WHERE slug = 'other'").await;
        assert_eq!(only_other().get(&db).await.unwrap(), before);
        assert_eq!(Post::by_slug("old", &db).await.unwrap(), row);
        assert_eq!(history(&db).await, ["old"]);
    }

    async fn derived_slugs_go_around_it(db) {
        let [row, mut other] = renamed_and_other(&db).await;
        assert_eq!(post("Old", &db).await.slug, "old-2");
        let bulk =
            Post::bulk_create(vec![Post::builder().title("Old").content("c").build()], &db).await.unwrap();
        assert_eq!(bulk[0].slug, "old-3");
        other.title = "Old".to_owned();
        renamed(&mut other, "", &db).await;
        assert!(other.slug.starts_with("old-"));
        assert_eq!(Post::by_slug("old", &db).await.unwrap(), row);
        assert_owned(&db).await;
    }

    async fn a_deleted_row_keeps_its_old_slugs(db) {
        let [mut row, _] = renamed_and_other(&db).await;
        row.delete(&db).await.unwrap();
        assert!(matches!(Post::by_slug("old", &db).await, Err(Error::NotFound { .. })));
        assert_eq!(Post::objects().all_with_deleted().slug("old").get(&db).await.unwrap(), row);
        assert_eq!(taken_fields(with_slug("old").insert(&db).await), ["slug"]);
        row.restore(&db).await.unwrap();
        assert_eq!(Post::by_slug("old", &db).await.unwrap(), row);
    }

    async fn a_removed_row_frees_its_slugs(db) {
        let [row, _] = renamed_and_other(&db).await;
        row.add_slug_alias("alias", &db).await.unwrap();
        assert_eq!(history(&db).await, ["alias", "old"]);
        assert!(row.hard_delete(&db).await.unwrap());
        assert_eq!(history(&db).await, [""; 0]);
        for slug in ["old", "new", "alias"] {
            with_slug(slug).insert(&db).await.unwrap();
        }
        let mut last = post("Last", &db).await;
        renamed(&mut last, "latest", &db).await;
        assert_eq!(Post::objects().hard_delete(&db).await.unwrap(), 5);
        assert_eq!(history(&db).await, [""; 0]);
    }

    async fn no_row_is_restored_into_it(db) {
        blog(&db).await;
        let mut first = post("Slug", &db).await;
        first.delete(&db).await.unwrap();
        // Another row takes the deleted one's slug and moves on.
        let mut second = post("Slug", &db).await;
        renamed(&mut second, "moved", &db).await;
        assert_eq!(taken_fields(first.restore(&db).await), ["slug"]);
        assert_eq!(taken_fields(Post::objects().restore_all(&db).await), ["slug"]);
        refused_in_plain_sql(&db, "UPDATE posts SET deleted_at = NULL").await;
        assert!(first.is_deleted());
        assert_eq!(column::<String>(&db, "SELECT slug FROM posts WHERE deleted_at IS NULL").await, ["moved"]);
        assert_eq!(Post::by_slug("slug", &db).await.unwrap(), second);
        // With another slug it can come back; the old one stays the other's.
        renamed(&mut first, "slug-again", &db).await;
        assert!(first.restore(&db).await.unwrap());
        assert_eq!(Post::by_slug("slug", &db).await.unwrap(), second);
        assert_owned(&db).await;
    }

    async fn a_deleted_row_leaves_a_live_ones_slug_to_it(db) {
        blog(&db).await;
        let mut deleted = post("Slug", &db).await;
        deleted.delete(&db).await.unwrap();
        let live = post("Slug", &db).await;
        renamed(&mut deleted, "other", &db).await;
        assert_eq!(history(&db).await, [""; 0]);
        assert!(deleted.restore(&db).await.unwrap());
        assert_eq!(Post::by_slug("slug", &db).await.unwrap(), live);
        assert_owned(&db).await;
    }

    async fn a_slug_that_was_a_deleted_rows_resolves_to_the_live_one(db) {
        blog(&db).await;
        let mut deleted = post("Slug", &db).await;
        deleted.delete(&db).await.unwrap();
        let live = post("Slug", &db).await;
        assert_eq!(Post::by_slug("slug", &db).await.unwrap(), live);
        assert_eq!(Post::objects().deleted().slug("slug").get(&db).await.unwrap(), deleted);
        assert_eq!(Post::objects().all_with_deleted().slug("slug").count(&db).await.unwrap(), 2);
    }

    async fn aliases_resolve_like_old_slugs(db) {
        let [row, other] = renamed_and_other(&db).await;
        let alias = "2014/09/15/Über uns.html?a='%_\"";
        assert!(row.add_slug_alias(alias, &db).await.unwrap());
        assert!(row.add_slug_alias("plain", &db).await.unwrap());
        // They are the row's own already: its slug, its former slug, its aliases.
        for own in ["new", "old", alias, "plain"] {
            assert!(!row.add_slug_alias(own, &db).await.unwrap(), "{own}");
            assert_eq!(taken_fields(other.add_slug_alias(own, &db).await), ["slug"], "{own}");
            assert_eq!(Post::by_slug(own, &db).await.unwrap(), row, "{own}");
        }
        assert_eq!(row.slug_history(&db).await.unwrap(), [alias, "old", "plain"]);
        assert_eq!(other.slug_history(&db).await.unwrap(), [""; 0]);
        assert_eq!(taken_fields(with_slug("plain").insert(&db).await), ["slug"]);
        assert_eq!(post("Plain", &db).await.slug, "plain-2");
        assert_owned(&db).await;
    }

    async fn an_alias_can_become_the_rows_slug(db) {
        let [mut row, _] = renamed_and_other(&db).await;
        assert!(row.add_slug_alias("alias", &db).await.unwrap());
        renamed(&mut row, "alias", &db).await;
        assert!(!row.add_slug_alias("alias", &db).await.unwrap());
        for slug in ["alias", "new", "old"] {
            assert_eq!(Post::by_slug(slug, &db).await.unwrap(), row, "{slug}");
        }
    }

    async fn an_alias_that_cannot_be_is_refused(db) {
        let [row, _] = renamed_and_other(&db).await;
        for bad in ["", "nul \0"] {
            assert_eq!(refused_fields(row.add_slug_alias(bad, &db).await)[0].field, "slug", "{bad:?}");
        }
        let gone = with_slug("gone");
        assert!(gone.add_slug_alias("alias", &db).await.is_err());
        assert_eq!(history(&db).await, ["old"]);
    }

    async fn an_alias_may_be_a_deleted_rows_slug(db) {
        let [row, mut other] = renamed_and_other(&db).await;
        other.delete(&db).await.unwrap();
        assert!(row.add_slug_alias("other", &db).await.unwrap());
        assert_eq!(Post::by_slug("other", &db).await.unwrap(), row);
        assert_eq!(taken_fields(other.restore(&db).await), ["slug"]);
        assert_owned(&db).await;
    }

    async fn a_rollback_takes_the_history_back(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        assert_eq!(row.slug_history(&mut transaction).await.unwrap(), ["old"]);
        transaction.rollback().await.unwrap();
        assert_eq!(history(&db).await, [""; 0]);
        assert_eq!(column::<String>(&db, "SELECT slug FROM posts").await, ["old"]);
    }

    async fn a_refused_change_leaves_no_history(db) {
        let [mut row, _] = renamed_and_other(&db).await;
        row.slug = "other".to_owned();
        assert_eq!(taken_fields(row.save(&db).await), ["slug"]);
        refused_in_plain_sql(&db, "UPDATE posts SET slug = 'other' WHERE slug = 'new'").await;
        assert_eq!(history(&db).await, ["old"]);
    }
}
