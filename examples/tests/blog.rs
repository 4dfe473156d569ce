//! The program `blog`, run as a person runs it, on the samples that it ships.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

/// The slug of one of the samples.
const FLOUR: &str = "where-the-flour-comes-from";

/// The program with a database of its own.
struct Blog {
    dir: TempDir,
}

impl Blog {
    fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    /// A blog that holds the samples.
    fn with_samples() -> Self {
        let blog = Self::new();
        blog.json(&["import", SAMPLES]);
        blog
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_blog"))
            .args(arguments)
            .env(
                "BLOG_DATABASE_URL",
                format!("sqlite://{}", self.dir.path().join("blog.db").display()),
            )
            .output()
            .unwrap()
    }

    /// What it prints, where it succeeds.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it prints with `--json`.
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The one line that it prints on standard error, where it fails.
    fn error(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error.lines().count(), 1, "{error}");
        error.trim_end().to_owned()
    }

    /// A field of every post that `list` prints.
    fn listed(&self, field: &str, arguments: &[&str]) -> Vec<Value> {
        let page = self.json(&[&["list"], arguments].concat());
        page["posts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|post| post[field].clone())
            .collect()
    }
}

fn write(dir: &Path, name: &str, text: &str) {
    let file = dir.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn the_second_import_writes_nothing() {
    let blog = Blog::new();
    assert_eq!(
        blog.json(&["import", SAMPLES]),
        json!({"created": 8, "updated": 0, "unchanged": 0, "skipped": 1, "failed": []})
    );
    let before = blog.json(&["list"]);
    assert_eq!(
        blog.json(&["import", SAMPLES]),
        json!({"created": 0, "updated": 0, "unchanged": 8, "skipped": 1, "failed": []})
    );
    assert_eq!(blog.json(&["list"]), before);
}

#[test]
fn an_import_writes_what_changed_and_keeps_what_was_done_here() {
    let blog = Blog::new();
    let posts = TempDir::new().unwrap();
    let dir = posts.path().to_str().unwrap();
    write(
        posts.path(),
        "a.md",
        "+++\ntitle = \"Apples\"\npath = \"2024/05/06/a\"\n+++\nGreen.\n",
    );
    write(
        posts.path(),
        "deep/er/b.md",
        "+++\ntitle = \"Berries\"\n+++\nBlue.\n",
    );
    write(posts.path(), "c.md", "+++\ntitle = \"Cherries\"\n+++\nRed.\n");
    assert_eq!(blog.json(&["import", dir])["created"], 3);
    assert_eq!(blog.json(&["show", "berries"])["source_path"], "deep/er/b.md");
    blog.text(&["archive", "apples"]);
    blog.text(&["delete", "cherries"]);

    write(
        posts.path(),
        "a.md",
        "+++\ntitle = \"Apples\"\npath = \"2024/05/06/a\"\n+++\nRipe.\n",
    );
    assert_eq!(
        blog.json(&["import", dir]),
        json!({"created": 0, "updated": 1, "unchanged": 1, "skipped": 1, "failed": []})
    );
    let apples = blog.json(&["show", "apples"]);
    assert_eq!(
        (&apples["content"], &apples["excerpt"]),
        (&json!("Ripe."), &json!("Ripe."))
    );
    assert_eq!(
        (&apples["status"], &apples["posted_on"]),
        (&json!("archived"), &json!("2024-05-06"))
    );
    assert_eq!(blog.json(&["stats"])["deleted"], 1);

    write(
        posts.path(),
        "a.md",
        "+++\ntitle = \"Apples\"\naliases = [\"old/a\"]\n+++\nRipe.\n",
    );
    assert_eq!(
        blog.json(&["import", dir])["updated"],
        1,
        "a new alias is a change"
    );
    assert_eq!(blog.json(&["show", "old/a"])["slug"], "apples");
    assert_eq!(blog.json(&["import", dir])["updated"], 0);
}

#[test]
fn a_bad_file_is_named_and_the_rest_goes_on() {
    let blog = Blog::new();
    let posts = TempDir::new().unwrap();
    let dir = posts.path().to_str().unwrap();
    let long = format!("+++\ntitle = \"{}\"\n+++\n", "x".repeat(201));
    write(posts.path(), "good.md", "+++\ntitle = \"Good\"\n+++\n");
    write(posts.path(), "sub/long.md", &long);
    write(posts.path(), "sub/plain.md", "# No front matter\n");
    write(posts.path(), "sub/notes.txt", "not Markdown");
    fs::write(
        posts.path().join("sub/latin1.md"),
        b"+++\ntitle = \"caf\xe9\"\n+++\n",
    )
    .unwrap();

    let output = blog.run(&["import", dir, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "blog: 3 files could not be imported\n"
    );
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["created"], 1);
    let mut failed: Vec<_> = summary["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| &failure["file"])
        .collect();
    failed.sort_by_key(|file| file.to_string());
    assert_eq!(failed, ["sub/latin1.md", "sub/long.md", "sub/plain.md"]);
    assert!(
        summary["failed"].to_string().contains("no front matter"),
        "{summary}"
    );
    assert_eq!(blog.listed("title", &[]), ["Good"]);
}

#[test]
fn posts_are_shown_under_old_slugs_too() {
    let blog = Blog::with_samples();
    let post = blog.json(&["show", "lighting-the-oven"]);
    assert_eq!(post["title"], "Lighting the oven");
    assert_eq!(post["posted_on"], "2023-10-02");
    assert_eq!(post["status"], "published");
    assert_eq!(blog.json(&["show", "news/first-fire"]), post);
    assert_eq!(blog.json(&["show", "2023/10/02/oven.html"]), post);
    let old: Vec<_> = post["old_slugs"].as_array().unwrap().iter().collect();
    assert_eq!(old.len(), 2, "{old:?}");

    let text = blog.text(&["show", "news/first-fire"]);
    assert!(text.contains("The oven came with the building"), "{text}");
}

#[test]
fn slugs_are_unique_and_never_empty() {
    let blog = Blog::with_samples();
    let mut slugs = blog.listed("slug", &[]);
    assert_eq!(slugs.len(), 8);
    assert!(
        slugs.iter().all(|slug| !slug.as_str().unwrap().is_empty()),
        "{slugs:?}"
    );
    slugs.sort_by_key(|slug| slug.to_string());
    slugs.dedup();
    assert_eq!(slugs.len(), 8);
}

#[test]
fn lists_are_filtered_sorted_and_paged() {
    let blog = Blog::with_samples();
    assert_eq!(
        blog.listed("title", &["--search", "STARTER"]),
        ["Feeding a starter when you are not at home"]
    );
    assert_eq!(blog.listed("title", &["--search", "100%"]), [] as [&str; 0]);
    assert_eq!(blog.listed("title", &["--recent", "1"]), [] as [&str; 0]);
    assert_eq!(blog.listed("title", &["--status", "draft"]), [] as [&str; 0]);
    assert_eq!(
        blog.listed("title", &["--per-page", "1"]),
        ["Rye, or: how to bake a brick & like it"]
    );
    assert_eq!(
        blog.listed("title", &["--per-page", "1", "--order", "posted-on"]),
        ["Lighting the oven"]
    );

    let mut paged = Vec::new();
    for page in ["1", "2", "3", "4"] {
        paged.extend(blog.listed("slug", &["--per-page", "3", "--order", "-title", "--page", page]));
    }
    assert_eq!(paged, blog.listed("slug", &["--order", "-title"]));
    let page = blog.json(&["list", "--per-page", "3", "--page", "4"]);
    assert_eq!(
        (&page["total"], &page["pages"], &page["posts"]),
        (&json!(8), &json!(3), &json!([]))
    );
}

#[test]
fn a_post_goes_through_its_states() {
    let blog = Blog::with_samples();
    let change = |command: &str| {
        let outcome = blog.json(&[command, FLOUR]);
        (
            outcome["changed"].as_bool().unwrap(),
            outcome["post"]["status"].as_str().unwrap().to_owned(),
        )
    };

    assert_eq!(change("publish"), (false, "published".into()));
    assert_eq!(change("unpublish"), (true, "draft".into()));
    assert_eq!(blog.listed("slug", &["--status", "draft"]), [FLOUR]);
    assert_eq!(change("publish"), (true, "published".into()));
    assert_eq!(change("archive"), (true, "archived".into()));
    let refused = blog.error(&["publish", FLOUR]);
    assert!(
        refused.contains("archived") && refused.contains("published"),
        "{refused}"
    );

    assert_eq!(change("delete"), (true, "archived".into()));
    assert_eq!(change("delete"), (false, "archived".into()));
    assert_eq!(blog.listed("slug", &["--deleted"]), [FLOUR]);
    assert_eq!(
        blog.error(&["show", FLOUR]),
        format!("blog: there is no post `{FLOUR}`")
    );
    assert_eq!(
        blog.error(&["publish", FLOUR]),
        format!("blog: there is no post `{FLOUR}`")
    );
    assert_eq!(change("restore"), (true, "archived".into()));
    assert_eq!(change("restore"), (false, "archived".into()));
    let stats = blog.json(&["stats"]);
    assert_eq!(
        [
            &stats["draft"],
            &stats["published"],
            &stats["archived"],
            &stats["deleted"],
            &stats["authors"]
        ],
        [0, 7, 1, 0, 3]
    );
}

#[test]
fn the_walk_through_ends_with_a_list_and_numbers() {
    let blog = Blog::new();
    let walk = blog.json(&[]);
    assert_eq!(walk["loaded"]["created"], 8);
    assert_eq!(walk["posts"].as_array().unwrap().len(), 9);
    assert_eq!(walk["stats"]["archived"], 1);
    let results: Vec<_> = walk["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["result"].as_str().unwrap())
        .collect();
    assert!(results[0].contains("500 characters"), "{results:?}");
    assert!(
        results.contains(&"9 posts, now 8") && results.contains(&"1 post restored"),
        "{results:?}"
    );
    assert!(results.last().unwrap().starts_with("refused: "), "{results:?}");

    let again = blog.text(&[]);
    for part in [
        "0 created, 0 updated, 8 unchanged",
        "The life of a post",
        "Posts",
        "Numbers",
    ] {
        assert!(again.contains(part), "{again}");
    }
}

#[test]
fn errors_are_one_line() {
    let blog = Blog::new();
    assert_eq!(
        blog.error(&["show", "nothing"]),
        "blog: there is no post `nothing`"
    );
    assert_eq!(
        blog.error(&["restore", "nothing"]),
        "blog: there is no post `nothing`"
    );
    assert_eq!(
        blog.error(&["import", "/nowhere/at/all"]),
        "blog: there is no folder /nowhere/at/all"
    );
    let unknown = blog.error(&["--database-url", "mysql://me:hunter2@localhost/blog", "stats"]);
    assert!(
        unknown.contains("mysql") && !unknown.contains("hunter2"),
        "{unknown}"
    );
    let missing = blog.error(&["--database-url", "sqlite:///nowhere/at/all.db", "stats"]);
    assert!(
        missing.starts_with("blog: the database cannot be opened: "),
        "{missing}"
    );
}

#[test]
fn the_schema_is_printed_for_both_databases() {
    let blog = Blog::new();
    for dialect in ["sqlite", "postgres"] {
        let sql = blog.text(&["schema", "--dialect", dialect]);
        for table in ["authors", "posts"] {
            assert!(
                sql.to_lowercase().contains(&format!("create table {table}")),
                "{sql}"
            );
        }
    }
}
