//! What a write must also record: the differences that it made, in the row's own log, and in a journal of all rows.
//!
//! Core knows a log column and a journal table; which capability asks for them, it does not know. Each recorded
//! write is one statement (PostgreSQL) or one command in a transaction (SQLite), for one row and for many.

mod change;
mod given;
mod json;
mod log;
mod source;
mod statement;
mod value;

pub use change::{Change, Changes, LoggedValue};
pub(crate) use given::{GIVEN, Given, given, table_of};
pub use json::MASK;
pub(crate) use json::plain_text;
#[cfg(feature = "users")]
pub(crate) use source::removed;
pub(crate) use source::{Rows, differences, filter};
pub(crate) use statement::{DELETE, HARD_DELETE, RESTORE, Recorder, UPDATE};
pub use value::from_json;

use std::fmt;

use sqlx::SqlStr;

use crate::atomic::{Atomic, ended_by_deadlock};
use crate::backend::{self, Backend};
use crate::error::{Error, Result};
use crate::sql::{Sql, arguments};
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::Value;

/// What every write of a table must also record.
#[derive(Debug, Clone, Copy)]
pub struct RecordDef {
    /// The differences, in a column of the row.
    pub log: Option<LogDef>,
    /// The differences, as a row of another table.
    pub journal: Option<JournalDef>,
}

impl RecordDef {
    /// Nothing is recorded.
    pub const NONE: Self = Self { log: None, journal: None };
}

/// A column that holds the latest differences of its row: `{time: {field: {"old": …, "new": …}}}`.
#[derive(Debug, Clone, Copy)]
pub struct LogDef {
    /// The column.
    pub column: &'static str,
    /// How many entries it keeps; all where there is no number.
    pub keep: Option<u32>,
}

/// A table that gets a row for each row written. Its columns are those of [`JOURNAL_COLUMNS`], and what `entry` adds.
#[derive(Clone, Copy)]
pub struct JournalDef {
    /// The table.
    pub table: &'static str,
    /// Further columns of the rows of one write, or an error that refuses it. `None` leaves the write out.
    pub entry: fn(&'static TableDef) -> Result<Option<Entry>>,
}

impl fmt::Debug for JournalDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalDef").field("table", &self.table).finish_non_exhaustive()
    }
}

/// Columns of a journal's row, with their values.
pub type Entry = Vec<(&'static str, Value<'static>)>;

/// The columns of a journal that every write fills: when, what, of which model, which row, how it shows itself, and
/// `{field: {"old": …, "new": …}}`.
pub const JOURNAL_COLUMNS: [&str; 6] =
    ["timestamp", "action", "content_type", "object_id", "object_repr", "changes"];

/// What records tell of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// All.
    Full,
    /// That they changed; [`MASK`] stands for them.
    Mask,
    /// Nothing.
    Skip,
}

/// What a recorded write did.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// How many rows were written.
    pub rows: u64,
    /// The key that the database made.
    pub key: Option<i64>,
    /// The row's log after the write.
    pub log: Option<String>,
}

/// The row that a recorded write returns.
const RESULT: [ColumnDef; 3] = [
    ColumnDef::new::<i64>("rows"),
    ColumnDef::new::<Option<i64>>("key"),
    ColumnDef::new::<Option<String>>("log"),
];

/// How often a statement is tried that PostgreSQL ends to break a deadlock. It comes to a row twice, to lock and to
/// write it, and a third writer may queue up in between; nothing is written then, so it can go again.
const ATTEMPTS: u32 = 5;

/// A write, ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    text: SqlStr,
    values: Vec<Value<'static>>,
}

impl From<Sql> for Statement {
    fn from(sql: Sql) -> Self {
        let (text, values) = sql.into_parts();
        Self { text, values }
    }
}

impl Statement {
    /// Runs it as one that is whole in itself, and returns how many rows it wrote.
    pub(crate) async fn execute<B: Backend>(
        self,
        connection: &mut B::Connection,
        error: impl Fn(sqlx::Error) -> Error + Send,
    ) -> Result<u64> {
        let mut attempts = attempts::<B>(connection);
        loop {
            attempts -= 1;
            match B::execute(connection, self.text.clone(), self.arguments::<B>()?).await {
                Err(e) if attempts > 0 && ended_by_deadlock(&e) => {}
                result => return Ok(B::rows_affected(&result.map_err(error)?)),
            }
        }
    }

