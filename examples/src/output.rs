//! Printing: tables for people, JSON for programs.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, Utc};
use comfy_table::{ContentArrangement, Table, presets};
use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use model_runtime::record::LoggedValue;
use serde::Serialize;
use serde_json::Value;

/// How a program ends: an error is told in one line.
pub fn end(program: &str, result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output, such as `head`, has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints a result in the form that was asked for.
///
/// # Errors
/// Where standard output takes nothing.
pub fn print(result: &(impl Serialize + Display), json: bool) -> anyhow::Result<()> {
    // `println!` panics when the reader of a pipe has gone.
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, result).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{result}")?;
    }
    out.flush()?;
    Ok(())
}

/// A table as wide as the terminal, or as its content where there is no terminal.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(header);
    if let Some((_, columns)) = Term::stdout().size_checked() {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
    }
    table
}

/// An error and its causes. A cause that the error's own text quotes already, as sqlx's does, is not repeated.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| cause.to_string().replace('\n', " ")) {
        if !line.contains(&cause) {
            line.push_str(if line.is_empty() { "" } else { ": " });
            line.push_str(&cause);
        }
    }
    line
}

/// `1 post`, `2 posts`.
pub fn number(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A time to the second.
pub fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The most characters of a text in one line of a table.
const SHORT: usize = 40;

/// A text in one short line.
pub fn short(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.chars().nth(SHORT) {
        Some(_) => line.chars().take(SHORT - 1).chain(['…']).collect(),
        None => line,
    }
}

/// A recorded value in one short line: text without quotes, `-` for null.
pub fn value(value: &LoggedValue) -> String {
    match value.to_value() {
        Value::Null => "-".to_owned(),
        Value::String(text) if !text.is_empty() => short(&text),
        _ => short(value.as_json()),
    }
}

/// A progress bar on standard error; it draws nothing where that is not a terminal.
pub fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
