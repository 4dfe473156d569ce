//! Categories, tags and views.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::raw_sql::{column, count};

use crate::program::{SAMPLES, on_both};

/// Writes a post with these lines in its front matter, below the title.
fn write(dir: &TempDir, title: &str, lines: &str) {
    let text = format!("+++\ntitle = \"{title}\"\n{lines}\n+++\n");
    fs::write(dir.path().join(title).with_extension("md"), text).unwrap();
}

on_both! {
    async fn posts_are_filed_as_their_front_matter_says(blog) {
        blog.json(&["import", SAMPLES]);
        let rye = blog.json(&["show", "rye-or-how-to-bake-a-brick-like-it"]);
        assert_eq!(rye["url"], "/blog/rye-or-how-to-bake-a-brick-like-it/");
        assert_eq!((&rye["author"], &rye["category"]), (&json!("Mei Tan"), &json!("Recipes")));
        assert_eq!(rye["tags"], json!(["bread", "flour", "sourdough"]));
        assert_eq!((&rye["views_count"], &rye["featured_image"]), (&json!(0), &Value::Null));
        let text = blog.text(&["show", "rye-or-how-to-bake-a-brick-like-it"]);
        assert!(text.contains("bread, flour, sourdough") && text.contains("Recipes"), "{text}");

        let mut links: Vec<String> = column(
            blog.pool(),
            "SELECT p.source_path || ' ' || t.name FROM post_tags AS l
             JOIN posts AS p ON p.id = l.post_id JOIN tags AS t ON t.id = l.tag_id WHERE t.name <> 'bread'",
        )
        .await;
        links.sort_unstable();
        assert_eq!(
            links,
            [
                "bread-and-tea.md 茶", "croissants.md butter", "feeding-a-starter.md sourdough", "flour.md flour",
                "lighting-the-oven.md news", "rye.md flour", "rye.md sourdough", "weekly-notes-1.md news",
                "weekly-notes-2.md news",
            ]
        );
        assert_eq!(count(blog.pool(), "categories").await, 2);
        assert_eq!(count(blog.pool(), "post_tags").await, 13);
    }

    async fn lists_are_of_a_category_and_of_tags(blog) {
        blog.json(&["import", SAMPLES]);
        assert_eq!(blog.listed("slug", &["--category", "recipes"]).len(), 4);
        assert_eq!(blog.listed("slug", &["--tag", "news"]).len(), 3);
        let both = blog.json(&["list", "--tag", "bread", "--tag", "sourdough", "--order", "posted-on"]);
        assert_eq!(both["total"], 2);
        assert_eq!(both["posts"][0]["title"], "Feeding a starter when you are not at home");
        assert_eq!(both["posts"][0]["tags"], json!(["bread", "sourdough"]));
        assert_eq!(both["posts"][0]["author"], "Ines Okafor");
        assert_eq!(blog.listed("slug", &["--category", "behind-the-counter", "--tag", "flour"]), ["where-the-flour-comes-from"]);
        assert_eq!(blog.text(&["list", "--category", "recipes", "--tag", "news"]), "No posts.\n");
        assert_eq!(
            blog.error(&["list", "--category", "recipe"]),
            "blog: there is no category `recipe`; there are behind-the-counter, recipes"
        );
        assert_eq!(
            blog.error(&["list", "--tag", "beer"]),
            "blog: there is no tag `beer`; there are bread, butter, cha, flour, news, sourdough"
        );
    }

    async fn a_second_import_writes_the_tags_that_changed(blog) {
        let posts = TempDir::new().unwrap();
        let import = || blog.json(&["import", posts.path().to_str().unwrap()]);
        write(&posts, "Apples", "[taxonomies]\ncategories = [\"Fruit\"]\ntags = [\"C\", \"c++\", \" Red  ones\"]");
        write(&posts, "Berries", "[taxonomies]\ncategories = [\"fruit\"]\ntags = [\"c\", \"C#\", \"🥐\", \"c\", \"\"]");
        assert_eq!(import()["created"], 2);
        let mut tags: Vec<String> = column(blog.pool(), "SELECT name FROM tags").await;
        tags.sort_unstable();
        assert_eq!(tags, ["C", "C#", "Red ones", "c++", "🥐"]);
        // Each has a slug of its own, though nothing tells some of them apart in one.
        assert_eq!(blog.number("SELECT COUNT(DISTINCT slug) FROM tags WHERE slug <> ''").await, 5);
        assert_eq!(blog.json(&["show", "berries"])["category"], "Fruit");
        assert_eq!(import(), json!({"created": 0, "updated": 0, "unchanged": 2, "skipped": 0, "failed": []}));

        write(&posts, "Apples", "[taxonomies]\ntags = [\"C\"]");
        assert_eq!(import()["updated"], 1);
        let apples = blog.json(&["show", "apples"]);
        assert_eq!((&apples["tags"], &apples["category"]), (&json!(["C"]), &Value::Null));
        assert_eq!(count(blog.pool(), "post_tags").await, 4);
        assert_eq!(count(blog.pool(), "audit_logs WHERE content_type = 'blog.post_tag' AND action = 'hard_delete'").await, 2);
    }

    async fn names_that_are_too_long_fail_their_file_alone(blog) {
        let posts = TempDir::new().unwrap();
        write(&posts, "A", &format!("[taxonomies]\ntags = [\"{}\"]", "x".repeat(51)));
        write(&posts, "B", "[taxonomies]\ncategories = [\"One\", \"Two\"]");
        write(&posts, "C", "[taxonomies]\ntags = [\"fine\"]");
        let output = blog.run(&["import", posts.path().to_str().unwrap(), "--json"]);
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            summary["failed"],
            json!([
                {"file": "A.md", "reason": "Tag is not valid: name has 51 characters, 50 are allowed"},
                {"file": "B.md", "reason": "`categories` has 2, and a post has one: keep the first"},
            ])
        );
        assert_eq!(blog.listed("title", &[]), ["C"]);
        assert_eq!(count(blog.pool(), "tags").await, 1);
    }

    async fn views_count_where_it_is_said(blog) {
        blog.json(&["import", SAMPLES]);
        let records = count(blog.pool(), "audit_logs").await;
        blog.json(&["show", "lighting-the-oven"]);
        assert_eq!(blog.json(&["show", "lighting-the-oven", "--count"])["views_count"], 1);
        assert_eq!(blog.json(&["show", "news/first-fire", "--count"])["views_count"], 2);
        assert_eq!(blog.number("SELECT CAST(SUM(views_count) AS BIGINT) FROM posts").await, 2);
        assert_eq!(count(blog.pool(), "audit_logs").await, records);
    }
}
