//! `Hooks`: before each write of whole rows, single or in bulk, and before the capabilities fill in their fields.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::fixtures::{blog, post, refused_fields};
use tests::models::Post;
use tests::on_both;
use tests::raw_sql::{column, count, updates, value, watch_updates};

/// A model whose hook writes down what it is called for.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "notes", hooks, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title)]
struct Note {
    #[column(max_length = 20)]
    title: String,
    #[column(default)]
    events: String,
}

impl Hooks for Note {
    fn before_save(&mut self, event: WriteEvent) -> Result<()> {
        if self.title == "stop" {
            return Err(Error::Conflict { model: "Note", detail: "the hook says so".to_owned() });
        }
        self.title = self.title.trim().to_owned();
        self.events.push_str(match event {
            WriteEvent::Insert => "insert;",
            WriteEvent::Update => "update;",
        });
        Ok(())
    }

    fn validate(&self, errors: &mut ValidationErrors) {
        // All fields are filled in by now.
        if self.slug.is_empty() || self.seo_title.is_empty() {
            errors.add("slug", "is not derived yet");
        }
        if self.title.contains("bad") {
            errors.add("title", "is bad");
            errors.add("events", "go with a bad title");
        }
    }
}

fn note(title: &str) -> Note {
    Note::builder().title(title).build()
}

async fn notes(db: &Pool) {
    create_tables(&[Note::table()], db).await.unwrap();
}

async fn events(db: &Pool) -> Vec<String> {
    column(db, "SELECT events FROM notes ORDER BY id").await
}

/// A text of that many characters, each of three bytes.
fn wide(characters: usize) -> String {
    "語".repeat(characters)
}

