//! Values as JSON text, written by the database: what differs is compared and told in one statement, so that it is
//! what the row really had.

use crate::record::Recording;
use crate::sql::quoted;
use crate::table::{ColumnDef, Dialect};
use crate::value::Kind;

/// What stands for a masked value.
pub const MASK: &str = "***";

/// PostgreSQL's pattern of a time in a record: RFC 3339 in UTC, with microseconds.
pub(super) const ISO: &str = "YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"";

/// `value`, an expression of the column's type, as JSON, to be a part of a concatenation. Numbers and booleans are
/// themselves; instants are RFC 3339 in UTC, bytes hexadecimal, and what JSON has no number for (NaN, infinity) is text.
fn json_part(column: &ColumnDef, value: &str, dialect: Dialect) -> String {
    let text = match dialect {
        Dialect::Postgres => match column.kind {
            // As `concat` writes them.
            Kind::SmallInt | Kind::Integer | Kind::BigInt | Kind::Json => value.to_owned(),
            Kind::Decimal => format!("({value})::numeric({}, {})", column.precision, column.scale),
            Kind::Bool => format!("({value})::text"),
            Kind::Real | Kind::Double | Kind::Text | Kind::Date => format!("to_json({value})"),
            Kind::Uuid => return quoted_or_null(column, value, value),
            Kind::Timestamp => {
                return quoted_or_null(
                    column,
                    value,
                    &format!("to_char(({value}) AT TIME ZONE 'UTC', '{ISO}')"),
                );
            }
            Kind::Bytes => return quoted_or_null(column, value, &format!("encode({value}, 'hex')")),
            Kind::Ip => return quoted_or_null(column, value, &format!("host({value})")),
        },
        Dialect::Sqlite => match column.kind {
            Kind::Bool => format!("CASE WHEN {value} THEN 'true' WHEN NOT {value} THEN 'false' END"),
            Kind::SmallInt | Kind::Integer | Kind::BigInt | Kind::Json => value.to_owned(),
            Kind::Decimal => decimal(value, column.scale),
            Kind::Real | Kind::Double => double(value),
            Kind::Text | Kind::Ip | Kind::Date => format!("json_quote({value})"),
            Kind::Uuid => return quoted_or_null(column, value, &hyphenated(value)),
            Kind::Timestamp => format!("'\"' || {} || '\"'", timestamp(value)),
            Kind::Bytes => return quoted_or_null(column, value, &format!("lower(hex({value}))")),
        },
    };
    match (dialect, column.kind) {
        _ if !column.nullable => text,
        // Of one type with 'null'.
        (Dialect::Postgres, Kind::Bool) | (Dialect::Sqlite, _) => format!("COALESCE({text}, 'null')"),
        (Dialect::Postgres, _) => format!("COALESCE({text}::text, 'null')"),
    }
}

/// A text without characters that JSON escapes, in quotes; null where the value is NULL.
fn quoted_or_null(column: &ColumnDef, value: &str, text: &str) -> String {
    if column.nullable {
        format!("CASE WHEN {value} IS NULL THEN 'null' ELSE '\"' || {text} || '\"' END")
    } else {
        format!("'\"' || {text} || '\"'")
    }
}

/// The value as plain text: a key in `object_id`, a row's display. The same on both databases.
pub(crate) fn plain_text(column: &ColumnDef, value: &str, dialect: Dialect) -> String {
    match (dialect, column.kind) {
        (Dialect::Postgres, Kind::Ip) => format!("host({value})"),
        (Dialect::Postgres, Kind::Decimal) => {
            format!("({value})::numeric({}, {})::text", column.precision, column.scale)
        }
        (Dialect::Postgres, Kind::Timestamp) => format!("to_char(({value}) AT TIME ZONE 'UTC', '{ISO}')"),
        (Dialect::Postgres, Kind::Date) => format!("to_char({value}, 'YYYY-MM-DD')"),
        (Dialect::Postgres, _) => format!("({value})::text"),
        (Dialect::Sqlite, Kind::Uuid) => hyphenated(value),
        (Dialect::Sqlite, Kind::Decimal) => decimal(value, column.scale),
        (Dialect::Sqlite, Kind::Timestamp) => timestamp(value),
        (Dialect::Sqlite, Kind::Bool) => {
            format!("CASE WHEN {value} THEN 'true' WHEN NOT {value} THEN 'false' END")
        }
        (Dialect::Sqlite, _) => format!("CAST({value} AS TEXT)"),
    }
}

