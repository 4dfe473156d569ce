//! The blog of the Rust project: real input. These tests are there where it stands beside the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use model_runtime::Pool;
use model_runtime::prelude::*;
use serde_json::{Value, json};

use crate::program::{Blog, on_both};

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/rust-blog");

/// Imports all of it, and returns the summary.
fn import(blog: &Blog) -> Value {
    let output = blog.run(&["import", FILES, "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn summary(created: u32, unchanged: u32) -> Value {
    let latest = json!({"file": "releases/latest.md", "reason": "the front matter: missing field `title`"});
    json!({"created": created, "updated": 0, "unchanged": unchanged, "skipped": 3, "failed": [latest]})
}

/// Reads what a query gives, whichever the database.
macro_rules! rows {
    ($blog:expr, $sql:expr) => {{
        let mut rows = match $blog.pool() {
            Pool::Sqlite(db) => sqlx::query_as($sql).fetch_all(db).await.unwrap(),
            Pool::Postgres(db) => sqlx::query_as($sql).fetch_all(db).await.unwrap(),
        };
        // Not by the database, whose collation may be any.
        rows.sort_unstable();
        rows
    }};
}

/// The front matter of the files that are imported, read without the program.
fn fronts(folder: &Path) -> Vec<toml::Table> {
    let mut fronts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            fronts.append(&mut self::fronts(&path));
        } else if path.extension().is_some_and(|it| it == "md") {
            let text = fs::read_to_string(path).unwrap();
            let front: toml::Table = text.split("+++").nth(1).unwrap().parse().unwrap();
            // The file without a title is not imported.
            fronts.extend(front.contains_key("title").then_some(front));
        }
    }
    fronts
}

