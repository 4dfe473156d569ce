//! SQLite. Decimals are integers of the column's units, addresses and JSON are text, the rest is as sqlx stores it.

use std::borrow::Cow;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use sqlx::SqlStr;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnection, SqliteQueryResult, SqliteRow, SqliteTypeInfo, SqliteValueRef,
};
use sqlx::{Arguments, Connection, Executor, TypeInfo};
use uuid::Uuid;

use super::{Backend, ColumnReader, backend};
use crate::field::BoxError;
use crate::table::Dialect;
use crate::value::{Kind, Value};

// A write transaction takes the lock at once: upgrading a read lock can fail with SQLITE_BUSY whatever the timeout.
backend!(
    Sqlite,
    SqliteConnection,
    SqliteRow,
    SqliteQueryResult,
    SqliteArguments,
    SqliteValueRef,
    Sqlite,
    Some("BEGIN IMMEDIATE")
);

fn bind(arguments: &mut SqliteArguments, value: Value<'_>) -> Result<(), BoxError> {
    match value {
        Value::Null(_) => arguments.add(None::<i64>),
        Value::Bool(v) => arguments.add(v),
        Value::SmallInt(v) => arguments.add(v),
        Value::Integer(v) => arguments.add(v),
        Value::BigInt(v) => arguments.add(v),
        Value::Real(v) if v.is_nan() => Err("SQLite cannot store NaN".into()),
        Value::Double(v) if v.is_nan() => Err("SQLite cannot store NaN".into()),
        Value::Real(v) => arguments.add(v),
        Value::Double(v) => arguments.add(v),
        Value::Text(v) => bind_text(arguments, v),
        Value::Uuid(v) => arguments.add(v),
        Value::Timestamp(v) => arguments.add(v),
        Value::Date(v) => arguments.add(v),
        // `Value::stored` has made an integer of it; without a column there is no scale to do so.
        Value::Decimal(v) => Err(format!("the decimal {v} has no column that tells its scale").into()),
        Value::Json(v) => bind_text(arguments, v),
        Value::Bytes(v) => arguments.add(v.into_owned()),
        Value::Ip(v) => arguments.add(v.to_string()),
        Value::Array(kind, values) => arguments.add(json_array(kind, &values)?),
        Value::Invalid(why) => Err(why.into()),
    }
}

/// Copies borrowed text once, and owned text not at all.
fn bind_text(arguments: &mut SqliteArguments, text: Cow<'_, str>) -> Result<(), BoxError> {
    match text {
        Cow::Borrowed(text) => arguments.add(text),
        Cow::Owned(text) => arguments.add(text),
    }
}

/// Several values as one JSON array, which `json_each` takes apart: one bind and one statement for any number.
/// Bytes go as hexadecimal digits, for `unhex`.
fn json_array(kind: Kind, values: &[Value<'_>]) -> Result<String, BoxError> {
    let mut json = String::from("[");
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            json.push(',');
        }
        match value {
            Value::Bool(v) => json.push(if *v { '1' } else { '0' }),
            Value::SmallInt(v) => json += itoa::Buffer::new().format(*v),
            Value::Integer(v) => json += itoa::Buffer::new().format(*v),
            Value::BigInt(v) => json += itoa::Buffer::new().format(*v),
            // JSON would have null for the others.
            Value::Real(v) if v.is_finite() => json += &serde_json::to_string(&f64::from(*v))?,
            Value::Double(v) if v.is_finite() => json += &serde_json::to_string(v)?,
            Value::Text(v) | Value::Json(v) => json += &serde_json::to_string(v)?,
            Value::Uuid(v) => quoted(&mut json, v.simple().encode_lower(&mut Uuid::encode_buffer())),
            Value::Bytes(v) => {
                quoted(&mut json, &v.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
            Value::Timestamp(v) => {
                quoted(&mut json, &v.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false))
            }
            Value::Date(v) => quoted(&mut json, &v.to_string()),
            Value::Ip(v) => quoted(&mut json, &v.to_string()),
            Value::Invalid(why) => return Err(why.clone().into()),
            Value::Null(_) | Value::Real(_) | Value::Double(_) | Value::Decimal(_) | Value::Array(..) => {
                return Err(format!("{value} cannot stand in a list of {kind:?}").into());
            }
        }
    }
    json.push(']');
    Ok(json)
}

/// A text that JSON does not escape.
fn quoted(json: &mut String, text: &str) {
    json.push('"');
    json.push_str(text);
    json.push('"');
}

/// Whether a value of this storage class is read as that kind.
fn is_of(kind: Kind, class: &SqliteTypeInfo) -> bool {
    match kind {
        Kind::Bool | Kind::SmallInt | Kind::Integer | Kind::BigInt => class.name() == "INTEGER",
        // A sum of nothing is the whole number 0.
        Kind::Real | Kind::Double => ["REAL", "INTEGER"].contains(&class.name()),
        Kind::Text | Kind::Timestamp | Kind::Date | Kind::Json | Kind::Ip => class.name() == "TEXT",
        Kind::Uuid | Kind::Bytes => class.name() == "BLOB",
        // It is a whole number of the column's units, and a value does not tell whose.
        Kind::Decimal => false,
    }
}

fn decimal(reader: Reader<'_>, scale: u32) -> Result<Decimal, BoxError> {
    Ok(Decimal::new(reader.decode::<i64>()?, scale))
}

fn ip(reader: Reader<'_>) -> Result<IpAddr, BoxError> {
    Ok(reader.decode::<&str>()?.parse()?)
}