/// 16 bytes as a UUID's text.
fn hyphenated(value: &str) -> String {
    let part = |start: u32, length: u32| format!("substr(hex({value}), {start}, {length})");
    let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
    format!("lower({})", parts.join(" || '-' || "))
}

/// A whole number of the column's units as a decimal.
fn decimal(value: &str, scale: u32) -> String {
    if scale == 0 {
        return format!("CAST({value} AS TEXT)");
    }
    let unit = 10_u64.pow(scale);
    format!(
        "CASE WHEN {value} < 0 THEN '-' ELSE '' END || abs({value} / {unit}) || '.' || \
         substr('{}' || abs({value} % {unit}), -{scale})",
        "0".repeat(scale as usize)
    )
}

/// With as many digits as it takes to be the same number: 15, or 20, since SQLite rounds the 17th wrongly.
fn double(value: &str) -> String {
    format!(
        "CASE WHEN {value} > 1.7976931348623157e308 THEN '\"Infinity\"' \
         WHEN {value} < -1.7976931348623157e308 THEN '\"-Infinity\"' \
         WHEN CAST(printf('%!.15g', {value}) AS REAL) = {value} THEN printf('%!.15g', {value}) \
         WHEN {value} IS NOT NULL THEN printf('%!.20g', {value}) END"
    )
}

/// An instant as sqlx stores it, with six digits behind the second.
fn timestamp(value: &str) -> String {
    let fraction = format!("replace(replace(replace(substr({value}, 20), '+00:00', ''), 'Z', ''), '.', '')");
    format!("substr({value}, 1, 19) || '.' || substr({fraction} || '000000', 1, 6) || 'Z'")
}

/// `,"field":{"old":…,"new":…}` of a column, as SQL that gives text.
pub(super) fn change_text(
    column: &ColumnDef,
    old: Option<&str>,
    new: Option<&str>,
    dialect: Dialect,
) -> String {
    let side = |value: Option<&str>| match (value, column.recording) {
        (None, _) => "'null'".to_owned(),
        (Some(_), Recording::Mask) => format!("'\"{MASK}\"'"),
        (Some(value), _) => json_part(column, value, dialect),
    };
    let start = format!("',\"{}\":{{\"old\":'", column.field);
    concatenated(&[start, side(old), "',\"new\":'".to_owned(), side(new), "'}'".to_owned()], dialect)
}

const MAX_PARTS: usize = 50;

/// The parts as one text. On PostgreSQL one call of `concat`, of whatever types: an operator between each two costs
/// more, even where it is not evaluated.
pub(super) fn concatenated(parts: &[String], dialect: Dialect) -> String {
    // PostgreSQL takes 100 arguments, and SQLite nests a thousand operators.
    if parts.len() > MAX_PARTS {
        let groups: Vec<String> = parts.chunks(MAX_PARTS).map(|group| concatenated(group, dialect)).collect();
        return concatenated(&groups, dialect);
    }
    match (parts, dialect) {
        ([], _) => "''".to_owned(),
        ([one], _) => one.clone(),
        (parts, Dialect::Postgres) => format!("concat({})", parts.join(", ")),
        (parts, Dialect::Sqlite) => format!("({})", parts.join(" || ")),
    }
}

/// A quoted name behind an alias: `c."title"`.
pub(super) fn qualified(alias: &str, name: &str, dialect: Dialect) -> String {
    format!("{alias}.{}", quoted(name, dialect))
}
