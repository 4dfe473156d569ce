//! Importing folders of Markdown files.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::raw_sql::column;

use crate::program::{SAMPLES, on_both};

fn write(dir: &TempDir, name: &str, text: &str) {
    let file = dir.path().join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn name(dir: &TempDir) -> &str {
    dir.path().to_str().unwrap()
}

on_both! {
    async fn every_post_gets_a_slug_of_its_own(blog) {
        assert_eq!(
            blog.json(&["import", SAMPLES]),
            json!({"created": 8, "updated": 0, "unchanged": 0, "skipped": 1, "failed": []})
        );
        assert_eq!(blog.number("SELECT COUNT(DISTINCT slug) FROM posts WHERE slug <> ''").await, 8);
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE slug LIKE 'weekly-notes%'").await, 2);
    }

    async fn what_changed_is_written_and_what_was_done_here_is_kept(blog) {
        let posts = TempDir::new().unwrap();
        write(&posts, "a.md", "+++\ntitle = \"Apples\"\npath = \"2024/05/06/a\"\n+++\nGreen.\n");
        write(&posts, "deep/er/b.md", "+++\ntitle = \"Berries\"\n+++\nBlue.\n");
        write(&posts, "c.md", "+++\ntitle = \"Cherries\"\n+++\nRed.\n");
        assert_eq!(blog.json(&["import", name(&posts)])["created"], 3);
        assert_eq!(blog.json(&["show", "berries"])["source_path"], "deep/er/b.md");
        blog.text(&["archive", "apples"]);
        blog.text(&["delete", "cherries"]);

        write(&posts, "a.md", "+++\ntitle = \"Apple pie\"\npath = \"2024/05/06/a\"\n+++\nRipe.\n");
        assert_eq!(
            blog.json(&["import", name(&posts)]),
            json!({"created": 0, "updated": 1, "unchanged": 1, "skipped": 1, "failed": []})
        );
        let apples = blog.json(&["show", "apples"]);
        assert_eq!(apples["content"], "Ripe.");
        assert_eq!(apples["excerpt"], "Ripe.");
        assert_eq!(apples["seo_title"], "Apple pie");
        assert_eq!(apples["status"], "archived");
        assert_eq!(apples["posted_on"], "2024-05-06");
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE deleted_at IS NOT NULL").await, 1);
    }

    async fn a_new_alias_is_a_change(blog) {
        let posts = TempDir::new().unwrap();
        write(&posts, "a.md", "+++\ntitle = \"Apples\"\n+++\n");
        write(&posts, "b.md", "+++\ntitle = \"Berries\"\n+++\n");
        blog.json(&["import", name(&posts)]);
        write(&posts, "a.md", "+++\ntitle = \"Apples\"\naliases = [\"old/a\"]\n+++\n");
        assert_eq!(blog.json(&["import", name(&posts)])["updated"], 1);
        assert_eq!(blog.json(&["show", "old/a"])["slug"], "apples");
        assert_eq!(blog.json(&["import", name(&posts)])["updated"], 0);

        write(&posts, "b.md", "+++\ntitle = \"Berries\"\naliases = [\"old/a\"]\n+++\n");
        let output = blog.run(&["import", name(&posts), "--json"]);
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            summary["failed"],
            json!([{"file": "b.md", "reason": "the alias \"old/a\": another Post has the same slug"}])
        );
        assert_eq!(blog.json(&["show", "old/a"])["slug"], "apples");
    }

    async fn a_bad_file_is_named_and_the_rest_goes_on(blog) {
        let posts = TempDir::new().unwrap();
        let long = format!("+++\ntitle = \"{}\"\n+++\n", "x".repeat(201));
        write(&posts, "good.md", "+++\ntitle = \"Good\"\n+++\n");
        write(&posts, "sub/long.md", &long);
        write(&posts, "sub/plain.md", "# No front matter\n");
        write(&posts, "sub/notes.txt", "not Markdown");
        fs::write(posts.path().join("sub/latin1.md"), b"+++\ntitle = \"caf\xe9\"\n+++\n").unwrap();
        std::os::unix::fs::symlink("nowhere", posts.path().join("sub/gone.md")).unwrap();

        let output = blog.run(&["import", name(&posts), "--json"]);
        assert_eq!(output.status.code(), Some(1));
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut failed: Vec<(&str, &str)> = summary["failed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|failure| (failure["file"].as_str().unwrap(), failure["reason"].as_str().unwrap()))
            .collect();
        failed.sort_unstable();
        let expected = [
            ("sub/gone.md", "it cannot be read: No such file or directory (os error 2)"),
            ("sub/latin1.md", "it cannot be read: stream did not contain valid UTF-8"),
            ("sub/long.md", "Post is not valid: title has 201 characters, 200 are allowed"),
            ("sub/plain.md", "there is no front matter: the first line is not `+++`"),
        ];
        assert_eq!(failed, expected);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error, "blog: 4 files could not be imported\n");
        assert_eq!(summary["created"], 1);
        assert_eq!(blog.listed("title", &[]), ["Good"]);
    }

    async fn of_a_file_that_fails_nothing_is_written(blog) {
        let posts = TempDir::new().unwrap();
        let long = "x".repeat(51);
        write(&posts, "a.md", "+++\ntitle = \"Alpha\"\n+++\n");
        write(&posts, "b.md", "+++\ntitle = \"Beta\"\naliases = [\"old/b\", \"alpha\"]\n[taxonomies]\ntags = [\"new\"]\n+++\n");
        write(&posts, "c.md", &format!("+++\ntitle = \"C\"\n[taxonomies]\ncategories = [\"New\"]\ntags = [\"fine\", \"{long}\"]\n+++\n"));
        write(&posts, "d.md", "+++\ntitle = \"Delta\"\naliases = [\"old/b\"]\n[taxonomies]\ntags = [\"New\"]\n+++\n");
        let import = || -> Value {
            serde_json::from_slice(&blog.run(&["import", name(&posts), "--json"]).stdout).unwrap()
        };
        let failed = json!([
            {"file": "b.md", "reason": "the alias \"alpha\": another Post has the same slug"},
            {"file": "c.md", "reason": "Tag is not valid: name has 51 characters, 50 are allowed"},
        ]);
        assert_eq!(
            import(),
            json!({"created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "failed": failed})
        );
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts").await, 2);
        assert_eq!(blog.number("SELECT COUNT(*) FROM categories").await, 0);
        assert_eq!(column::<String>(blog.pool(), "SELECT name FROM tags").await, ["New"]);
        assert_eq!(blog.json(&["show", "old/b"])["title"], "Delta");

        // The same of files that were imported already.
        write(&posts, "a.md", "+++\ntitle = \"Alef\"\naliases = [\"old/a\", \"delta\"]\n[taxonomies]\ncategories = [\"New\"]\ntags = [\"x\"]\n+++\n");
        let records = blog.number("SELECT COUNT(*) FROM audit_logs").await;
        let summary = import();
        assert_eq!(summary["failed"].as_array().unwrap().len(), 3);
        assert_eq!(summary["failed"][0]["reason"], "the alias \"delta\": another Post has the same slug");
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE title IN ('Alpha', 'Delta')").await, 2);
        assert_eq!(blog.number("SELECT COUNT(*) FROM categories").await, 0);
        assert_eq!(blog.number("SELECT COUNT(*) FROM tags").await, 1);
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts_slug_history").await, 1);
        assert_eq!(blog.number("SELECT COUNT(*) FROM audit_logs").await, records);
    }
}
