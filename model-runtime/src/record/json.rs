//! Values as JSON text, written by the database: what differs is compared and told in one statement, so that it is
//! what the row really had.

use crate::record::Recording;
use crate::sql::quote;
use crate::table::{ColumnDef, Dialect};
use crate::value::Kind;

/// What stands for a masked value.
pub const MASK: &str = "***";

/// The text of `value`, an expression of the column's type, as JSON. Numbers and booleans are themselves; instants are
/// RFC 3339 in UTC, bytes hexadecimal, and what JSON has no number for (NaN, infinity) is text.
pub(super) fn json_text(column: &ColumnDef, value: &str, dialect: Dialect) -> String {
    let text = match dialect {
        Dialect::Postgres => match column.kind {
            Kind::Bool | Kind::SmallInt | Kind::Integer | Kind::BigInt | Kind::Decimal | Kind::Json => {
                format!("({value})::text")
            }
            Kind::Real | Kind::Double | Kind::Text | Kind::Date => format!("to_json({value})::text"),
            Kind::Uuid => format!("'\"' || ({value}) || '\"'"),
            Kind::Timestamp => {
                format!(
                    "'\"' || to_char(({value}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || '\"'"
                )
            }
            Kind::Bytes => format!("'\"' || encode({value}, 'hex') || '\"'"),
            Kind::Ip => format!("'\"' || host({value}) || '\"'"),
        },
        Dialect::Sqlite => match column.kind {
            Kind::Bool => format!("CASE WHEN {value} THEN 'true' WHEN NOT {value} THEN 'false' END"),
            Kind::SmallInt | Kind::Integer | Kind::BigInt | Kind::Json => value.to_owned(),
            Kind::Decimal => decimal(value, column.scale),
            Kind::Real | Kind::Double => format!(
                "CASE WHEN {value} > 1.7976931348623157e308 THEN '\"Infinity\"' \
                 WHEN {value} < -1.7976931348623157e308 THEN '\"-Infinity\"' ELSE json_quote({value}) END"
            ),
            Kind::Text | Kind::Ip | Kind::Date => format!("json_quote({value})"),
            Kind::Uuid => format!("'\"' || {} || '\"'", hyphenated(value)),
            Kind::Timestamp => format!("'\"' || replace({value}, '+00:00', 'Z') || '\"'"),
            Kind::Bytes => format!("'\"' || lower(hex({value})) || '\"'"),
        },
    };
    // `hex(NULL)` is an empty text, and no other function makes a text of NULL.
    match (dialect, column.kind, column.nullable) {
        (_, _, false) => text,
        (Dialect::Sqlite, Kind::Bytes | Kind::Uuid, true) => {
            format!("CASE WHEN {value} IS NULL THEN 'null' ELSE {text} END")
        }
        (_, _, true) => format!("COALESCE({text}, 'null')"),
    }
}

/// The value as plain text: a key in `object_id`.
pub(super) fn plain_text(column: &ColumnDef, value: &str, dialect: Dialect) -> String {
    match (dialect, column.kind) {
        (Dialect::Postgres, Kind::Ip) => format!("host({value})"),
        (Dialect::Postgres, _) => format!("({value})::text"),
        (Dialect::Sqlite, Kind::Uuid) => hyphenated(value),
        (Dialect::Sqlite, Kind::Decimal) => decimal(value, column.scale),
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

/// `{"old":…,"new":…}` of a column, as SQL that gives text.
pub(super) fn change_text(
    column: &ColumnDef,
    old: Option<&str>,
    new: Option<&str>,
    dialect: Dialect,
) -> String {
    let side = |value: Option<&str>| match (value, column.recording) {
        (None, _) => "'null'".to_owned(),
        (Some(_), Recording::Mask) => format!("'\"{MASK}\"'"),
        (Some(value), _) => json_text(column, value, dialect),
    };
    format!("'\"{}\":{{\"old\":' || {} || ',\"new\":' || {} || '}}'", column.field, side(old), side(new))
}

/// A quoted name behind an alias: `c."title"`.
pub(super) fn qualified(alias: &str, name: &str, dialect: Dialect) -> String {
    let quote = quote(dialect);
    format!("{alias}.{quote}{name}{quote}")
}
