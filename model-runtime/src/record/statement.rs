//! The statements of recorded writes.
//!
//! An update reads the rows as they are and computes their differences (`_c`), writes the rows (`_n`) and the journal
//! from there. PostgreSQL does so in one statement: `_c` locks what it reads, so that under READ COMMITTED too the old
//! values are those which are overwritten. SQLite does it in several, in a transaction that has the write lock.

use chrono::{DateTime, Utc};

use super::json::{plain_text, qualified};
use super::log::{append_postgres, append_sqlite, log_key};
use super::source::{CHANGES, ROW, Rows, Source, filter, is_told, told, whole};
use super::{Entry, JOURNAL_COLUMNS, LogDef, Recording, Statement};
use crate::error::Result;
use crate::expr::{Expr, Operand};
use crate::sql::{Sql, quoted};
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::text;
use crate::value::Value;

/// The action whose rows are left out of the journal where nothing that is recorded differs.
pub(crate) const UPDATE: &str = "update";

/// The action of inserting a row.
const CREATE: &str = "create";

/// The action of marking a row as deleted.
pub(crate) const DELETE: &str = "delete";

/// The action of taking the mark away.
pub(crate) const RESTORE: &str = "restore";

/// The action of removing a row for good.
pub(crate) const HARD_DELETE: &str = "hard_delete";

/// One write, and where it is recorded.
pub(crate) struct Recorder {
    table: &'static TableDef,
    time: DateTime<Utc>,
    log: Option<LogDef>,
    journal: Option<(&'static str, Entry)>,
}

impl Recorder {
    /// The recorder of an update. `None` where nothing is recorded.
    pub(crate) fn of_update(table: &'static TableDef, time: DateTime<Utc>) -> Result<Option<Self>> {
        let journal = journal(table)?;
        let log = table.record.log;
        Ok((log.is_some() || journal.is_some()).then_some(Self { table, time, log, journal }))
    }

    /// The recorder of an insert or a removal, of which no row can hold a log. `None` where nothing is recorded.
    pub(crate) fn of_existence(table: &'static TableDef, time: DateTime<Utc>) -> Result<Option<Self>> {
        let journal = journal(table)?;
        Ok(journal.map(|journal| Self { table, time, log: None, journal: Some(journal) }))
    }

