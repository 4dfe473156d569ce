//! `#[track_changes(keep = N)]`: a column `change_log` with what every write changed, and the way back.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;

use crate::backend::{Backend, ColumnReader};
use crate::db::{Db, Op, boxed};
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::{Compare, Expr, Operand};
use crate::field::{BoxError, FieldType};
use crate::model::{Model, Writable};
use crate::queryset::{by_id, not_found};
use crate::record::{Change, Changes, Recording};
use crate::table::{ColumnDef, Role};
use crate::value::{Kind, Value};
use crate::write::{Differences, SaveOnly};

/// A model that keeps a change log. The derive implements it for `#[track_changes]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps no change log",
    label = "this needs `#[track_changes]` on `{Self}`",
    note = "add `#[track_changes]` to the struct"
)]
pub trait TrackChanges: Writable {
    /// The log as it was when the row was last read or written.
    fn change_log(&self) -> &ChangeLog;

    /// Sets the field of the column at that position to a logged value.
    #[doc(hidden)]
    fn set_logged(&mut self, column: usize, json: &str) -> std::result::Result<(), BoxError>;
}

/// What a row did: the JSON text of the column, looked into when it is asked.
///
/// Its shape is `{time: {field: {"old": …, "new": …}}}`. Only writes change it. The keys are times in UTC with
/// microseconds and sort in the order of the writes: where an entry is not later than the one before (in the same
/// microsecond, or by a clock that is behind), its key is a microsecond after that one's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ChangeLog(String);

impl Default for ChangeLog {
    fn default() -> Self {
        Self("{}".to_owned())
    }
}

impl fmt::Debug for ChangeLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One write in a change log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// When it was.
    pub time: DateTime<Utc>,
    /// What it changed.
    pub changes: Changes,
}

/// One change of one field, in a change log.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// When it was.
    pub time: DateTime<Utc>,
    /// The value before and after.
    pub change: Change,
}

impl ChangeLog {
    /// The log that a write returned. For the derive.
    #[doc(hidden)]
    pub fn written(json: String) -> Self {
        Self(json)
    }

    /// The JSON text.
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// Whether nothing is logged.
    pub fn is_empty(&self) -> bool {
        self.0 == "{}"
    }

    /// The writes, newest first. What is no entry of a change log is left out.
    pub fn entries(&self) -> Vec<LogEntry> {
        let entries: BTreeMap<String, &RawValue> = serde_json::from_str(&self.0).unwrap_or_default();
        let entries = entries.into_iter().rev().filter_map(|(key, changes)| {
            let time = key.parse().ok()?;
            Some(LogEntry { time, changes: serde_json::from_str(changes.get()).ok()? })
        });
        entries.collect()
    }
}

#[diagnostic::do_not_recommend]
impl FieldType for ChangeLog {
    const KIND: Kind = Kind::Json;

    fn to_value(&self) -> Value<'_> {
        Value::Json(Cow::Borrowed(&self.0))
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> std::result::Result<Self, BoxError> {
        Ok(Self(reader.json::<Box<RawValue>>()?.get().to_owned()))
    }
}

/// What a row with a change log can do.
pub trait TrackChangesRow: Model {
    /// What [`save`](Model::save) would log now, by field: the row in memory beside the one in the database. Nothing
    /// is written.
    ///
    /// # Errors
    /// Those of `save`.
    fn changed_fields<'c, D>(&self, db: D) -> BoxFuture<'c, Result<Changes>>
    where
        Self: TrackChanges + Clone,
        D: Db<'c, ChangedFields<Self>, Out = Changes> + 'c,
    {
        boxed(db, ChangedFields(Differences::new(self.clone())))
    }

    /// The writes of the row, newest first.
    fn history(&self) -> Vec<LogEntry>
    where
        Self: TrackChanges,
    {
        self.change_log().entries()
    }

    /// The changes of one field, newest first: `post.history_of("title")`.
    fn history_of(&self, field: &str) -> Vec<FieldChange>
    where
        Self: TrackChanges,
    {
        let entries = self.history().into_iter();
        let changes = entries.filter_map(|mut entry| {
            Some(FieldChange { time: entry.time, change: entry.changes.remove(field)? })
        });
        changes.collect()
    }

    /// Brings the fields back to what they were before the last `count` writes that changed one of them, as a further
    /// write. Returns whether it wrote.
    ///
    /// The row is read anew: what is not saved is lost. Fields that the application writes come back; status and
    /// deletion change by their own operations. Masked and skipped fields stay, since the log does not know them.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the log holds fewer writes, [`Error::Conflict`] where others keep writing the row
    /// meanwhile, and those of `save`.
    fn undo<'c, D>(&'c mut self, count: usize, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: TrackChanges,
        D: Db<'c, Revert<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, Revert { model: self, to: To::Before(count) })
    }

    /// Brings the fields back to what they were at `time`, as [`undo`](Self::undo) does.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the log no longer reaches back to that time, and those of `save`.
    fn revert_to<'c, D>(&'c mut self, time: DateTime<Utc>, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: TrackChanges,
        D: Db<'c, Revert<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, Revert { model: self, to: To::Time(time) })
    }
}