on_both! {
    async fn run_on_every_write_of_a_whole_row(db) {
        notes(&db).await;
        let mut row = Note::builder().title("one").create(&db).await.unwrap();
        assert_eq!(events(&db).await, ["insert;"]);
        assert!(row.save(&db).await.unwrap());
        assert_eq!(events(&db).await, ["insert;update;"]);
        assert!(row.save_only(|n| n.events, &db).await.unwrap());
        assert_eq!(events(&db).await, ["insert;update;update;"]);
        note("two").insert(&db).await.unwrap();
        let bulk = Note::bulk_create((0..120).map(|_| note("many")).collect(), &db).await.unwrap();
        assert!(bulk.iter().all(|row| row.events == "insert;"));
        assert_eq!(events(&db).await[1..], vec!["insert;"; 121]);
    }

    async fn do_not_run_where_no_whole_row_is_written(db) {
        notes(&db).await;
        let mut row = Note::builder().title("one").create(&db).await.unwrap();
        row.publish(&db).await.unwrap();
        row.delete(&db).await.unwrap();
        row.restore(&db).await.unwrap();
        Note::objects().update(|n| n.title.set("bad two"), &db).await.unwrap();
        Note::objects().archive(&db).await.unwrap();
        row.refresh(&db).await.unwrap();
        assert_eq!(row.events, "insert;");
        assert_eq!(events(&db).await, ["insert;"]);
    }

    async fn run_before_the_capabilities(db) {
        notes(&db).await;
        let row = Note::builder().title("  Spaced  ").create(&db).await.unwrap();
        assert_eq!(
            (row.title.as_str(), row.slug.as_str(), row.seo_title.as_str()),
            ("Spaced", "spaced", "Spaced")
        );
        assert_eq!(value::<String>(&db, "SELECT title FROM notes").await, "Spaced");
    }

    async fn an_error_stops_the_write(db) {
        notes(&db).await;
        let mut row = Note::builder().title("one").create(&db).await.unwrap();
        watch_updates(&db, "notes").await;
        let stopped = note("stop").insert(&db).await;
        assert!(matches!(stopped, Err(Error::Conflict { model: "Note", .. })), "{stopped:?}");
        let stopped = Note::bulk_create(vec![note("two"), note("stop"), note("three")], &db).await;
        assert!(matches!(stopped, Err(Error::Conflict { .. })), "{stopped:?}");
        row.title = "stop".to_owned();
        assert!(matches!(row.save(&db).await, Err(Error::Conflict { .. })));
        assert!(matches!(row.save_only(|n| n.title, &db).await, Err(Error::Conflict { .. })));
        assert_eq!(updates(&db).await, 0);
        assert_eq!(column::<String>(&db, "SELECT title FROM notes").await, ["one"]);
    }

    async fn what_they_refuse_joins_the_limits_in_one_error(db) {
        notes(&db).await;
        let mut row = note("bad title of 25 characters");
        row.seo_title = "t".repeat(61);
        let errors = refused_fields(row.insert(&db).await);
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["title", "seo_title", "title", "events"]);
        let message = row.insert(&db).await.unwrap_err().to_string();
        assert!(
            message.starts_with("Note is not valid: title has 26 characters, 20 are allowed; "),
            "{message}"
        );
        assert!(message.ends_with("; title is bad; events go with a bad title"), "{message}");
        refused_fields(Note::bulk_create(vec![note("good"), note("bad")], &db).await);
        assert_eq!(count(&db, "notes").await, 0);
    }

    async fn the_excerpt_of_a_long_text(db) {
        blog(&db).await;
        for (content, excerpt) in [
            (String::new(), String::new()),
            ("short".to_owned(), "short".to_owned()),
            (wide(500), wide(500)),
            (wide(501), wide(497) + "..."),
            ("A".repeat(1000), "A".repeat(497) + "..."),
        ] {
            let row = Post::builder().title("t").content(content.clone()).create(&db).await.unwrap();
            assert_eq!(row.excerpt, excerpt);
            let bulk = Post::bulk_create(vec![Post::builder().title("t").content(content).build()], &db)
                .await
                .unwrap();
            assert_eq!(bulk[0].excerpt, excerpt);
            assert_eq!(column::<String>(&db, "SELECT excerpt FROM posts").await, [excerpt.clone(), excerpt]);
            Post::objects().hard_delete(&db).await.unwrap();
        }
    }

    async fn the_excerpt_of_the_user_stays(db) {
        blog(&db).await;
        let mut row =
            Post::builder().title("t").content(wide(501)).excerpt("mine").create(&db).await.unwrap();
        row.content = "changed".to_owned();
        assert!(row.save(&db).await.unwrap());
        assert_eq!(value::<String>(&db, "SELECT excerpt FROM posts").await, "mine");
        row.excerpt = String::new();
        assert!(row.save(&db).await.unwrap());
        assert_eq!(value::<String>(&db, "SELECT excerpt FROM posts").await, "changed");
    }

    async fn a_thousand_rows_in_bulk(db) {
        blog(&db).await;
        let rows =
            (0..1000).map(|n| Post::builder().title(format!("Post {n}")).content(wide(498 + n % 5)).build());
        Post::bulk_create(rows.collect(), &db).await.unwrap();
        let lengths = "SELECT CAST(length(content) AS BIGINT) FROM posts WHERE length(excerpt) <> \
                       CASE WHEN length(content) > 500 THEN 500 ELSE length(content) END";
        assert_eq!(column::<i64>(&db, lengths).await, [0; 0]);
        let cut = "SELECT COUNT(*) FROM posts WHERE excerpt LIKE '%語...' AND length(content) > 500";
        assert_eq!(value::<i64>(&db, cut).await, 400);
        assert_eq!(count(&db, "posts").await, 1000);
    }

    async fn an_empty_title_is_refused_everywhere_a_row_is_written(db) {
        blog(&db).await;
        let mut row = post("row", &db).await;
        row.title = "  ".to_owned();
        for refused in [row.save(&db).await, row.save_only(|p| p.title, &db).await] {
            assert_eq!(refused.unwrap_err().to_string(), "Post is not valid: title is empty");
        }
        assert_eq!(value::<String>(&db, "SELECT title FROM posts").await, "row");
    }
}
