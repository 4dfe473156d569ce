//! The statements of recorded writes.
//!
//! An update reads the rows as they are and computes their differences (`c`), writes the rows (`n`) and the journal
//! from there. PostgreSQL does so in one statement: `c` locks what it reads, so that under READ COMMITTED too the old
//! values are those which are overwritten. SQLite does it in several, in a transaction that has the write lock.

use chrono::{DateTime, Utc};

use super::json::{change_text, plain_text, qualified};
use super::{Entry, JOURNAL_COLUMNS, LogDef, Recording};
use crate::error::Result;
use crate::expr::{Expr, Operand};
use crate::sql::{Sql, quote};
use crate::table::{ColumnDef, Dialect, Role, TableDef};
use crate::value::Value;

/// The alias of a row's differences. No column's name has a space.
const CHANGES: &str = "the changes";

/// The action whose rows are left out of the journal where nothing that is recorded differs.
pub(crate) const UPDATE: &str = "update";

/// The action of removing a row for good.
pub(crate) const HARD_DELETE: &str = "hard_delete";

/// The rows that a statement writes.
pub(crate) enum Rows<'r> {
    /// The row of a key.
    One(Value<'static>),
    /// Those of ` WHERE …`, which may be empty. Of a slice, the conditions of the write choose only afterwards.
    Many { filter: &'r (dyn Fn(&mut Sql) + Sync), sliced: bool },
}

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

    /// Sets columns of those rows that meet the conditions and differ.
    pub(crate) fn update(
        &self,
        dialect: Dialect,
        action: &'static str,
        rows: &Rows<'_>,
        set: &[(&'static ColumnDef, Operand)],
        conditions: &[Expr],
    ) -> Sql {
        let mut sql = Sql::new(dialect, "");
        let source = Source::new(&mut sql, self.table, rows, set, conditions);
        let told = set.iter().any(|(column, _)| is_told(column));
        let table = quoted(self.table.name, dialect);
        let key = self.table.key().name;
        // A change of state is told whatever it changed; an update only where what it changed is told.
        let told_to_journal = self.journal.is_some() && (told || action != UPDATE);
        let mut assignments: Vec<String> = set
            .iter()
            .enumerate()
            .map(|(i, (column, _))| {
                format!("{} = {}", quoted(column.name, dialect), qualified("c", &new(i), dialect))
            })
            .collect();
        let touched = self.table.columns.iter().filter(|column| column.role == Role::Touched);
        let touched: Vec<_> =
            touched.filter(|column| set.iter().all(|(set, _)| set.name != column.name)).collect();
        let time = if touched.is_empty() && !told_to_journal {
            String::new()
        } else {
            sql.placeholder(Value::Timestamp(self.time))
        };
        assignments.extend(touched.iter().map(|column| format!("{} = {time}", quoted(column.name, dialect))));
        let log = self.log.filter(|_| told);
        if let Some(log) = log {
            let appended = appended(&mut sql, log, self.time);
            assignments.push(format!("{} = {appended}", quoted(log.column, dialect)));
        }
        let assignments = assignments.join(", ");
        let matches = format!("{} = {}", qualified("t", key, dialect), qualified("c", key, dialect));
        let only = (action == UPDATE).then(|| format!(" WHERE {} <> ''", qualified("c", CHANGES, dialect)));
        let journal = told_to_journal.then(|| {
            let changes = object(&format!("substr({}, 2)", qualified("c", CHANGES, dialect)));
            let display = set.iter().position(|(column, _)| Some(column.name) == self.table.display).map(new);
            self.journal_rows(&mut sql, action, &time, &changes, display.as_deref())
        });
        let journal = journal.flatten();
        let of_one = matches!(rows, Rows::One(_));
        match dialect {
            Dialect::Postgres => {
                let log = log.filter(|_| of_one).map(|log| qualified("t", log.column, dialect) + "::text");
                sql.push(&format!(
                    "WITH {}, n AS (UPDATE {table} AS t SET {assignments} FROM c WHERE {matches} RETURNING {} AS log)",
                    source.with(dialect),
                    log.as_deref().unwrap_or("NULL::text")
                ));
                if let Some(rows) = journal {
                    sql.push(&format!(", j AS ({rows} FROM c{})", only.unwrap_or_default()));
                }
                let [found, log] =
                    if of_one { ["COUNT(*) FROM o", "log FROM n"] } else { ["0::bigint", "NULL::text"] };
                sql.push(&format!(
                    " SELECT (SELECT {found}), (SELECT COUNT(*) FROM n), NULL::bigint, (SELECT {log})"
                ));
            }
            Dialect::Sqlite => {
                let changed = source.select(dialect);
                if let Some(rows) = journal {
                    sql.push(&format!("{rows} FROM ({changed}) AS c{}; ", only.unwrap_or_default()));
                }
                sql.push(&format!(
                    "UPDATE {table} AS t SET {assignments} FROM ({changed}) AS c WHERE {matches}; SELECT "
                ));
                if of_one {
                    let log = log.map_or("NULL".to_owned(), |log| quoted(log.column, dialect));
                    let filter = &source.filter;
                    sql.push(&format!(
                        "(SELECT COUNT(*) FROM {table}{filter}), changes(), NULL, (SELECT {log} FROM {table}{filter})"
                    ));
                } else {
                    sql.push("0, changes(), NULL, NULL");
                }
            }
        }
        sql
    }

    /// Removes rows; the journal keeps what they were.
    pub(crate) fn removal(&self, dialect: Dialect, rows: &Rows<'_>) -> Sql {
        let mut sql = Sql::new(dialect, "");
        let table = quoted(self.table.name, dialect);
        let filter = filter(&mut sql, self.table, rows);
        let time = sql.placeholder(Value::Timestamp(self.time));
        let changes = object(&whole(self.table, |value| (Some(value), None), dialect));
        let journal = self.journal_rows(&mut sql, HARD_DELETE, &time, &changes, None).unwrap_or_default();
        match dialect {
            Dialect::Postgres => sql.push(&format!(
                "WITH c AS (DELETE FROM {table}{filter} RETURNING *), j AS ({journal} FROM c) \
                 SELECT 0::bigint, COUNT(*), NULL::bigint, NULL::text FROM c"
            )),
            Dialect::Sqlite => sql.push(&format!(
                "{journal} FROM (SELECT * FROM {table}{filter}) AS c; DELETE FROM {table}{filter}; \
                 SELECT 0, changes(), NULL, NULL"
            )),
        }
        sql
    }

    /// Inserts one row by a fixed statement with these values. Where the database makes the key, `key` is `None`, and
    /// the result has it.
    pub(crate) fn insert(
        &self,
        dialect: Dialect,
        insert: &str,
        values: Vec<Value<'static>>,
        key: Option<Value<'static>>,
    ) -> Sql {
        let mut sql = Sql::new(dialect, "");
        values.into_iter().for_each(|value| drop(sql.placeholder(value)));
        let time = sql.placeholder(Value::Timestamp(self.time));
        let journal = self.created(&mut sql, &time);
        let by_database = key.is_none();
        let id = self.table.key().name;
        match dialect {
            Dialect::Postgres => {
                let key = if by_database { format!("MAX(c.\"{id}\")") } else { "NULL::bigint".to_owned() };
                sql.push(&format!(
                    "WITH c AS ({insert} RETURNING *), j AS ({journal} FROM c) \
                     SELECT 0::bigint, COUNT(*), {key}, NULL::text FROM c"
                ));
            }
            Dialect::Sqlite => {
                let table = quoted(self.table.name, dialect);
                let key = key.map_or("last_insert_rowid()".to_owned(), |key| sql.placeholder(key));
                let id = quoted(id, dialect);
                // An insert that writes nothing, since a value is taken, leaves nothing to tell. Keys count up.
                let made =
                    if by_database { format!("(SELECT MAX({id}) FROM {table})") } else { "NULL".to_owned() };
                sql.push(&format!(
                    "{insert}; {journal} FROM {table} AS c WHERE changes() = 1 AND c.{id} = {key}; \
                     SELECT 0, changes(), {made}, NULL"
                ));
            }
        }
        sql
    }

    /// The journal's rows for rows that are inserted already, in the order of their keys.
    pub(crate) fn inserted(&self, dialect: Dialect, keys: Value<'static>) -> Sql {
        let mut sql = Sql::new(dialect, "");
        let time = sql.placeholder(Value::Timestamp(self.time));
        let journal = self.created(&mut sql, &time);
        let (table, key) = (quoted(self.table.name, dialect), self.table.key());
        sql.push(&format!("{journal} FROM {table} AS c WHERE "));
        Expr::In { column: key, values: keys }.render(&mut sql);
        sql.push(&format!(" ORDER BY {}", quoted(key.name, dialect)));
        sql
    }

    fn created(&self, sql: &mut Sql, time: &str) -> String {
        let changes = object(&whole(self.table, |value| (None, Some(value)), sql.dialect()));
        self.journal_rows(sql, "create", time, &changes, None).unwrap_or_default()
    }

    /// `INSERT INTO journal (…) SELECT …`, of the row `c`. `display` names the column that has the row's new display.
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
        let id = plain_text(key, &qualified("c", key.name, dialect), dialect);
        // What is masked may not stand in the row's display either.
        let column = table.display.and_then(|name| table.column(name));
        let repr = match column.filter(|column| column.recording == Recording::Full) {
            Some(column) => {
                let value = qualified("c", display.unwrap_or(column.name), dialect);
                format!("COALESCE({}, '')", plain_text(column, &value, dialect))
            }
            None => format!("'{} ' || {id}", table.model),
        };
        let json = if dialect == Dialect::Postgres { "::jsonb" } else { "" };
        let mut bind = |text: &'static str| sql.placeholder(Value::Text(text.into()));
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
            values.push(sql.placeholder(value.clone()));
        }
        Some(format!(
            "INSERT INTO {} ({}) SELECT {}",
            quoted(journal, dialect),
            columns.join(", "),
            values.join(", ")
        ))
    }
}