    /// Sets columns of those rows that meet the conditions and differ. Returns columns of the rows that were written, or the
    /// figures of [`Written`](super::Written).
    pub(crate) fn update(
        &self,
        dialect: Dialect,
        action: &'static str,
        rows: &Rows<'_>,
        set: &[(&'static ColumnDef, Operand)],
        conditions: &[Expr],
        returned: Option<&str>,
    ) -> Sql {
        let mut sql = Sql::new(dialect, "");
        let source = Source::new(&mut sql, self.table, rows, set, true);
        let conditions = source.conditions(&mut sql, conditions);
        let Plan { log, journal: told_to_journal, touched, time } = self.plan(action, set);
        let table = quoted(self.table.name, dialect);
        let key = self.table.key().name;
        let mut assignments: Vec<String> = source.values.iter().map(|value| value.sql(dialect)).collect();
        let time =
            if time { sql.placeholder(Value::Timestamp(self.time)).to_string() } else { String::new() };
        assignments.extend(touched.iter().map(|column| format!("{} = {time}", quoted(column.name, dialect))));
        assignments.extend(self.table.version().map(|(_, version)| {
            let version = version.name;
            format!("{} = {} + 1", quoted(version, dialect), qualified("t", version, dialect))
        }));
        // Where every column that is set is told, there is something to tell of every row that is written.
        let maybe_empty = !set.iter().all(|(column, _)| is_told(column));
        if let Some(log) = log {
            let appended = match dialect {
                Dialect::Postgres => append_postgres(&mut sql, log, self.time),
                Dialect::Sqlite => append_sqlite(&mut sql, log, self.time, &source.changes),
            };
            let (column, old) = (quoted(log.column, dialect), source.old(log.column, dialect));
            let changes = source.changes(dialect);
            assignments.push(match maybe_empty {
                true => format!("{column} = CASE WHEN {changes} = '' THEN {old} ELSE {appended} END"),
                false => format!("{column} = {appended}"),
            });
        }
        let assignments = assignments.join(", ");
        let display = self.table.display.filter(|_| told_to_journal);
        let display =
            display.filter(|name| *name != key && source.values.iter().all(|it| it.column != *name));
        let log_column = log.filter(|_| dialect == Dialect::Postgres).map(|log| log.column);
        let columns = [Some(key), display, log_column];
        let changed = source.select(columns.into_iter().flatten(), &conditions, dialect);
        let journal = told_to_journal.then(|| {
            let changes = qualified(ROW, CHANGES, dialect);
            let display = source.values.iter().find(|value| Some(value.column) == self.table.display);
            let text = told(&changes);
            let rows =
                self.journal_rows(&mut sql, action, &time, &text, display.map(|it| it.beside_c.as_str()));
            let only = (action == UPDATE && maybe_empty).then(|| format!(" WHERE {changes} <> ''"));
            (rows.unwrap_or_default(), only.unwrap_or_default())
        });
        let of_one = matches!(rows, Rows::One(_));
        match dialect {
            Dialect::Postgres => {
                let log =
                    log.map_or("NULL::text".to_owned(), |log| qualified("t", log.column, dialect) + "::text");
                // Many rows are counted where they are chosen, which saves keeping them once more.
                let returning = match returned {
                    Some(_) => " RETURNING t.*".to_owned(),
                    None if of_one => format!(" RETURNING {log} AS log"),
                    None => String::new(),
                };
                let given = source.with("", ", ");
                let of = if given.is_empty() { "" } else { " OF t" };
                sql.push(&format!(
                    "WITH {given}_c AS ({changed} FOR NO KEY UPDATE{of}), \
                     _n AS (UPDATE {table} AS t SET {assignments} FROM _c WHERE {} = {}{returning})",
                    qualified("t", key, dialect),
                    qualified(ROW, key, dialect),
                ));
                if let Some((rows, only)) = journal {
                    // A trigger of the user's may skip the write of the row.
                    let written = match (of_one, only.is_empty()) {
                        (false, _) => "",
                        (true, true) => " WHERE EXISTS (SELECT 1 FROM _n)",
                        (true, false) => " AND EXISTS (SELECT 1 FROM _n)",
                    };
                    sql.push(&format!(", _j AS ({rows} FROM _c{only}{written})"));
                }
                sql.push(&match returned {
                    Some(columns) => format!(" SELECT {columns} FROM _n"),
                    None if of_one => " SELECT 1::bigint, NULL::bigint, log FROM _n".to_owned(),
                    None => " SELECT COUNT(*), NULL::bigint, NULL::text FROM _c".to_owned(),
                });
            }
            Dialect::Sqlite => {
                let given = source.with("WITH ", " ");
                if let Some((rows, only)) = journal {
                    sql.push(&format!("{given}{rows} FROM ({changed}) AS _c{only}; "));
                }
                let (filter, from) = (&source.filter, source.beside(" FROM "));
                sql.push(&format!("{given}UPDATE {table} AS t SET {assignments}{from}{filter}{conditions}"));
                if let Some(columns) = returned {
                    sql.push(&format!(" RETURNING {columns}"));
                    return sql;
                }
                sql.push("; SELECT ");
                if of_one {
                    let log = log.map_or("NULL".to_owned(), |log| quoted(log.column, dialect));
                    sql.push(&format!("changes(), NULL, (SELECT {log} FROM {table}{filter})"));
                } else {
                    sql.push("changes(), NULL, NULL");
                }
            }
        }
        sql
    }

    /// The same of one row, with conditions that bind no value and go with the action. The text is always the same for the
    /// same columns, and is made once.
    pub(crate) fn update_one(
        &self,
        dialect: Dialect,
        action: &'static str,
        key: Value<'static>,
        set: Vec<(&'static ColumnDef, Operand)>,
        conditions: &[Expr],
    ) -> Statement {
        let make = || {
            let sql = self.update(dialect, action, &Rows::One(key.clone()), &set, conditions, None);
            // By their text: NaN is not equal to itself.
            debug_assert_eq!(
                format!("{:?}", sql.values()),
                format!("{:?}", self.values_of_one(dialect, action, key.clone(), set.clone()))
            );
            sql
        };
        let text = match positions(self.table, &set) {
            Some(columns) => text::of(text::Key { columns, ..self.text_key(dialect, action) }, make),
            None => make().into_sql_str(),
        };
        Statement { text, values: self.values_of_one(dialect, action, key, set) }
    }

    fn text_key(&self, dialect: Dialect, action: &'static str) -> text::Key {
        let records = (self.log.is_some(), self.journal.is_some());
        text::Key { records, ..text::Key::new(self.table, dialect, action) }
    }

    /// The values of an update of one row, as it numbers them.
    fn values_of_one(
        &self,
        dialect: Dialect,
        action: &'static str,
        key: Value<'static>,
        set: Vec<(&'static ColumnDef, Operand)>,
    ) -> Vec<Value<'static>> {
        let plan = self.plan(action, &set);
        let mut values = vec![key];
        values.extend(set.into_iter().filter_map(|(column, operand)| match operand {
            Operand::Value(value) => Some(value.stored(column, dialect)),
            Operand::Column(_) | Operand::Computed(_) | Operand::Sql(_) => None,
        }));
        values.extend(plan.time.then_some(Value::Timestamp(self.time)));
        values.extend(plan.log.map(|_| log_key(self.time)));
        if plan.journal {
            values.extend(self.values_of_journal(action));
        }
        values
    }

    /// The values of the journal's rows, behind the time, as they are numbered.
    fn values_of_journal(&self, action: &'static str) -> impl Iterator<Item = Value<'static>> {
        let entry = self.journal.iter().flat_map(|(_, entry)| entry.iter().map(|(_, value)| value.clone()));
        [action, self.table.label].map(|text| Value::Text(text.into())).into_iter().chain(entry)
    }

    /// Where an update is told.
    fn plan(&self, action: &'static str, set: &[(&'static ColumnDef, Operand)]) -> Plan {
        let told = set.iter().any(|(column, _)| is_told(column));
        // A change of state is told whatever it changed; an update only where what it changed is told.
        let journal = self.journal.is_some() && (told || action != UPDATE);
        let touched: Vec<_> = self.table.touched_beside(set).collect();
        Plan { log: self.log.filter(|_| told), journal, time: journal || !touched.is_empty(), touched }
    }

    /// Removes rows; the journal keeps what they were.
    pub(crate) fn removal(&self, dialect: Dialect, rows: &Rows<'_>) -> Sql {
        let mut sql = Sql::new(dialect, "");
        let table = quoted(self.table.name, dialect);
        let key = quoted(self.table.key().name, dialect);
        let filter = sql.fragment(|sql| filter(sql, self.table, rows));
        let time = sql.placeholder(Value::Timestamp(self.time));
        let changes = told(&whole(self.table, |value| (Some(value), None), dialect));
        let journal =
            self.journal_rows(&mut sql, HARD_DELETE, &time.to_string(), &changes, None).unwrap_or_default();
        match dialect {
            Dialect::Postgres => {
                // Many rows are locked in the order of their keys, as those of updates are.
                let (locks, delete) = match rows {
                    Rows::One(_) => (String::new(), format!("DELETE FROM {table}{filter} RETURNING *")),
                    Rows::Many(_) | Rows::Given(_) => (
                        format!("_o AS (SELECT {key} FROM {table}{filter} ORDER BY {key} FOR UPDATE), "),
                        format!("DELETE FROM {table} AS t USING _o WHERE t.{key} = _o.{key} RETURNING t.*"),
                    ),
                };
                sql.push(&format!(
                    "WITH {locks}_c AS ({delete}), _j AS ({journal} FROM _c) \
                     SELECT COUNT(*), NULL::bigint, NULL::text FROM _c"
                ));
            }
            Dialect::Sqlite => sql.push(&format!(
                "{journal} FROM (SELECT * FROM {table}{filter}) AS _c; DELETE FROM {table}{filter}; \
                 SELECT changes(), NULL, NULL"
            )),
        }
        sql
    }

    /// Inserts one row by a fixed statement with these values: those of all columns, but for a key that is made by the
    /// database, which the result has then. The text is always the same, and is made once.
    pub(crate) fn insert(
        &self,
        dialect: Dialect,
        insert: &'static str,
        mut values: Vec<Value<'static>>,
        by_database: bool,
    ) -> Statement {
        let inserted = values.len();
        values.push(Value::Timestamp(self.time));
        values.extend(self.values_of_journal(CREATE));
        let text =
            text::of(text::Key { around: Some(insert.into()), ..self.text_key(dialect, CREATE) }, || {
                let sql = self.insert_text(dialect, insert, inserted, by_database);
                debug_assert_eq!(sql.values(), &values[inserted..]);
                sql
            });
        Statement { text, values }
    }

    fn insert_text(&self, dialect: Dialect, insert: &str, inserted: usize, by_database: bool) -> Sql {
        let mut sql = Sql::after(dialect, inserted);
        let journal = self.created(&mut sql);
        let id = self.table.key().name;
        match dialect {
            Dialect::Postgres => {
                let key = if by_database { format!("_c.\"{id}\"") } else { "NULL::bigint".to_owned() };
                sql.push(&format!(
                    "WITH _c AS ({insert} RETURNING *), _j AS ({journal} FROM _c) \
                     SELECT 1::bigint, {key}, NULL::text FROM _c"
                ));
            }
            Dialect::Sqlite => {
                let table = quoted(self.table.name, dialect);
                // As in `Sql::unseen`: a bound value would have the statement prepared again.
                let key = if by_database {
                    "last_insert_rowid()".to_owned()
                } else {
                    format!("(SELECT ${})", self.table.key + 1)
                };
                let id = quoted(id, dialect);
                // An insert that writes nothing, since a value is taken, leaves nothing to tell. Keys count up.
                let made =
                    if by_database { format!("(SELECT MAX({id}) FROM {table})") } else { "NULL".to_owned() };
                sql.push(&format!(
                    "{insert}; {journal} FROM {table} AS _c WHERE changes() = 1 AND _c.{id} = {key}; \
                     SELECT changes(), {made}, NULL"
                ));
            }
        }
        sql
    }

    /// `WITH _c AS (insert RETURNING *), …`: PostgreSQL's statement that inserts rows with `before` values, bound by
    /// other means, and the journal's. What it returns is read from `_c`.
    pub(crate) fn inserting(&self, insert: &str, before: usize) -> Sql {
        let mut sql = Sql::after(Dialect::Postgres, before);
        let journal = self.created(&mut sql);
        sql.push(&format!("WITH _c AS ({insert} RETURNING *), _j AS ({journal} FROM _c)"));
        sql
    }

    /// The journal's rows for rows that are inserted already, in the order of their keys.
    pub(crate) fn inserted(&self, dialect: Dialect, keys: Value<'static>) -> Sql {
        let mut sql = Sql::new(dialect, "");
        let journal = self.created(&mut sql);
        let (table, key) = (quoted(self.table.name, dialect), self.table.key());
        sql.push(&format!("{journal} FROM {table} AS _c WHERE "));
        Expr::In { column: key.into(), values: keys }.render(&mut sql);
        sql.push(&format!(" ORDER BY {}", quoted(key.name, dialect)));
        sql
    }

    fn created(&self, sql: &mut Sql) -> String {
        let time = sql.placeholder(Value::Timestamp(self.time));
        let changes = told(&whole(self.table, |value| (None, Some(value)), sql.dialect()));
        self.journal_rows(sql, CREATE, &time.to_string(), &changes, None).unwrap_or_default()
    }

    /// `INSERT INTO journal (…) SELECT …`, of the row `_c`. `display` is the row's new display, where the write sets it.
    fn journal_rows(
        &self,
        sql: &mut Sql,
        action: &'static str,
        time: &str,
        changes: &str,
        display: Option<&str>,
    ) -> Option<String> {
        let (journal, entry) = self.journal.as_ref()?;
        let dialect = sql.dialect();
        let (table, key) = (self.table, self.table.key());
        let id = plain_text(key, &qualified(ROW, key.name, dialect), dialect);
        // What is masked may not stand in the row's display either.
        let column = table.display.and_then(|name| table.column(name));
        let repr = match column.filter(|column| column.recording == Recording::Full) {
            Some(column) => {
                let value = display.map_or_else(|| qualified(ROW, column.name, dialect), str::to_owned);
                format!("COALESCE({}, '')", plain_text(column, &value, dialect))
            }
            None => format!("'{} ' || {id}", table.model),
        };
        let json = if dialect == Dialect::Postgres { "::jsonb" } else { "" };
        let mut bind = |text: &'static str| sql.placeholder(Value::Text(text.into())).to_string();
        let (action, label) = (bind(action), bind(table.label));
        let mut columns: Vec<String> = JOURNAL_COLUMNS.iter().map(|name| quoted(name, dialect)).collect();
        let mut values = vec![
            time.to_owned(),
            action,
            label,
            id,
            format!("substr({repr}, 1, {REPR_LENGTH})"),
            format!("({changes}){json}"),
        ];
        for (name, value) in entry {
            columns.push(quoted(name, dialect));
            values.push(sql.placeholder(value.clone()).to_string());
        }
        Some(format!(
            "INSERT INTO {} ({}) SELECT {}",
            quoted(journal, dialect),
            columns.join(", "),
            values.join(", ")
        ))
    }
}

/// Which columns are set, a bit for each, where they are in the table's order and among its first 128.
fn positions(table: &TableDef, set: &[(&'static ColumnDef, Operand)]) -> Option<u128> {
    let mut columns = table.columns.iter().take(128).enumerate();
    set.iter().try_fold(0, |bits, (column, _)| {
        columns.find(|(_, it)| it.name == column.name).map(|(position, _)| bits | 1 << position)
    })
}

/// Longest display of a row in a journal, in characters (rule 16).
pub(crate) const REPR_LENGTH: u32 = 255;

fn journal(table: &'static TableDef) -> Result<Option<(&'static str, Entry)>> {
    let Some(journal) = table.record.journal else { return Ok(None) };
    Ok((journal.entry)(table)?.map(|entry| (journal.table, entry)))
}

/// Where an update is told, and the columns that get its time.
struct Plan {
    log: Option<LogDef>,
    journal: bool,
    touched: Vec<&'static ColumnDef>,
    /// Whether the time is among the values.
    time: bool,
}
