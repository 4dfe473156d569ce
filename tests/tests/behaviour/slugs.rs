//! Rule 23: slugs come from the title, are unique, and the constraint decides. What becomes of old ones is in
//! `slug_history.rs`.

use std::collections::HashSet;

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::fixtures::{blog, post, refused_fields, taken_fields};
use tests::models::Post;
use tests::on_both;
use tests::raw_sql::{column, count, updates, value, watch_updates};

/// A model with a title of any length and nothing beside its slug but a number that is unique.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "articles", display = title, unchecked)]
#[seo(slug = title)]
struct Article {
    title: String,
    #[column(unique)]
    number: Option<i32>,
}

fn article(title: &str) -> Article {
    Article::builder().title(title).build()
}

async fn articles(db: &Pool) {
    create_tables(&[Article::table()], db).await.unwrap();
}

async fn created(title: &str, db: &Pool) -> Article {
    let mut row = article(title);
    row.insert(db).await.unwrap();
    row
}

/// The slugs of a table, as the database has them: each valid and no two alike.
async fn slugs(table: &str, db: &Pool) -> Vec<String> {
    let slugs = column::<String>(db, &format!("SELECT slug FROM {table} ORDER BY id")).await;
    for slug in &slugs {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!slug.is_empty() && slug.len() <= 255 && slug.chars().all(valid), "{slug:?} is no slug");
        assert!(
            !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"),
            "{slug:?} is no slug"
        );
    }
    assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), slugs.len(), "{slugs:?}");
    slugs
}