/// The names in the files' lists of authors.
fn names() -> BTreeSet<String> {
    let fronts = fronts(Path::new(FILES));
    let authors = fronts.iter().filter_map(|front| front.get("authors")?.as_array()).flatten();
    authors.map(|name| name.as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn every_author_is_one_user(blog) {
        import(blog);
        let names = names();
        assert_eq!(names.len(), 167);
        let users: Vec<(String,)> = rows!(blog, "SELECT username FROM users");
        assert_eq!(users, names.into_iter().map(|name| (name,)).collect::<Vec<_>>());
        let written = "SELECT COUNT(*) FROM users WHERE password = '!' AND email LIKE '%@authors.invalid'";
        assert_eq!(blog.number(written).await, 167);
        let whole = "SELECT COUNT(*) FROM users WHERE username = TRIM(first_name || ' ' || last_name)";
        assert_eq!(blog.number(whole).await, 167);
        // Of several authors the first.
        let first = "SELECT COUNT(*) FROM posts AS p JOIN users AS u ON u.id = p.author_id
            WHERE p.authors = u.username OR p.authors LIKE u.username || ', %'";
        assert_eq!(blog.number(first).await, 750);
        let listed = blog.json(&["user", "list", "--per-page", "1000"]);
        let posts = listed["users"].as_array().unwrap().iter().map(|user| user["posts"].as_u64().unwrap());
        assert_eq!(posts.sum::<u64>(), 750);
    }

    async fn every_team_is_a_category(blog) {
        import(blog);
        let fronts = fronts(Path::new(FILES));
        let teams: Vec<&str> = fronts.iter().filter_map(|front| front.get("extra")?.get("team")?.as_str()).collect();
        assert_eq!(teams.len(), 444);
        // "The Compiler Team" is "the compiler team".
        let names: BTreeSet<String> = teams.iter().map(|team| team.trim().to_lowercase()).collect();
        let written: Vec<(String,)> = rows!(blog, "SELECT name FROM categories");
        assert_eq!(names, written.iter().map(|(name,)| name.to_lowercase()).collect());
        assert_eq!(written.len(), names.len());
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE category_id IS NOT NULL").await, 444);
        let by_compiler_team = teams.iter().filter(|team| team.eq_ignore_ascii_case("the compiler team")).count();
        let page = blog.json(&["list", "--category", "the-compiler-team"]);
        assert_eq!(page["total"], by_compiler_team);
    }

    async fn a_second_import_writes_nothing(blog) {
        assert_eq!(import(blog), summary(750, 0));
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts").await, 750);
        assert_eq!(blog.number("SELECT COUNT(DISTINCT slug) FROM posts").await, 750);
        let audited = "SELECT COUNT(DISTINCT object_id) FROM audit_logs WHERE content_type = 'blog.post' AND action = 'create'";
        assert_eq!(blog.number(audited).await, 750);
        let records = blog.number("SELECT COUNT(*) FROM audit_logs").await;
        let permissions = blog.number("SELECT COUNT(*) FROM auth_permissions").await;
        let categories = blog.number("SELECT COUNT(*) FROM categories").await;
        assert_eq!(records, 750 + 167 + permissions + categories);

        type Written = Vec<(Uuid, DateTime<Utc>)>;
        let posts: Written = rows!(blog, "SELECT id, updated_at FROM posts");
        let users: Written = rows!(blog, "SELECT id, updated_at FROM users");
        let aliases: Vec<(String, Uuid)> = rows!(blog, "SELECT slug, object_id FROM posts_slug_history");
        assert_eq!(import(blog), summary(0, 750));
        assert_eq!(blog.number("SELECT COUNT(*) FROM audit_logs").await, records);
        assert_eq!(posts, rows!(blog, "SELECT id, updated_at FROM posts") as Written);
        assert_eq!(users, rows!(blog, "SELECT id, updated_at FROM users") as Written);
        assert_eq!(
            aliases,
            rows!(blog, "SELECT slug, object_id FROM posts_slug_history") as Vec<(String, Uuid)>
        );
    }
}

/// A post as an import writes it, but for its key and its slug.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
struct Imported {
    source_path: String,
    title: String,
    description: String,
    content: String,
    excerpt: String,
    authors: String,
    status: String,
    seo_title: String,
    seo_description: String,
    posted_on: NaiveDate,
    created_at: DateTime<Utc>,
    published_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

/// All that an import writes, but for keys and the time of the import, which are new each time.
#[derive(Debug, PartialEq)]
struct Export {
    posts: Vec<Imported>,
    slugs: Vec<(String, String)>,
    aliases: Vec<(String, String)>,
    users: Vec<(String, String, String)>,
    owners: Vec<(String, String)>,
    categories: Vec<(String, String)>,
}

async fn export(blog: &Blog) -> Export {
    Export {
        posts: rows!(blog, "SELECT * FROM posts"),
        slugs: rows!(blog, "SELECT source_path, slug FROM posts"),
        aliases: rows!(
            blog,
            "SELECT h.slug, p.source_path FROM posts_slug_history AS h JOIN posts AS p ON p.id = h.object_id"
        ),
        users: rows!(blog, "SELECT email, first_name, last_name FROM users"),
        owners: rows!(
            blog,
            "SELECT p.source_path, u.email FROM posts AS p JOIN users AS u ON u.id = p.author_id"
        ),
        categories: rows!(
            blog,
            "SELECT p.source_path, c.name FROM posts AS p JOIN categories AS c ON c.id = p.category_id"
        ),
    }
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn both_databases_hold_the_same_rows() {
    let (sqlite, postgres) = (Blog::sqlite().await, Blog::postgres().await);
    assert_eq!(import(&sqlite), summary(750, 0));
    assert_eq!(import(&postgres), summary(750, 0));
    let (mut on_sqlite, mut on_postgres) = (export(&sqlite).await, export(&postgres).await);
    // Posts of the same title are told apart by a suffix of the slug, which can be random.
    for (a, b) in on_sqlite.slugs.iter_mut().zip(&mut on_postgres.slugs).filter(|(a, b)| a != b) {
        for (_, slug) in [a, b] {
            slug.truncate(slug.rfind('-').unwrap_or_default());
        }
    }
    assert_eq!(on_sqlite.posts.len(), 750);
    assert!(on_sqlite.aliases.len() > 700, "{} aliases", on_sqlite.aliases.len());
    assert!(on_sqlite == on_postgres, "{}", difference(&on_sqlite, &on_postgres));
    sqlite.close().await;
    postgres.close().await;
}

/// The first lines that differ: the whole export would be megabytes.
fn difference(sqlite: &Export, postgres: &Export) -> String {
    let (sqlite, postgres) = (format!("{sqlite:#?}"), format!("{postgres:#?}"));
    let differing = sqlite.lines().zip(postgres.lines()).filter(|(sqlite, postgres)| sqlite != postgres);
    differing.take(5).map(|(sqlite, postgres)| format!("SQLite {sqlite}\nPostgreSQL {postgres}\n")).collect()
}