impl<M: Model> TrackChangesRow for M {}

/// Asks what a save would log.
#[derive(Debug)]
pub struct ChangedFields<M>(Differences<M>);

impl<B: Backend, M: TrackChanges> Op<B> for ChangedFields<M> {
    type Out = Changes;

    async fn run(self, connection: &mut B::Connection) -> Result<Changes> {
        let text = Op::<B>::run(self.0, connection).await?;
        serde_json::from_str(&text).map_err(|error| Error::Database(sqlx::Error::Decode(error.into())))
    }
}

#[derive(Debug, Clone, Copy)]
enum To {
    Before(usize),
    Time(DateTime<Utc>),
}

/// Brings fields back.
#[derive(Debug)]
pub struct Revert<'m, M> {
    model: &'m mut M,
    to: To,
}

impl<B: Backend, M: TrackChanges> Op<B> for Revert<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let Self { model, to } = self;
        let id = model.id();
        for _ in 0..ATTEMPTS {
            let current = by_id::<B, M>(connection, M::STATEMENTS.reload, id).await?;
            let mut current = current.ok_or_else(|| not_found::<M>(id))?;
            let log = current.change_log().clone();
            let columns = bring_back(&mut current, to)?;
            let (_, column) = M::TABLE.position(M::TABLE.record.log.map_or("", |log| log.column));
            let operand = Operand::Value(log.to_value().into_owned());
            let unchanged = Expr::Compare { column: column.into(), op: Compare::Eq, operand };
            let references = columns.iter().map(|column| (*column).into()).collect();
            let written = !columns.is_empty()
                && Op::<B>::run(SaveOnly::new(&mut current, references).only(unchanged), connection).await?;
            // Nothing was written: because nothing differs, or because somebody else wrote in between.
            if written || columns.is_empty() || is_logged::<B, M>(connection, id, &log).await? {
                *model = current;
                return Ok(written);
            }
        }
        let detail = "others keep changing it while its fields are brought back".to_owned();
        Err(Error::Conflict { model: M::TABLE.model, detail })
    }
}

async fn is_logged<B: Backend, M: TrackChanges>(
    connection: &mut B::Connection,
    id: M::Id,
    log: &ChangeLog,
) -> Result<bool> {
    let row = by_id::<B, M>(connection, M::STATEMENTS.reload, id).await?;
    Ok(row.is_some_and(|row| row.change_log() == log))
}

/// How often a row is read again that others change in between.
const ATTEMPTS: u32 = 10;

/// Sets the fields of a row to what its log says they were. Returns their columns.
fn bring_back<M: TrackChanges>(row: &mut M, to: To) -> Result<Vec<&'static ColumnDef>> {
    let undone = undone::<M>(row.history(), to)?;
    let mut errors = ValidationErrors::new(M::TABLE.model);
    let mut columns: Vec<&'static ColumnDef> = Vec::new();
    // Newest first, so that the oldest value is the last to be set.
    for (field, change) in undone.into_iter().flat_map(|entry| entry.changes) {
        let Some(position) = position::<M>(&field) else { continue };
        match row.set_logged(position, change.old.as_json()) {
            Ok(()) => columns.push(&M::TABLE.columns[position]),
            Err(why) => errors.add(field, format!("cannot be brought back to {}: {why}", change.old)),
        }
    }
    errors.into_result()?;
    Ok(columns)
}

/// The position of a field that can be brought back.
fn position<M: Model>(field: &str) -> Option<usize> {
    let known = |column: &ColumnDef| {
        column.field == field && column.role == Role::Data && column.recording == Recording::Full
    };
    M::TABLE.columns.iter().position(known)
}

/// The entries to undo, newest first.
fn undone<M: Model>(mut entries: Vec<LogEntry>, to: To) -> Result<Vec<LogEntry>> {
    let missing = |what: String| Error::NotFound { model: M::TABLE.model, what };
    let keep = M::TABLE.record.log.and_then(|log| log.keep).map(|keep| keep as usize);
    // A log that is full may have lost entries before its oldest.
    let is_full = keep.is_some_and(|keep| entries.len() >= keep);
    let oldest = entries.last().map(|entry| entry.time).filter(|_| is_full);
    entries.retain(|entry| entry.changes.keys().any(|field| position::<M>(field).is_some()));
    match to {
        To::Before(count) if count > entries.len() => Err(missing(format!(
            "{count} writes to undo; its change log holds {} that can be undone",
            entries.len()
        ))),
        To::Before(count) => {
            entries.truncate(count);
            Ok(entries)
        }
        To::Time(time) => match oldest.filter(|oldest| time < *oldest) {
            Some(oldest) => Err(missing(format!("its state at {time}; its change log begins at {oldest}"))),
            None => {
                entries.retain(|entry| entry.time > time);
                Ok(entries)
            }
        },
    }
}