    /// The same, and reads what it returns.
    pub(crate) async fn rows<B: Backend, T: Send>(
        self,
        connection: &mut B::Connection,
        error: impl Fn(sqlx::Error) -> Error + Send,
        read: impl Fn(&B::Row) -> sqlx::Result<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut attempts = attempts::<B>(connection);
        loop {
            attempts -= 1;
            match backend::all::<B, T>(connection, self.text.clone(), self.arguments::<B>()?, &read).await {
                Err(e) if attempts > 0 && ended_by_deadlock(&e) => {}
                result => return result.map_err(error),
            }
        }
    }

    fn arguments<B: Backend>(&self) -> Result<B::Arguments> {
        arguments::<B>(self.values.iter().map(Value::borrowed))
    }
}

fn attempts<B: Backend>(connection: &B::Connection) -> u32 {
    if B::in_transaction(connection) { 1 } else { ATTEMPTS }
}

/// Runs a recorded write: all of it or nothing.
pub(crate) async fn run<B: Backend>(
    connection: &mut B::Connection,
    statement: impl Into<Statement> + Send,
    table: &'static TableDef,
    error: fn(sqlx::Error, &TableDef) -> Error,
) -> Result<Written> {
    let written = |row: &B::Row| {
        Ok(Written {
            rows: backend::read::<B, i64>(row, 0, &RESULT[0])?.unsigned_abs(),
            key: backend::read::<B, Option<i64>>(row, 1, &RESULT[1])?,
            log: backend::read::<B, Option<String>>(row, 2, &RESULT[2])?,
        })
    };
    Ok(rows::<B, _>(connection, statement, table, error, written).await?.pop().unwrap_or_default())
}

/// Runs a recorded write, all of it or nothing, and reads what it returns.
pub(crate) async fn rows<B: Backend, T: Send>(
    connection: &mut B::Connection,
    statement: impl Into<Statement> + Send,
    table: &'static TableDef,
    error: fn(sqlx::Error, &TableDef) -> Error,
    read: impl Fn(&B::Row) -> sqlx::Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    let statement = statement.into();
    let error = |e| journal_error(e, table, error);
    if B::DIALECT == Dialect::Postgres {
        return statement.rows::<B, T>(connection, error, read).await;
    }
    // Several statements: an error in the middle, or a future dropped there, must undo those before.
    let arguments = arguments::<B>(statement.values)?;
    let mut transaction = Atomic::<B>::begin(connection).await?;
    match backend::all::<B, T>(transaction.connection(), statement.text, arguments, read).await {
        Ok(rows) => {
            transaction.commit().await?;
            Ok(rows)
        }
        Err(e) => {
            transaction.roll_back().await;
            Err(error(e))
        }
    }
}

/// Adds the journal's rows for rows that are inserted already, inside the caller's transaction.
pub(crate) async fn inserted<B: Backend>(
    connection: &mut B::Connection,
    recorder: &Recorder,
    table: &'static TableDef,
    keys: Value<'static>,
) -> Result<()> {
    let (sql, arguments) = recorder.inserted(B::DIALECT, keys).into_statement::<B>()?;
    let result = B::execute(connection, sql, arguments).await;
    result.map(drop).map_err(|e| error_of(e, table))
}

/// The typed error of a statement that may also write the journal.
pub(crate) fn error_of(error: sqlx::Error, table: &'static TableDef) -> Error {
    journal_error(error, table, Error::of)
}

/// The typed error; one that names the journal is the journal's.
fn journal_error(
    error: sqlx::Error,
    table: &'static TableDef,
    otherwise: fn(sqlx::Error, &TableDef) -> Error,
) -> Error {
    let (Some(journal), sqlx::Error::Database(database)) = (table.record.journal, &error) else {
        return otherwise(error, table);
    };
    let names_journal = match database.table() {
        Some(named) => named == journal.table,
        None => {
            let message = database.message();
            let mut words = message.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word == journal.table)
        }
    };
    if names_journal && journal.table != table.name {
        return Error::Unrecorded { model: table.model, journal: journal.table, source: error };
    }
    otherwise(error, table)
}
