//! What the program tells of its writes: the change log of a post and the audit trail.

use std::fs;

use model_runtime::Pool;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Blog, SAMPLES, USER, on_both};

/// The slugs of two of the samples.
const FLOUR: &str = "where-the-flour-comes-from";
const OVEN: &str = "lighting-the-oven";

/// What `history` tells, without the times.
fn history(blog: &Blog, arguments: &[&str]) -> Value {
    let mut history = blog.json(&[&["history"], arguments].concat());
    for change in history["changes"].as_array_mut().unwrap() {
        let time = change.as_object_mut().unwrap().remove("time").unwrap();
        time.as_str()
            .unwrap()
            .parse::<model_runtime::prelude::DateTime<model_runtime::prelude::Utc>>()
            .unwrap();
    }
    history["changes"].take()
}

/// The action, the row and the actor of each record that `audit` lists.
fn trail(blog: &Blog, arguments: &[&str]) -> Vec<[String; 3]> {
    let page = blog.json(&[&["audit", "--per-page", "1000"], arguments].concat());
    let records = page["records"].as_array().unwrap();
    assert_eq!(page["total"], records.len());
    let text = |record: &Value, key: &str| record[key].as_str().unwrap_or("-").to_owned();
    records.iter().map(|record| ["action", "object", "actor"].map(|key| text(record, key))).collect()
}

/// Runs a statement on the program's database.
async fn execute(blog: &Blog, sql: &'static str) {
    match blog.pool() {
        Pool::Sqlite(db) => drop(sqlx::query(sql).execute(db).await.unwrap()),
        Pool::Postgres(db) => drop(sqlx::query(sql).execute(db).await.unwrap()),
    }
}

/// An import of the samples, and three changes by three people. The import makes 8 posts, 3 users, 9 permissions,
/// 2 categories, 6 tags and 13 links between posts and tags.
fn changed(blog: &Blog) {
    blog.json(&["import", SAMPLES]);
    blog.json(&["archive", FLOUR, "--actor", "ada"]);
    blog.json(&["--actor", "bo", "unpublish", OVEN]);
    blog.json(&["delete", FLOUR]);
}

