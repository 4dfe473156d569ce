//! The example schema that the tests work on, and the databases that they work in.

pub mod accounts;
pub mod cached;
pub mod database;
pub mod deletions;
pub mod fixtures;
pub mod log;
pub mod models;
pub mod program;
pub mod raw_sql;
pub mod recorded;
pub mod relations;
pub mod searched;
pub mod wire;

/// Prints what a long test ran, also where the test passes and its output is kept back.
pub fn report(line: std::fmt::Arguments<'_>) {
    use std::io::Write;
    // The macros for printing go by way of the test harness.
    writeln!(std::io::stderr(), "{line}").expect("standard error takes a line");
}
