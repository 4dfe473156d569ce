//! The one error type, and how a database's error becomes one that names model and field.

use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};

use crate::schema::live_reference;
use crate::table::{IndexDef, TableDef};

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whatever can go wrong. Nothing is half written when one is returned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No row fits.
    #[error("no {model} found: {what}")]
    NotFound {
        /// The model's name.
        model: &'static str,
        /// What was looked for.
        what: String,
    },
    /// `get` found more than one row.
    #[error("more than one {model} found by a query that must find exactly one")]
    Multiple {
        /// The model's name.
        model: &'static str,
    },
    /// Fields that may not be written as they are, all of them at once.
    #[error(transparent)]
    Validation(#[from] ValidationErrors),
    /// Another row has these values already.
    #[error("another {model} has the same {}", fields.join(" and "))]
    Unique {
        /// The model's name.
        model: &'static str,
        /// The fields that must be unique together.
        fields: Vec<String>,
    },
    /// Other rows refer to this one, and their `on_delete` does not let it go.
    #[error("this {model} cannot be deleted: {}", protected_by(relation, *rows))]
    Protected {
        /// The model's name.
        model: &'static str,
        /// Who refers to it: `Post.author_id`; where only the database knows, the table.
        relation: String,
        /// How many rows do, where it is known.
        rows: Option<u64>,
    },
    /// The row's state does not allow the operation.
    #[error("this {model} is {from} and cannot become {to}")]
    InvalidTransition {
        /// The model's name.
        model: &'static str,
        /// The state of the row.
        from: &'static str,
        /// The state asked for.
        to: &'static str,
    },
    /// Somebody else changed the row in between.
    #[error("this {model} was changed by somebody else: {detail}")]
    Conflict {
        /// The model's name.
        model: &'static str,
        /// What changed.
        detail: String,
    },
    /// Rows are locked until a transaction ends, and there is none.
    #[error(
        "rows of {model} are locked until a transaction ends, and there is none; begin one with `pool.begin()` and pass `&mut transaction`"
    )]
    TransactionRequired {
        /// The model's name.
        model: &'static str,
    },
    /// The write must say who made it, and no [audit context](crate::audit::scope) names an actor.
    #[error(
        "{model} is written only in the name of an actor, and the audit context has none; run the write in `audit::scope` or with `with_audit`"
    )]
    ActorRequired {
        /// The model's name.
        model: &'static str,
    },
    /// What a write must record could not be, so nothing is written.
    #[error("this {model} was not written, since {journal} could not take its record: {source}")]
    Unrecorded {
        /// The model's name.
        model: &'static str,
        /// The table that takes the record.
        journal: &'static str,
        /// Why not.
        source: sqlx::Error,
    },
    /// The e-mail or the password is wrong. Which of them, or that there is no such user, is not told (rule 25).
    #[cfg(feature = "users")]
    #[error("the e-mail or the password is wrong")]
    Credentials,
    /// Too many attempts failed.
    #[cfg(feature = "users")]
    #[error("too many attempts failed; try again in {} s", retry_after.as_secs().max(1))]
    Throttled {
        /// How long to wait.
        retry_after: std::time::Duration,
    },
    /// The token is not accepted.
    #[cfg(feature = "users")]
    #[error("the token {0}")]
    Token(#[from] crate::users::TokenFault),
    /// The store of files failed.
    #[cfg(feature = "files")]
    #[error("the store of files failed: {0}")]
    Storage(#[from] object_store::Error),
    /// A queryset cannot be served from memory, since it could be out of date there.
    #[cfg(feature = "cache")]
    #[error("this query of {model} cannot be cached: {reason}; read it with `fetch_all`")]
    NotCacheable {
        /// The model's name.
        model: &'static str,
        /// Why not.
        reason: String,
    },
    /// The cache that processes share failed.
    #[cfg(feature = "redis")]
    #[error("the shared cache failed, {what}: {source}")]
    Cache {
        /// What it was asked for.
        what: &'static str,
        /// Its error.
        source: redis::RedisError,
    },
    /// The URL names no database that this build supports.
    #[error("cannot connect to {url:?}: {reason}")]
    Url {
        /// The URL, without its password.
        url: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// Any other error of the database or the connection.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// Whether it says that another row has the value of this field.
    pub(crate) fn is_taken(&self, field: &str) -> bool {
        matches!(self, Self::Unique { fields, .. } if *fields == [field])
    }

    /// The typed error behind an error of a statement on `table`.
    pub(crate) fn of(error: sqlx::Error, table: &TableDef) -> Self {
        let sqlx::Error::Database(database) = &error else { return Self::Database(error) };
        let message = database.message();
        // A SQLite trigger can only raise a message, so unique violations of triggers come as text.
        if database.is_unique_violation() || message.starts_with(SQLITE_UNIQUE) {
            return Self::Unique { model: table.model, fields: unique_fields(database.as_ref(), table) };
        }
        let deleted = message.starts_with(live_reference::SQLITE)
            || database.constraint().is_some_and(|name| name.ends_with(live_reference::SUFFIX));
        match database.kind() {
            _ if deleted => {
                let field = constrained(database.as_ref(), table).unwrap_or("the row");
                Self::invalid(table, field, "refers to a row that is deleted".to_owned())
            }
            ErrorKind::ForeignKeyViolation => {
                let field =
                    constrained(database.as_ref(), table).map_or_else(|| references(table), str::to_owned);
                Self::invalid(table, &field, "refers to a row that does not exist".to_owned())
            }
            // SQLite has a `CHECK` for it, which names the column.
            _ if database.code().as_deref() == Some("22003") => {
                Self::invalid(table, "the row", format!("holds a number that its column does not: {message}"))
            }
            // A text of more different words than PostgreSQL indexes.
            _ if database.code().as_deref() == Some("54000") => {
                Self::invalid(table, "the row", format!("is too long to be searched: {message}"))
            }
            ErrorKind::NotNullViolation => {
                let field = not_null(message, table).unwrap_or("the row");
                Self::invalid(table, field, "may not be NULL".to_owned())
            }
            ErrorKind::CheckViolation => {
                let field = constrained(database.as_ref(), table).unwrap_or("the row");
                Self::invalid(table, field, format!("is refused by the schema: {message}"))
            }
            _ => Self::Database(error),
        }
    }

    /// The typed error behind an error of a statement that removes rows of `table`.
    pub(crate) fn of_removal(error: sqlx::Error, table: &TableDef) -> Self {
        match &error {
            sqlx::Error::Database(database) if is_foreign_key(database.as_ref()) => Self::Protected {
                model: table.model,
                relation: database.table().unwrap_or("another table").to_owned(),
                rows: None,
            },
            _ => Self::of(error, table),
        }
    }

    fn invalid(table: &TableDef, field: &str, message: String) -> Self {
        let mut errors = ValidationErrors::new(table.model);
        errors.add(field, message);
        Self::Validation(errors)
    }
}

fn protected_by(relation: &str, rows: Option<u64>) -> String {
    match rows {
        Some(1) => format!("1 row refers to it by {relation}"),
        Some(rows) => format!("{rows} rows refer to it by {relation}"),
        None => format!("{relation} still refers to it"),
    }
}

/// SQLite reports `ON DELETE RESTRICT` with the code of a trigger.
fn is_foreign_key(error: &dyn DatabaseError) -> bool {
    error.is_foreign_key_violation() || error.message() == "FOREIGN KEY constraint failed"
}

const SQLITE_UNIQUE: &str = "UNIQUE constraint failed: ";

/// The fields of a violated unique constraint. PostgreSQL names the constraint; SQLite lists `table.column` or,
/// for an index on an expression, names the index.
fn unique_fields(error: &dyn DatabaseError, table: &TableDef) -> Vec<String> {
    let message = error.message();
    let named = error.constraint().or_else(|| message.split('\'').nth(1));
    if let Some(index) = table.indexes.iter().find(|index| Some(index.name) == named) {
        return index_fields(table, index);
    }
    match message.strip_prefix(SQLITE_UNIQUE) {
        Some(columns) => columns
            .split(", ")
            .map(|column| field_name(table, column.rsplit('.').next().unwrap_or(column)))
            .collect(),
        None => {
            vec![named.map_or_else(|| table.key().field.to_owned(), |name| field_of_constraint(table, name))]
        }
    }
}

/// The fields of an index.
pub(crate) fn index_fields(table: &TableDef, index: &IndexDef) -> Vec<String> {
    index.parts.iter().flat_map(|part| fields_of_part(table, part)).collect()
}

/// The fields of an index's part: of an expression, the columns that it names.
fn fields_of_part(table: &TableDef, part: &str) -> Vec<String> {
    let words = part.split(|c: char| !c.is_alphanumeric() && c != '_');
    let fields: Vec<String> = words.filter_map(|word| Some(table.column(word)?.field.to_owned())).collect();
    if fields.is_empty() { vec![part.to_owned()] } else { fields }
}

/// The fields that refer to other rows. SQLite does not say which of them is to blame.
fn references(table: &TableDef) -> String {
    let fields = table.columns.iter().filter(|column| column.references.is_some());
    let fields: Vec<&str> = fields.map(|column| column.field).collect();
    if fields.is_empty() { "the row".to_owned() } else { fields.join(" or ") }
}

fn field_name(table: &TableDef, column: &str) -> String {
    let name = column.strip_suffix(" DESC").unwrap_or(column).trim_matches('"');
    table.column(name).map_or(column, |column| column.field).to_owned()
}

fn field_of_constraint(table: &TableDef, constraint: &str) -> String {
    if constraint == format!("{}_pkey", table.name) { table.key().field } else { constraint }.to_owned()
}

/// The field that may not be NULL. SQLite ends with `table.column`, PostgreSQL quotes the column first.
fn not_null(message: &str, table: &TableDef) -> Option<&'static str> {
    let column = message.split('"').nth(1).or_else(|| message.rsplit('.').next())?;
    table.column(column).map(|column| column.field)
}

/// The field that a violated `{table}_{column}_check` or `…_fkey` is about.
fn constrained(error: &dyn DatabaseError, table: &TableDef) -> Option<&'static str> {
    let name = error.constraint().or_else(|| error.message().rsplit(": ").next())?;
    let column = name.strip_prefix(table.name)?.strip_prefix(['_', '.'])?.rsplit_once('_')?.0;
    table.column(column).map(|column| column.field)
}