on_both! {
    async fn a_history_tells_each_change_newest_first(blog) {
        changed(blog);
        let told = history(blog, &[FLOUR]);
        let fields: Vec<&str> = told.as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["deleted_at", "status"]);
        assert_eq!(told[0]["old"], Value::Null);
        assert!(told[0]["new"].is_string());
        assert_eq!(told[1], json!({"field": "status", "old": "published", "new": "archived"}));
        assert_eq!(history(blog, &[FLOUR, "--field", "status"]), json!([told[1]]));
        assert_eq!(history(blog, &[FLOUR, "--field", "title"]), json!([]));

        let text = blog.text(&["history", FLOUR]);
        assert!(text.contains("┆ status     ┆ published ┆ archived"), "{text}");
        assert!(text.ends_with(&format!("2 changes of {FLOUR}.\n")), "{text}");
        assert_eq!(blog.text(&["history", FLOUR, "--field", "title"]), format!("No changes of {FLOUR}.\n"));
        // By a slug that the post had before.
        assert_eq!(blog.json(&["history", "news/first-fire"])["slug"], OVEN);
    }

    async fn a_history_is_that_of_the_live_post_where_a_deleted_one_had_the_slug(blog) {
        let posts = TempDir::new().unwrap();
        let file = |name: &str| posts.path().join(name);
        fs::write(file("a.md"), "+++\ntitle = \"Apples\"\n+++\n").unwrap();
        let folder = posts.path().to_str().unwrap();
        blog.json(&["import", folder]);
        blog.json(&["delete", "apples"]);
        fs::rename(file("a.md"), file("b.md")).unwrap();
        blog.json(&["import", folder]);
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE slug = 'apples'").await, 2);
        assert_eq!(history(blog, &["apples"]), json!([]));
    }

    async fn long_values_are_whole_in_json_alone(blog) {
        let posts = TempDir::new().unwrap();
        let import = |text: &str| {
            fs::write(posts.path().join("a.md"), format!("+++\ntitle = \"A\"\n+++\n{text}\n")).unwrap();
            blog.json(&["import", posts.path().to_str().unwrap()])["updated"].as_u64().unwrap()
        };
        let (first, second) = ("Line.\n\n\u{1b}[31mRed\n".repeat(500), "🍞 ".repeat(300) + "end");
        assert_eq!(import(&first), 0);
        assert_eq!(import(&second), 1);
        let told = history(blog, &["a", "--field", "content"]);
        assert_eq!(told, json!([{"field": "content", "old": first.trim(), "new": second}]));

        let text = blog.text(&["history", "a", "--field", "content"]);
        assert!(text.contains("Line. [31mRed Line. [31mRed Line. [31mR…"), "{text}");
        assert!(text.contains('🍞') && !text.contains('\u{1b}'), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 160), "{text}");
    }

    async fn every_write_is_in_the_trail_with_its_actor(blog) {
        changed(blog);
        let row = |action: &str, object: &str, actor: &str| [action, object, actor].map(str::to_owned);
        let flour = "Where the flour comes from";
        assert_eq!(
            trail(blog, &[FLOUR]),
            [row("delete", flour, USER), row("archive", flour, "ada"), row("create", flour, USER)]
        );
        assert_eq!(trail(blog, &["--by", "bo"]), [row("unpublish", "Lighting the oven", "bo")]);
        assert_eq!(trail(blog, &["--model", "user"]).len(), 3);
        assert_eq!(trail(blog, &["--model", "post"]).len(), 11);
        assert_eq!(trail(blog, &["--model", "category"]).len(), 2);
        assert_eq!(trail(blog, &["--model", "tag"]).len(), 6);
        assert_eq!(trail(blog, &["--action", "create"]).len(), 41);
        assert_eq!(trail(blog, &["--action", "hard_delete"]).len(), 0);
        assert_eq!(trail(blog, &["--recent", "1"]).len(), 44);
        assert_eq!(trail(blog, &["--field", "deleted_at", "--action", "delete"]), [row("delete", flour, USER)]);
        assert_eq!(trail(blog, &["--field", "first_name"]).len(), 3);
        assert_eq!(trail(blog, &[FLOUR, "--by", "ada", "--action", "archive"]).len(), 1);
        assert_eq!(trail(blog, &[FLOUR, "--model", "user"]).len(), 0);
        assert_eq!(blog.number("SELECT COUNT(*) FROM audit_logs").await, 44);
        assert_eq!(blog.number("SELECT COUNT(*) FROM audit_logs WHERE actor_id = 'ines'").await, 42);
        let agents = "SELECT COUNT(*) FROM audit_logs WHERE user_agent LIKE 'blog/_%'";
        assert_eq!(blog.number(agents).await, 44);

        // Commands that write nothing leave nothing.
        blog.json(&["import", SAMPLES]);
        blog.json(&["delete", FLOUR]);
        blog.error(&["archive", "nothing"]);
        assert_eq!(blog.number("SELECT COUNT(*) FROM audit_logs").await, 44);
    }

    async fn a_record_tells_everything_in_json(blog) {
        changed(blog);
        let mut page = blog.json(&["audit", FLOUR, "--action", "archive"]);
        let record = &mut page["records"][0];
        assert!(record["id"].take().is_i64() && record["time"].take().is_string());
        assert_eq!(record["object_id"].take().as_str().unwrap().len(), 36);
        let nothing = Value::Null;
        assert_eq!(
            page,
            json!({"total": 1, "page": 1, "pages": 1, "records": [{
                "id": nothing, "time": nothing, "object_id": nothing,
                "action": "archive", "model": "blog.post", "object": "Where the flour comes from",
                "changes": {"status": {"old": "published", "new": "archived"}},
                "actor_id": "ada", "actor": "ada", "ip_address": nothing, "request_id": nothing,
                "user_agent": concat!("blog/", env!("CARGO_PKG_VERSION")),
            }]})
        );
    }

    async fn the_trail_is_paged_and_counted(blog) {
        changed(blog);
        let text = blog.text(&["audit", "--per-page", "3", "--page", "2"]);
        assert!(text.ends_with("Page 2 of 15, 44 records in all.\n"), "{text}");
        assert_eq!(text.lines().count(), 8, "{text}");
        let mut ids = Vec::new();
        for page in ["1", "2", "3", "4"] {
            let page = blog.json(&["audit", "--per-page", "12", "--page", page]);
            ids.extend(page["records"].as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()));
        }
        assert!(ids.len() == 44 && ids.is_sorted_by(|a, b| a > b), "{ids:?}");
        assert_eq!(blog.text(&["audit", "--page", "9"]), "There is no page 9: 44 records on 3 pages.\n");
        assert_eq!(blog.text(&["audit", "--by", "nobody"]), "No records.\n");

        let counted = |action, count| json!({"action": action, "count": count});
        let counts = [counted("create", 41), counted("archive", 1), counted("delete", 1), counted("unpublish", 1)];
        assert_eq!(blog.json(&["audit", "--counts"]), json!({"counts": counts}));
        assert_eq!(blog.json(&["audit", "--counts", "--by", "bo"]), json!({"counts": [counted("unpublish", 1)]}));
        assert_eq!(blog.text(&["audit", "--counts", "--by", "nobody"]), "No records.\n");
        let text = blog.text(&["audit", "--counts"]);
        assert!(text.contains("│ create    ┆ 41       │"), "{text}");
    }

    async fn the_actor_is_the_user_of_the_system_unless_another_is_named(blog) {
        let posts = TempDir::new().unwrap();
        fs::write(posts.path().join("a.md"), "+++\ntitle = \"Apples\"\n+++\n").unwrap();
        let run = |arguments: &[&str], variables: [(&str, &str); 2]| {
            let output = blog.command(arguments).env_remove("USER").env_remove("LOGNAME").envs(variables).output();
            assert!(output.unwrap().status.success());
        };
        let odd = "O'Brien \"100%\" $1 \\ 🦀 --";
        run(&["import", posts.path().to_str().unwrap()], [("USER", "first"), ("LOGNAME", "second")]);
        run(&["unpublish", "apples"], [("USER", ""), ("LOGNAME", "second")]);
        run(&["publish", "apples"], [("USER", ""), ("LOGNAME", "")]);
        run(&["archive", "apples", "--actor", odd], [("USER", "first"), ("LOGNAME", "second")]);
        let actors: Vec<String> = trail(blog, &["apples"]).into_iter().map(|[_, _, actor]| actor).collect();
        assert_eq!(actors, [odd, "-", "second", "first"]);
        assert_eq!(trail(blog, &["--by", odd]).len(), 1);
        assert_eq!(blog.number("SELECT COUNT(*) FROM audit_logs WHERE actor_id IS NULL").await, 1);
    }

    async fn what_cannot_be_audited_is_not_done(blog) {
        blog.json(&["import", SAMPLES]);
        execute(blog, "DROP TABLE audit_logs").await;
        let error = blog.error(&["archive", FLOUR]);
        let start = "blog: this Post was not written, since audit_logs could not take its record: ";
        assert!(error.starts_with(start), "{error}");
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE status = 'archived'").await, 0);
    }
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let blog = Blog::sqlite().await;
    assert_eq!(blog.error(&["history", "nothing"]), "blog: there is no post `nothing`");
    assert_eq!(blog.error(&["audit", "nothing"]), "blog: there is no post `nothing`");
    assert_eq!(blog.error(&["audit", "nothing", "--counts"]), "blog: there is no post `nothing`");
    assert_eq!(blog.text(&["audit"]), "No records.\n");
    for (arguments, hint) in [
        (&["history"][..], "<SLUG>"),
        (&["history", "x", "--field", "colour"], "[possible values: title, description, content,"),
        (&["history", "x", "--field", "titel"], "a similar value exists: 'title'"),
        (&["audit", "--field", "updated_at"], "[possible values: title, description, content,"),
        (&["audit", "--action", "explode"], "[possible values: create, update, delete, restore,"),
        (&["audit", "--model", "comment"], "[possible values: post, user, category, tag]"),
        (&["audit", "--recent", "0"], "0 is not in 1.."),
        (&["audit", "--per-page", "1001"], "1001 is not in 1..=1000"),
        (&["audit", "--counts", "--per-page", "5"], "'--counts' cannot be used with '--per-page <N>'"),
        (&["stats", "--actor", ""], "'--actor <NAME>'"),
    ] {
        let output = blog.run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(error.contains(hint), "{arguments:?}: {error}");
    }
    blog.close().await;
}
