//! `#[seo]`: rule 24, the limits and the texts that are derived. Slugs are in `slugs.rs`.

use model_runtime::prelude::*;
use tests::fixtures::{blog, post, refused_fields};
use tests::models::Post;
use tests::on_both;
use tests::raw_sql::{column, count, updates, value, watch_updates};

/// The fields that a write refused, in order.
fn refused<T: std::fmt::Debug>(result: Result<T>) -> Vec<String> {
    refused_fields(result).into_iter().map(|error| error.field).collect()
}

/// A post with every limited text of that many characters, of two bytes each, beyond its limit.
fn beyond_limits_by(more: usize) -> Post {
    let text = |limit: usize| "ü".repeat(limit + more);
    let mut row =
        Post::builder().title(text(200)).content("c").excerpt(text(500)).slug("s".repeat(255 + more)).build();
    (row.seo_title, row.seo_description, row.seo_keywords) = (text(60), text(160), text(255));
    row
}

const LIMITED: [(&str, usize); 6] = [
    ("title", 200),
    ("excerpt", 500),
    ("slug", 255),
    ("seo_title", 60),
    ("seo_description", 160),
    ("seo_keywords", 255),
];

on_both! {
    async fn limits_are_in_characters(db) {
        blog(&db).await;
        let mut row = beyond_limits_by(0);
        row.insert(&db).await.unwrap();
        for (column, limit) in LIMITED {
            let length: i64 =
                value(&db, &format!("SELECT CAST(length({column}) AS BIGINT) FROM posts")).await;
            assert_eq!(length, limit as i64, "{column}");
        }
        let mut again = row.clone();
        again.refresh(&db).await.unwrap();
        assert_eq!(again, row);
    }

    async fn all_failures_of_a_write_are_in_one_error(db) {
        blog(&db).await;
        let mut row = beyond_limits_by(1);
        let errors = refused_fields(row.insert(&db).await);
        let expected = LIMITED.map(|(field, limit)| {
            (field.to_owned(), format!("has {} characters, {limit} are allowed", limit + 1))
        });
        let mut errors: Vec<_> = errors.into_iter().map(|error| (error.field, error.message)).collect();
        let mut expected = expected.to_vec();
        errors.sort();
        expected.sort();
        assert_eq!(errors, expected);
        assert_eq!(refused(Post::bulk_create(vec![beyond_limits_by(1)], &db).await).len(), 6);
        assert_eq!(count(&db, "posts").await, 0);
        assert_eq!(count(&db, "posts_slug_history").await, 0);
    }

    async fn what_differs_in_kind_is_in_the_same_error(db) {
        blog(&db).await;
        let row = Post::builder().title(" ").content("nul \0").slug("no slug").seo_title("t".repeat(61));
        let mut fields = refused(row.create(&db).await);
        fields.sort();
        // The content, its excerpt and its description have the U+0000.
        assert_eq!(fields, ["content", "excerpt", "seo_description", "seo_title", "slug", "title"]);
        assert_eq!(count(&db, "posts").await, 0);
    }

    async fn a_refused_save_writes_nothing(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        watch_updates(&db, "posts").await;
        row.content = "other".to_owned();
        row.seo_keywords = "k".repeat(256);
        row.seo_title = "t".repeat(61);
        row.title = "t".repeat(201);
        let mut fields = refused(row.save(&db).await);
        fields.sort();
        assert_eq!(fields, ["seo_keywords", "seo_title", "title"]);
        assert_eq!(refused(row.save_only(|p| p.seo_title, &db).await), ["seo_title"]);
        assert_eq!(updates(&db).await, 0);
        assert_eq!(value::<String>(&db, "SELECT content FROM posts").await, "Content");
    }

    async fn a_refused_bulk_update_writes_nothing(db) {
        blog(&db).await;
        post("row", &db).await;
        watch_updates(&db, "posts").await;
        let long = |length: usize| "ü".repeat(length);
        let write = Post::objects().update(
            |p| {
                (
                    p.title.set(long(201)),
                    p.content.set("other"),
                    p.seo_description.set(long(161)),
                    p.slug.set("no slug"),
                )
            },
            &db,
        );
        let mut fields = refused(write.await);
        fields.sort();
        assert_eq!(fields, ["seo_description", "slug", "title"]);
        assert_eq!(updates(&db).await, 0);
        let write =
            Post::objects().update(|p| (p.title.set(long(200)), p.seo_description.set(long(160))), &db);
        assert_eq!(write.await.unwrap(), 1);
    }

    async fn one_bad_row_stops_the_whole_bulk_create(db) {
        blog(&db).await;
        let good = |n: usize| Post::builder().title(format!("Post {n}")).content("c").build();
        let mut rows: Vec<Post> = (0..120).map(good).collect();
        rows[110].seo_title = "t".repeat(61);
        rows[110].seo_keywords = "k".repeat(256);
        assert_eq!(refused(Post::bulk_create(rows, &db).await), ["seo_title", "seo_keywords"]);
        assert_eq!(count(&db, "posts").await, 0);
    }

    async fn texts_are_derived_and_cut_at_a_word(db) {
        blog(&db).await;
        let title = "The quick brown fox jumps over the lazy dog and runs off into the woods";
        let content = format!("  Once\n\nupon a\ttime {}", "word ".repeat(60));
        let row = Post::builder().title(title).content(content).create(&db).await.unwrap();
        assert_eq!(row.seo_title, "The quick brown fox jumps over the lazy dog and runs off");
        assert!(row.seo_description.starts_with("Once upon a time word word"));
        assert!(row.seo_description.ends_with(" word") && row.seo_description.len() <= 160);
        assert!(row.seo_description.len() + " word".len() > 160);
        assert_eq!(row.seo_keywords, "");
        assert_eq!(value::<String>(&db, "SELECT seo_title FROM posts").await, row.seo_title);
        assert_eq!(value::<String>(&db, "SELECT seo_description FROM posts").await, row.seo_description);
    }

    async fn the_cut_is_at_the_limit_in_characters(db) {
        blog(&db).await;
        let word = "ü".repeat(29);
        // Two words of 29 and a space are 59, a third of none fits.
        for (title, seo_title) in [
            (format!("{word} {word}ü"), format!("{word} {word}ü")),
            (format!("{word} {word}üx"), word.clone()),
            (format!("{word} {word} x"), format!("{word} {word}")),
            ("ü".repeat(60), "ü".repeat(60)),
            // A word that alone is too long can only be cut inside.
            ("ü".repeat(61), "ü".repeat(60)),
            ("🦀".repeat(61), "🦀".repeat(60)),
        ] {
            let row = Post::builder().title(title).content("c").create(&db).await.unwrap();
            assert_eq!(row.seo_title, seo_title);
            let stored = column::<String>(&db, "SELECT seo_title FROM posts ORDER BY id DESC LIMIT 1").await;
            assert_eq!(stored, [seo_title]);
        }
    }

    async fn texts_of_the_user_stay(db) {
        blog(&db).await;
        let mut row = Post::builder()
            .title("Title")
            .content("Content")
            .seo_title("Mine")
            .seo_description("My own")
            .create(&db)
            .await
            .unwrap();
        row.title = "Other".to_owned();
        row.content = "Changed".to_owned();
        assert!(row.save(&db).await.unwrap());
        assert_eq!((row.seo_title.as_str(), row.seo_description.as_str()), ("Mine", "My own"));
        // Cleared, they are derived from what the row holds now.
        (row.seo_title, row.seo_description) = (String::new(), String::new());
        assert!(row.save(&db).await.unwrap());
        assert_eq!(column::<String>(&db, "SELECT seo_title FROM posts").await, ["Other"]);
        assert_eq!(column::<String>(&db, "SELECT seo_description FROM posts").await, ["Changed"]);
        assert!(!row.save(&db).await.unwrap());
    }

    async fn bulk_create_derives_texts_too(db) {
        blog(&db).await;
        let rows = ["One", "Two"]
            .map(|title| Post::builder().title(title).content(format!("About {title}")).build());
        Post::bulk_create(rows.into(), &db).await.unwrap();
        let all =
            Post::objects().order_by(|p| p.title.asc()).values(|p| (p.slug, p.seo_title, p.seo_description));
        let expected = [("one", "One", "About One"), ("two", "Two", "About Two")];
        assert_eq!(
            all.fetch_all(&db).await.unwrap(),
            expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
        );
    }
}