/// Every field of one write that is not valid, with the reason.
///
/// ```
/// use model_runtime::ValidationErrors;
///
/// let mut errors = ValidationErrors::new("Post");
/// errors.add("title", "is empty");
/// assert_eq!(errors.to_string(), "Post is not valid: title is empty");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationErrors {
    model: &'static str,
    errors: Vec<FieldError>,
}

/// One field that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// Why: it reads on after the field's name.
    pub message: String,
}

impl ValidationErrors {
    /// No errors yet, for the model of that name.
    pub fn new(model: &'static str) -> Self {
        Self { model, errors: Vec::new() }
    }

    /// Adds the reason why a field is not valid; it reads on after the field's name (`is empty`).
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
    }

    /// The errors so far.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// `Ok` where there are none.
    ///
    /// # Errors
    /// All of them, as [`Error::Validation`].
    pub fn into_result(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Validation(self)) }
    }
}

/// Most errors that are told of one row or request.
pub(crate) const MAX_ERRORS: usize = 50;

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not valid: ", self.model)?;
        for (i, error) in self.errors.iter().take(MAX_ERRORS).enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{} {}", error.field, error.message)?;
        }
        match self.errors.len().saturating_sub(MAX_ERRORS) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// So much of a name as an error tells that nobody declared.
pub(crate) fn excerpt(name: &str) -> String {
    const LENGTH: usize = 50;
    match name.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

impl std::error::Error for ValidationErrors {}
