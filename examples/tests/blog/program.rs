//! The program, with a database of its own for each test.

use std::io::{ErrorKind, Write};
use std::process::{Command, Output, Stdio};

use model_runtime::Pool;
use serde_json::Value;
use tests::database::Database;
use tests::raw_sql;

/// The posts that the program ships.
pub const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

/// The user of the operating system, as far as the program can see.
pub const USER: &str = "ines";

/// The program and its database.
pub struct Blog {
    database: Database,
}

impl Blog {
    pub async fn sqlite() -> Self {
        Self { database: Database::sqlite().await }
    }

    pub async fn postgres() -> Self {
        Self { database: Database::postgres().await }
    }

    /// The database, to look into it behind the program's back.
    pub fn pool(&self) -> &Pool {
        &self.database.pool
    }

    pub async fn close(self) {
        self.database.close().await;
    }

    /// The program, to be run on this database.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blog"));
        command.args(arguments).env("BLOG_DATABASE_URL", &self.database.url).env("USER", USER);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn run_after(&self, input: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        if let Err(error) = program.stdin.take().unwrap().write_all(input.as_bytes()) {
            // Not every command reads it.
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        }
        program.wait_with_output().unwrap()
    }

    /// What it prints, where it succeeds.
    pub fn text(&self, arguments: &[&str]) -> String {
        self.text_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn text_after(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.run_after(input, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it prints with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn json_after(&self, input: &str, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text_after(input, &[arguments, &["--json"]].concat())).unwrap()
    }

    /// The one line that it prints on standard error, where it fails.
    pub fn error(&self, arguments: &[&str]) -> String {
        self.error_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn error_after(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.run_after(input, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error.lines().count(), 1, "{error}");
        error.trim_end().to_owned()
    }

    /// A field of every post that `list` prints.
    pub fn listed(&self, field: &str, arguments: &[&str]) -> Vec<Value> {
        let page = self.json(&[&["list"], arguments].concat());
        page["posts"].as_array().unwrap().iter().map(|post| post[field].clone()).collect()
    }

    /// The user with that e-mail address, as `user list` tells of them.
    pub fn user(&self, email: &str) -> Value {
        let page = self.json(&["user", "list", "--per-page", "1000"]);
        page["users"].as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone()
    }

    /// The e-mail addresses of all users, in order.
    pub async fn emails(&self) -> Vec<String> {
        let mut emails = raw_sql::column(self.pool(), "SELECT email FROM users").await;
        emails.sort_unstable();
        emails
    }

    /// The number that a query gives.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match self.pool() {
            Pool::Sqlite(db) => sqlx::query_scalar(sql).fetch_one(db).await.unwrap(),
            Pool::Postgres(db) => sqlx::query_scalar(sql).fetch_one(db).await.unwrap(),
        }
    }
}

/// Defines tests that run once on each database: the body gets `blog: Blog`.
macro_rules! on_both {
    ($(async fn $name:ident($blog:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::program::Blog;

            async fn body($blog: &Blog) $body

            #[tokio::test]
            async fn sqlite() {
                let blog = Blog::sqlite().await;
                body(&blog).await;
                blog.close().await;
            }

            #[tokio::test]
            #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
            async fn postgres() {
                let blog = Blog::postgres().await;
                body(&blog).await;
                blog.close().await;
            }
        }
    )*};
}
pub(crate) use on_both;
