//! The users whom imported posts belong to.

use std::fs;

use model_runtime::prelude::*;
use model_runtime::users::User;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::raw_sql::{column, count, value};

use crate::program::{SAMPLES, on_both};

/// The user whom the tests make by hand.
const JANE: &str = "jane@example.com";

fn write(dir: &TempDir, name: &str, authors: &str) {
    let text = format!("+++\ntitle = \"{name}\"\nauthors = [{authors}]\n+++\n");
    fs::write(dir.path().join(name).with_extension("md"), text).unwrap();
}

on_both! {
    async fn authors_become_users_once(blog) {
        blog.json(&["import", SAMPLES]);
        let imported = ["ines-okafor@authors.invalid", "jonas-lindqvist@authors.invalid", "mei-tan@authors.invalid"];
        assert_eq!(blog.emails().await, imported);
        let unusable = "SELECT COUNT(*) FROM users WHERE password = '!' AND is_active AND NOT is_verified AND NOT is_staff";
        assert_eq!(blog.number(unusable).await, 3);
        let names = "SELECT first_name || '+' || last_name || '+' || username FROM users WHERE email LIKE 'mei%'";
        assert_eq!(value::<String>(blog.pool(), names).await, "Mei+Tan+Mei Tan");
        let mut owners: Vec<String> = column(
            blog.pool(),
            "SELECT p.source_path || ' ' || u.first_name FROM posts AS p JOIN users AS u ON u.id = p.author_id",
        )
        .await;
        owners.sort_unstable();
        assert_eq!(
            owners,
            [
                "bread-and-tea.md Mei", "croissants.md Ines", "feeding-a-starter.md Ines", "flour.md Jonas",
                "lighting-the-oven.md Ines", "rye.md Mei", "weekly-notes-1.md Jonas", "weekly-notes-2.md Mei",
            ]
        );
        let mut codes: Vec<String> = column(blog.pool(), "SELECT code FROM auth_permissions").await;
        codes.sort_unstable();
        assert_eq!(codes.len(), 9);
        assert!(codes.contains(&"blog.publish_post".to_owned()), "{codes:?}");

        blog.json(&["import", SAMPLES]);
        assert_eq!(blog.emails().await, imported);
        assert_eq!(count(blog.pool(), "auth_permissions").await, 9);
    }

    async fn odd_names_become_users_too(blog) {
        let posts = TempDir::new().unwrap();
        let long = "A working group of the town ".repeat(4);
        write(&posts, "a", "\"Ines Okafor\", \"ines okafor\"");
        write(&posts, "b", "\"  Inès \\t Okafor \", \"\", \"TC\"");
        write(&posts, "c", &format!("\"{long}\", \"谭美\", \"🥐\""));
        write(&posts, "d", "");
        write(&posts, "e", &format!("\"Ok\", \"{}\"", "x".repeat(151)));
        let output = blog.run(&["import", posts.path().to_str().unwrap(), "--json"]);
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        let reason = "User is not valid: username has 151 characters, 150 are allowed; first_name has 151 characters, 150 \
                      are allowed";
        assert_eq!(summary["failed"], json!([{"file": "e.md", "reason": reason}]));
        assert_eq!(summary["created"], 4);
        let mut made: Vec<String> = column(blog.pool(), "SELECT username || ' ' || email FROM users").await;
        made.sort_unstable();
        let long = format!("{} a-working-group-of-the-town-a-working-group-of-the-town-a-wo@authors.invalid", long.trim());
        assert_eq!(
            made,
            [
                &long,
                "Anonymous anonymous@authors.invalid",
                "Ines Okafor ines-okafor@authors.invalid",
                "Inès Okafor ines-okafor-3@authors.invalid",
                "Ok ok@authors.invalid",
                "TC tc@authors.invalid",
                "ines okafor ines-okafor-2@authors.invalid",
                "谭美 tan-mei@authors.invalid",
                "🥐 croissant@authors.invalid",
            ]
        );
        blog.run(&["import", posts.path().to_str().unwrap()]);
        assert_eq!(count(blog.pool(), "users").await, 9);
        assert_eq!(blog.json(&["show", "d"])["authors"], "");
    }

    async fn posts_belong_to_the_user_of_that_name(blog) {
        let posts = TempDir::new().unwrap();
        blog.text(&["user", "create", JANE, "--no-password", "--username", "Mei Tan"]);
        blog.text(&["user", "create", "ines-okafor@authors.invalid", "--no-password"]);
        write(&posts, "a", "\"Mei Tan\"");
        let import = || blog.json(&["import", posts.path().to_str().unwrap()]);
        assert_eq!(import()["created"], 1);
        assert_eq!(blog.user(JANE)["posts"], 1);

        write(&posts, "a", "\"Ines Okafor\", \"Mei Tan\"");
        assert_eq!(import()["updated"], 1);
        assert_eq!(blog.user(JANE)["posts"], 0);
        assert_eq!(blog.user("ines-okafor@authors.invalid")["posts"], 0);
        assert_eq!(blog.user("ines-okafor-2@authors.invalid")["posts"], 1);
        assert_eq!(count(blog.pool(), "users").await, 3);
        let history = blog.json(&["history", "a", "--field", "author_id"]);
        assert_eq!(history["changes"][0]["old"], blog.user(JANE)["id"]);
    }

    async fn who_has_posts_cannot_be_removed(blog) {
        blog.json(&["import", SAMPLES]);
        let mei = User::objects().by_email("mei-tan@authors.invalid").get(blog.pool()).await.unwrap();
        assert!(matches!(mei.hard_delete(blog.pool()).await, Err(Error::Protected { .. })));
        assert_eq!(count(blog.pool(), "users").await, 3);
    }
}