on_both! {
    async fn titles_are_transliterated(db) {
        articles(&db).await;
        for (title, slug) in [
            ("Hello, World!", "hello-world"),
            ("  Crème brûlée -- à la carte  ", "creme-brulee-a-la-carte"),
            ("Straße nach Köln", "strasse-nach-koln"),
            ("Привет мир", "privet-mir"),
            ("Γειά σου Κόσμε", "geia-sou-kosme"),
            ("Łódź", "lodz"),
            ("snake_case & C++ 1.95", "snake-case-c-1-95"),
            ("日本語", "ri-ben-yu"),
            ("don't", "don-t"),
        ] {
            let row = created(title, &db).await;
            assert_eq!(row.slug, slug, "{title}");
            assert_eq!(Article::by_slug(slug, &db).await.unwrap(), row);
        }
        slugs("articles", &db).await;
    }

    async fn titles_with_nothing_left_get_one_too(db) {
        articles(&db).await;
        let titles = [
            "",
            " ",
            "!!!",
            "…—",
            "\u{200b}",
            "日本語",
            "한국어",
            "🦀🚀",
            "\u{1f1e9}\u{1f1ea}",
            "\u{e000}",
            "'",
            "---",
            "_",
        ];
        for title in titles.into_iter().chain(titles) {
            created(title, &db).await;
        }
        let rows = titles.into_iter().chain(titles).map(article).collect();
        Article::bulk_create(rows, &db).await.unwrap();
        assert_eq!(slugs("articles", &db).await.len(), 4 * titles.len());
    }

    async fn equal_titles_get_a_short_suffix(db) {
        articles(&db).await;
        for _ in 0..8 {
            created("Equal title", &db).await;
        }
        let slugs = slugs("articles", &db).await;
        assert_eq!(slugs[..3], ["equal-title", "equal-title-2", "equal-title-3"]);
        for slug in &slugs[3..] {
            let suffix = slug.strip_prefix("equal-title-").expect(slug);
            assert!(suffix.len() <= 5, "{slug}");
        }
    }

    async fn two_hundred_equal_titles_in_one_bulk_create(db) {
        articles(&db).await;
        created("Equal", &db).await;
        let rows = (0..200).map(|_| article("Equal")).collect();
        let rows = Article::bulk_create(rows, &db).await.unwrap();
        assert_eq!(slugs("articles", &db).await.len(), 201);
        // Memory has what the database has, row by row.
        let stored = Article::objects().order_by(|a| a.id.asc()).fetch_all(&db).await.unwrap();
        let mut rows = rows;
        rows.sort_by_key(|row| row.id);
        assert_eq!(stored[1..], rows);
    }

    async fn sixty_four_concurrent_creates_of_one_title(db) {
        articles(&db).await;
        let creates: Vec<_> = (0..64)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { Article::builder().title("Equal").create(&db).await })
            })
            .collect();
        for create in creates {
            create.await.unwrap().unwrap();
        }
        assert_eq!(slugs("articles", &db).await.len(), 64);
    }

    async fn concurrent_bulk_creates_of_one_title(db) {
        articles(&db).await;
        let creates: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                let rows = (0..60).map(|_| article("Equal")).collect();
                tokio::spawn(async move { Article::bulk_create(rows, &db).await.map(|rows| rows.len()) })
            })
            .collect();
        for create in creates {
            assert_eq!(create.await.unwrap().unwrap(), 60);
        }
        assert_eq!(slugs("articles", &db).await.len(), 240);
    }

    async fn long_titles_leave_room_for_the_suffix(db) {
        articles(&db).await;
        let words = "lorem ipsum ".repeat(25);
        assert_eq!(words.len(), 300);
        let one_word = "x".repeat(300);
        let grows = "ß".repeat(200);
        for title in [&words, &one_word, &grows] {
            for _ in 0..5 {
                created(title, &db).await;
            }
            Article::bulk_create(vec![article(title), article(title)], &db).await.unwrap();
        }
        let slugs = slugs("articles", &db).await;
        assert_eq!(slugs.len(), 21);
        // The words are cut between two of them.
        let first = slugs.iter().find(|slug| slug.starts_with("lorem")).unwrap();
        assert!(first.split('-').all(|word| word == "lorem" || word == "ipsum"), "{first}");
        assert!(first.len() > 230, "{first}");
    }

    async fn a_taken_explicit_slug_is_an_error(db) {
        blog(&db).await;
        let mut other = post("Other", &db).await;
        post("Taken", &db).await;
        let explicit = || Post::builder().title("t").content("c").slug("taken");
        let error = explicit().create(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "another Post has the same slug");
        assert_eq!(taken_fields(explicit().create(&db).await), ["slug"]);
        assert_eq!(
            taken_fields(
                Post::bulk_create(vec![explicit().slug("free").build(), explicit().build()], &db).await
            ),
            ["slug"]
        );
        assert_eq!(
            taken_fields(
                Post::bulk_create(
                    vec![explicit().slug("same").build(), explicit().slug("same").build()],
                    &db
                )
                .await
            ),
            ["slug"]
        );
        other.slug = "taken".to_owned();
        other.title = "Changed".to_owned();
        assert_eq!(taken_fields(other.save(&db).await), ["slug"]);
        assert_eq!(taken_fields(other.save_only(|p| p.slug, &db).await), ["slug"]);
        assert_eq!(
            taken_fields(
                Post::objects().filter(|p| p.id.eq(other.id)).update(|p| p.slug.set("taken"), &db).await
            ),
            ["slug"]
        );
        assert_eq!(taken_fields(Post::objects().update(|p| p.slug.set("equal"), &db).await), ["slug"]);
        assert_eq!(slugs("posts", &db).await, ["other", "taken"]);
        assert_eq!(column::<String>(&db, "SELECT title FROM posts ORDER BY id").await, ["Other", "Taken"]);
        assert_eq!(count(&db, "posts_slug_history").await, 0);
    }

    async fn an_explicit_slug_that_is_none_is_refused(db) {
        blog(&db).await;
        let mut row = post("Row", &db).await;
        for bad in ["has space", "über", "a/b", "a.html", "\u{0}", "🦀", " "] {
            let created = Post::builder().title("t").content("c").slug(bad).create(&db).await;
            assert!(refused_fields(created).iter().all(|error| error.field == "slug"), "{bad:?}");
            row.slug = bad.to_owned();
            assert!(refused_fields(row.save(&db).await).iter().all(|error| error.field == "slug"), "{bad:?}");
            let bulk = Post::objects().update(|p| p.slug.set(bad), &db).await;
            assert!(refused_fields(bulk).iter().all(|error| error.field == "slug"), "{bad:?}");
        }
        // A bulk update names no row from which a slug could be made anew.
        assert_eq!(refused_fields(Post::objects().update(|p| p.slug.set(""), &db).await)[0].field, "slug");
        assert_eq!(slugs("posts", &db).await, ["row"]);
    }

    async fn an_explicit_slug_wins_over_derived_ones(db) {
        articles(&db).await;
        let explicit = Article::builder().title("Other").slug("equal").build();
        let rows = vec![article("Equal"), article("Equal"), explicit, article("Equal")];
        let rows = Article::bulk_create(rows, &db).await.unwrap();
        assert_eq!(rows[2].slug, "equal");
        let stored = slugs("articles", &db).await;
        assert_eq!(stored.len(), 4);
        assert!(rows.iter().all(|row| row.title == "Other" || row.slug.starts_with("equal-")), "{stored:?}");
    }

    async fn a_deleted_rows_slug_is_free(db) {
        blog(&db).await;
        let mut first = post("Equal", &db).await;
        first.delete(&db).await.unwrap();
        let second = post("Equal", &db).await;
        assert_eq!((first.slug.as_str(), second.slug.as_str()), ("equal", "equal"));
        assert_eq!(Post::by_slug("equal", &db).await.unwrap(), second);
        assert_eq!(taken_fields(first.restore(&db).await), ["slug"]);
        assert_eq!(taken_fields(Post::objects().restore_all(&db).await), ["slug"]);
        assert!(first.is_deleted());
        let live = column::<String>(&db, "SELECT slug FROM posts WHERE deleted_at IS NULL").await;
        assert_eq!(live, ["equal"]);
    }

    async fn a_cleared_slug_is_derived_anew(db) {
        blog(&db).await;
        let mut row = post("First title", &db).await;
        row.title = "Second title".to_owned();
        assert!(row.save(&db).await.unwrap());
        assert_eq!(row.slug, "first-title");
        row.slug = String::new();
        assert!(row.save(&db).await.unwrap());
        assert_eq!(row.slug, "second-title");
        assert_eq!(slugs("posts", &db).await, ["second-title"]);
        assert_eq!(Post::by_slug("first-title", &db).await.unwrap(), row);
    }

    async fn a_cleared_slug_that_comes_out_the_same_changes_nothing(db) {
        blog(&db).await;
        let mut rows = Vec::new();
        for _ in 0..3 {
            rows.push(post("Equal", &db).await);
        }
        watch_updates(&db, "posts").await;
        for (row, slug) in rows.iter_mut().zip(["equal", "equal-2", "equal-3"]) {
            row.slug = String::new();
            assert!(!row.save(&db).await.unwrap());
            assert_eq!(row.slug, slug);
        }
        assert_eq!(updates(&db).await, 0);
    }

    async fn a_cleared_slug_that_is_taken_is_varied(db) {
        blog(&db).await;
        post("Taken", &db).await;
        let mut row = post("Row", &db).await;
        row.title = "Taken".to_owned();
        row.slug = String::new();
        assert!(row.save(&db).await.unwrap());
        assert_eq!(row.slug, "taken-2");
        let mut row = post("Another", &db).await;
        row.title = "Taken".to_owned();
        row.slug = String::new();
        assert!(row.save_only(|p| (p.title, p.slug), &db).await.unwrap());
        assert_eq!(row.slug, "taken-3");
        assert_eq!(slugs("posts", &db).await, ["taken", "taken-2", "taken-3"]);
    }

    async fn a_clash_does_not_end_the_callers_transaction(db) {
        blog(&db).await;
        let mut taken = post("Taken", &db).await;
        let mut transaction = db.begin().await.unwrap();
        let created = Post::builder().title("Taken").content("c").create(&mut transaction).await.unwrap();
        taken.title = "Taken".to_owned();
        let mut other = Post::builder().title("Other").content("c").create(&mut transaction).await.unwrap();
        (other.title, other.slug) = ("Taken".to_owned(), String::new());
        assert!(other.save(&mut transaction).await.unwrap());
        let rows = vec![Post::builder().title("Taken").content("c").build(); 1];
        let bulk = Post::bulk_create(rows, &mut transaction).await.unwrap().remove(0);
        transaction.commit().await.unwrap();
        let expected = [&taken.slug, &created.slug, &other.slug, &bulk.slug];
        assert_eq!(slugs("posts", &db).await.iter().collect::<HashSet<_>>(), HashSet::from(expected));
        assert_eq!(count(&db, "posts").await, 4);
    }

    async fn a_clash_of_another_column_is_about_that_column(db) {
        articles(&db).await;
        let numbered = |title: &str, number| Article::builder().title(title).number(Some(number));
        numbered("One", 1).create(&db).await.unwrap();
        let mut two = numbered("Two", 2).create(&db).await.unwrap();
        assert_eq!(taken_fields(numbered("New", 1).create(&db).await), ["number"]);
        assert_eq!(taken_fields(numbered("One", 1).create(&db).await), ["number"]);
        assert_eq!(
            taken_fields(Article::bulk_create(vec![numbered("New", 1).build()], &db).await),
            ["number"]
        );
        (two.number, two.slug) = (Some(1), String::new());
        assert_eq!(taken_fields(two.save(&db).await), ["number"]);
        assert_eq!(slugs("articles", &db).await, ["one", "two"]);
    }

    async fn a_taken_key_is_about_the_key(db) {
        articles(&db).await;
        let row = created("One", &db).await;
        let same = || Article::builder().id(row.id).title("Two");
        assert_eq!(taken_fields(same().create(&db).await), ["id"]);
        assert_eq!(taken_fields(same().slug("explicit").create(&db).await), ["id"]);
        assert_eq!(taken_fields(Article::bulk_create(vec![same().build()], &db).await), ["id"]);
        assert_eq!(value::<String>(&db, "SELECT title FROM articles").await, "One");
    }
}