/// Longest display of a row in a journal, in characters (rule 16).
pub(crate) const REPR_LENGTH: u32 = 255;

/// A query for what setting these columns of a row would tell, as an object.
pub(crate) fn differences(
    dialect: Dialect,
    table: &'static TableDef,
    key: Value<'static>,
    set: &[(&'static ColumnDef, Operand)],
) -> Sql {
    let mut sql = Sql::new(dialect, "");
    let source = Source::new(&mut sql, table, &Rows::One(key), set, &[]);
    let changes = object(&format!("substr({}, 2)", source.changes));
    sql.push(&format!("SELECT {changes} FROM ({}) AS o", source.rows));
    sql
}

fn journal(table: &'static TableDef) -> Result<Option<(&'static str, Entry)>> {
    let Some(journal) = table.record.journal else { return Ok(None) };
    Ok((journal.entry)(table)?.map(|entry| (journal.table, entry)))
}

/// The rows of an update, with their new values and their differences.
struct Source {
    /// ` WHERE …` of the rows.
    filter: String,
    /// The rows with their new values.
    rows: String,
    /// The differences of a row `o`, each after a comma.
    changes: String,
    /// What chooses among the rows after they are locked.
    conditions: Option<String>,
}

impl Source {
    fn new(
        sql: &mut Sql,
        table: &'static TableDef,
        rows: &Rows<'_>,
        set: &[(&'static ColumnDef, Operand)],
        conditions: &[Expr],
    ) -> Self {
        let dialect = sql.dialect();
        let filter = filter(sql, table, rows);
        let mut select = "SELECT t.*".to_owned();
        let (mut differs, mut changes) = (Vec::new(), Vec::new());
        for (i, (column, operand)) in set.iter().enumerate() {
            let value = sql.fragment(|sql| sql.assigned(column, operand));
            select.push_str(&format!(", {value} AS {}", quoted(&new(i), dialect)));
            differs.push(format!("{} IS DISTINCT FROM {value}", quoted(column.name, dialect)));
            if is_told(column) {
                let [old, new] = [column.name, &new(i)].map(|name| qualified("o", name, dialect));
                let change = change_text(column, Some(&old), Some(&new), dialect);
                changes
                    .push(format!("CASE WHEN {old} IS DISTINCT FROM {new} THEN ',' || {change} ELSE '' END"));
            }
        }
        if changes.is_empty() {
            changes.push("''".to_owned());
        }
        let changes = changes.join(" || ");
        let mut all: Vec<String> =
            conditions.iter().map(|condition| sql.fragment(|sql| condition.render(sql))).collect();
        all.push(format!("({})", differs.join(" OR ")));
        let conditions = all.join(" AND ");
        // Rows that nobody chose one by one are not all locked, only those that are written. On PostgreSQL the order
        // of the locks is that of the keys, so that two such writes wait for each other and do not deadlock.
        let (conditions, chosen) = match (rows, dialect) {
            (Rows::One(_) | Rows::Many { sliced: true, .. }, Dialect::Postgres) => {
                (Some(conditions), filter.clone())
            }
            _ => {
                let before = if filter.is_empty() { " WHERE " } else { " AND " };
                (None, format!("{filter}{before}{conditions}"))
            }
        };
        let order = match (rows, dialect) {
            (Rows::Many { .. }, Dialect::Postgres) => {
                format!(" ORDER BY {}", quoted(table.key().name, dialect))
            }
            _ => String::new(),
        };
        let rows = format!("{select} FROM {} AS t{chosen}{order}", quoted(table.name, dialect));
        Self { filter, rows, changes, conditions }
    }

    /// `o AS (…), c AS (…)`.
    fn with(&self, dialect: Dialect) -> String {
        let conditions = self.conditions.as_ref().map(|text| format!(" WHERE {text}")).unwrap_or_default();
        format!(
            "o AS ({} FOR NO KEY UPDATE), c AS (SELECT o.*, {} AS {} FROM o{conditions})",
            self.rows,
            self.changes,
            quoted(CHANGES, dialect)
        )
    }

    /// The same as one query.
    fn select(&self, dialect: Dialect) -> String {
        format!("SELECT o.*, {} AS {} FROM ({}) AS o", self.changes, quoted(CHANGES, dialect), self.rows)
    }
}

fn filter(sql: &mut Sql, table: &TableDef, rows: &Rows<'_>) -> String {
    sql.fragment(|sql| match rows {
        Rows::One(key) => {
            sql.push(" WHERE ");
            sql.column(table.key());
            sql.push(" = ");
            sql.bind(key.clone());
        }
        Rows::Many { filter, .. } => filter(sql),
    })
}

/// The alias of a new value. No column's name has a space.
fn new(i: usize) -> String {
    format!("new {i}")
}

fn quoted(name: &str, dialect: Dialect) -> String {
    let quote = quote(dialect);
    format!("{quote}{name}{quote}")
}

/// Whether records tell of the column.
pub(crate) fn is_told(column: &ColumnDef) -> bool {
    matches!(column.role, Role::Data | Role::Managed) && column.recording != Recording::Skip
}

/// `{…}` around members.
fn object(members: &str) -> String {
    format!("'{{' || {members} || '}}'")
}

/// Every column of the row `c` that records tell of, as members of an object.
fn whole(
    table: &TableDef,
    sides: for<'v> fn(&'v str) -> (Option<&'v str>, Option<&'v str>),
    dialect: Dialect,
) -> String {
    let members = table.columns.iter().filter(|column| is_told(column)).map(|column| {
        let value = qualified("c", column.name, dialect);
        let (old, new) = sides(&value);
        change_text(column, old, new, dialect)
    });
    let members: Vec<String> = members.collect();
    if members.is_empty() { "''".to_owned() } else { members.join(" || ',' || ") }
}

/// The log of the row `c` with its differences as the newest entry, the oldest beyond `keep` left out.
///
/// The entry's key is the time of the write; where the newest entry is not older (in the same microsecond, or by a
/// clock that is ahead), that one's time and a counter, so that the order of the keys is that of the writes (rule 7).
fn appended(sql: &mut Sql, def: LogDef, time: DateTime<Utc>) -> String {
    let dialect = sql.dialect();
    let text = time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let length = text.len();
    let (counter, time) = (length + 2, sql.placeholder(Value::Text(text.into())));
    let log = qualified("c", def.column, dialect);
    let changes = qualified("c", CHANGES, dialect);
    match dialect {
        Dialect::Postgres => {
            let keys = format!("jsonb_object_keys({log}) AS k");
            let key = format!(
                "(SELECT CASE WHEN MAX(k COLLATE \"C\") >= {time} THEN left(MAX(k COLLATE \"C\"), {length}) || '+' || \
                 lpad((COALESCE(NULLIF(substr(MAX(k COLLATE \"C\"), {counter}), ''), '0')::bigint + 1)::text, 10, '0') \
                 ELSE {time} END FROM {keys})"
            );
            let kept = match def.keep {
                Some(keep) => format!(
                    "({log} - ARRAY(SELECT k FROM {keys} ORDER BY k COLLATE \"C\" DESC OFFSET {}))",
                    keep.saturating_sub(1)
                ),
                None => log.clone(),
            };
            format!(
                "CASE WHEN {changes} = '' THEN {log} ELSE {kept} || \
                 jsonb_build_object({key}, ('{{' || substr({changes}, 2) || '}}')::jsonb) END"
            )
        }
        Dialect::Sqlite => {
            let key = format!(
                "(SELECT CASE WHEN MAX(key) >= {time} THEN substr(MAX(key), 1, {length}) || '+' || \
                 printf('%010d', CAST(substr(MAX(key), {counter}) AS INTEGER) + 1) ELSE {time} END FROM json_each({log}))"
            );
            let kept = match def.keep {
                Some(keep) => format!(
                    "CASE WHEN (SELECT COUNT(*) FROM json_each({log})) < {keep} THEN {log} ELSE \
                     (SELECT json_group_object(key, json(value)) FROM (SELECT key, value FROM (SELECT key, value \
                     FROM json_each({log}) ORDER BY key DESC LIMIT {}) ORDER BY key)) END",
                    keep.saturating_sub(1)
                ),
                None => log.clone(),
            };
            format!(
                "CASE WHEN {changes} = '' THEN {log} ELSE (SELECT substr(kept, 1, length(kept) - 1) || \
                 CASE kept WHEN '{{}}' THEN '' ELSE ',' END || '\"' || {key} || '\":{{' || substr({changes}, 2) || '}}}}' \
                 FROM (SELECT {kept} AS kept)) END"
            )
        }
    }
}
