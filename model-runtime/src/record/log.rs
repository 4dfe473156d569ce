//! Adding to a row's log.

use chrono::{DateTime, SecondsFormat, Utc};

use super::LogDef;
use super::json::{ISO, qualified};
use super::source::{CHANGES, ROW, told};
use crate::sql::Sql;
use crate::table::Dialect;
use crate::value::Value;

/// A row's log with its differences as the newest entry, the oldest beyond `keep` left out.
///
/// The entry's key is the time of the write; where the newest entry is not older (in the same microsecond, or by a
/// clock that is ahead), that one's time and a microsecond, so that the order of the keys is that of the writes
/// (rule 7). Only a full log is looked at twice: a subquery costs more than what it does.
pub(super) fn append_postgres(sql: &mut Sql, def: LogDef, time: DateTime<Utc>) -> String {
    let time = sql.placeholder(log_key(time));
    let log = qualified(ROW, def.column, Dialect::Postgres);
    let changes = qualified(ROW, CHANGES, Dialect::Postgres);
    let keys = format!("jsonb_object_keys({log}) COLLATE \"C\" AS key");
    let kept = match def.keep {
        Some(keep) => format!(
            "CASE WHEN count < {keep} THEN {log} ELSE {log} - ARRAY(SELECT {keys} ORDER BY key DESC OFFSET {}) END",
            keep.saturating_sub(1)
        ),
        None => log.clone(),
    };
    format!(
        "(SELECT {kept} || jsonb_build_object(CASE WHEN newest >= {time} THEN \
         to_char((newest::timestamptz + interval '1us') AT TIME ZONE 'UTC', '{ISO}') ELSE {time} END, \
         ({})::jsonb) FROM (SELECT MAX(key) AS newest, COUNT(*) AS count FROM (SELECT {keys}) AS k) AS l)",
        told(&changes)
    )
}

/// The same of the row `t` on SQLite. The log is text: what is appended comes last.
pub(super) fn append_sqlite(sql: &mut Sql, def: LogDef, time: DateTime<Utc>, changes: &str) -> String {
    let time = sql.placeholder(log_key(time));
    let log = qualified("t", def.column, Dialect::Sqlite);
    let micros = "CAST(substr(newest, 21, 6) AS INTEGER) + 1";
    let next = format!(
        "strftime('%Y-%m-%dT%H:%M:%S', substr(newest, 1, 19), (({micros}) / 1000000) || ' seconds') || \
         printf('.%06dZ', ({micros}) % 1000000)"
    );
    let kept = match def.keep {
        // Of a log that was full one entry goes; to put the others together again takes ten times as long.
        Some(keep) => format!(
            "CASE WHEN count < {keep} THEN {log} WHEN count = {keep} AND oldest NOT GLOB '*[\"\\]*' \
             THEN json_remove({log}, '$.\"' || oldest || '\"') ELSE (SELECT json_group_object(key, json(value)) FROM \
             (SELECT key, value FROM (SELECT key, value FROM json_each({log}) ORDER BY key DESC LIMIT {}) ORDER BY key)) END",
            keep.saturating_sub(1)
        ),
        None => log.clone(),
    };
    format!(
        "(SELECT substr(kept, 1, length(kept) - 1) || CASE kept WHEN '{{}}' THEN '' ELSE ',' END || '\"' || \
         CASE WHEN newest >= {time} THEN {next} ELSE {time} END || '\":{{' || substr({changes}, 2) || '}}}}' FROM \
         (SELECT {kept} AS kept, newest FROM (SELECT MAX(key) AS newest, MIN(key) AS oldest, COUNT(*) AS count \
         FROM json_each({log}))))"
    )
}

/// The time of a write as a key of a log.
pub(super) fn log_key(time: DateTime<Utc>) -> Value<'static> {
    Value::Text(time.to_rfc3339_opts(SecondsFormat::Micros, true).into())
}
