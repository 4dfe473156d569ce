//! A program of the examples, run as a person runs it, with a database of its own for each test.

use std::io::{ErrorKind, Write};
use std::process::{Command, Output, Stdio};

use model_runtime::Pool;
use serde_json::Value;

use crate::database::Database;
use crate::raw_sql;

/// The user of the operating system, as far as the program can see.
pub const USER: &str = "ines";

/// A program and its database.
pub struct Program {
    executable: &'static str,
    variable: &'static str,
    database: Database,
}

impl Program {
    /// The program at that path, which learns of the database from that environment variable.
    pub fn new(executable: &'static str, variable: &'static str, database: Database) -> Self {
        Self { executable, variable, database }
    }

    /// The database, to look into it behind the program's back.
    pub fn pool(&self) -> &Pool {
        &self.database.pool
    }

    /// Removes the database.
    pub async fn close(self) {
        self.database.close().await;
    }

    /// The program, to be run on this database.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.executable);
        command.args(arguments).env(self.variable, &self.database.url).env("USER", USER);
        command
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn run_after(&self, input: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().expect("the program starts");
        let mut stdin = program.stdin.take().expect("its standard input is a pipe");
        if let Err(error) = stdin.write_all(input.as_bytes()) {
            // Not every command reads it.
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        }
        drop(stdin);
        program.wait_with_output().expect("the program ends")
    }

    /// What it prints, where it succeeds.
    pub fn text(&self, arguments: &[&str]) -> String {
        self.text_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn text_after(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.run_after(input, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it prints UTF-8")
    }

    /// What it prints with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn json_after(&self, input: &str, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text_after(input, &[arguments, &["--json"]].concat()))
            .expect("it prints JSON")
    }

    /// The one line that it prints on standard error, where it fails.
    pub fn error(&self, arguments: &[&str]) -> String {
        self.error_after("", arguments)
    }

    /// The same, with this as its standard input.
    pub fn error_after(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.run_after(input, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = String::from_utf8(output.stderr).expect("it prints UTF-8");
        assert_eq!(error.lines().count(), 1, "{error}");
        error.trim_end().to_owned()
    }

    /// The number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        raw_sql::value(self.pool(), sql).await
    }
}
