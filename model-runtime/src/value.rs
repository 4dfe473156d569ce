//! Values as they go into a statement, whatever the database.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::table::{ColumnDef, Dialect};

/// How a column is stored. Each [`FieldType`](crate::FieldType) has exactly one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `BOOLEAN`.
    Bool,
    /// 16-bit integer.
    SmallInt,
    /// 32-bit integer.
    Integer,
    /// 64-bit integer.
    BigInt,
    /// 32-bit float.
    Real,
    /// 64-bit float.
    Double,
    /// Text.
    Text,
    /// UUID: 16 bytes (a `BLOB` on SQLite, as sqlx stores it).
    Uuid,
    /// An instant in UTC, in microseconds.
    Timestamp,
    /// A calendar date.
    Date,
    /// Decimal number: `NUMERIC(p, s)`; on SQLite an `INTEGER` of 10⁻ˢ units, so that it stays exact and ordered.
    Decimal,
    /// JSON: `JSONB`; canonical text on SQLite.
    Json,
    /// Bytes.
    Bytes,
    /// An IP address: `INET`; text on SQLite.
    Ip,
}

/// One value to bind. Borrows from the row where it can.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// SQL `NULL` of a kind (PostgreSQL wants a type even for it).
    Null(Kind),
    /// A boolean.
    Bool(bool),
    /// A 16-bit integer.
    SmallInt(i16),
    /// A 32-bit integer.
    Integer(i32),
    /// A 64-bit integer.
    BigInt(i64),
    /// A 32-bit float.
    Real(f32),
    /// A 64-bit float.
    Double(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// A UUID.
    Uuid(Uuid),
    /// An instant.
    Timestamp(DateTime<Utc>),
    /// A date.
    Date(NaiveDate),
    /// A decimal.
    Decimal(Decimal),
    /// JSON as canonical text: object keys sorted, no white space.
    Json(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// An IP address.
    Ip(IpAddr),
    /// Several values of one kind, for `is_in`.
    Array(Kind, Vec<Value<'a>>),
    /// A value that cannot be written, with the reason; validation reports it before any write.
    Invalid(String),
}

impl Value<'_> {
    /// The same value without borrows.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null(kind) => Value::Null(kind),
            Value::Bool(v) => Value::Bool(v),
            Value::SmallInt(v) => Value::SmallInt(v),
            Value::Integer(v) => Value::Integer(v),
            Value::BigInt(v) => Value::BigInt(v),
            Value::Real(v) => Value::Real(v),
            Value::Double(v) => Value::Double(v),
            Value::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Value::Uuid(v) => Value::Uuid(v),
            Value::Timestamp(v) => Value::Timestamp(v),
            Value::Date(v) => Value::Date(v),
            Value::Decimal(v) => Value::Decimal(v),
            Value::Json(v) => Value::Json(Cow::Owned(v.into_owned())),
            Value::Bytes(v) => Value::Bytes(Cow::Owned(v.into_owned())),
            Value::Ip(v) => Value::Ip(v),
            Value::Array(kind, values) => {
                Value::Array(kind, values.into_iter().map(Value::into_owned).collect())
            }
            Value::Invalid(why) => Value::Invalid(why),
        }
    }

    /// The same value, borrowed.
    pub(crate) fn borrowed(&self) -> Value<'_> {
        match self {
            Value::Text(v) => Value::Text(Cow::Borrowed(v)),
            Value::Json(v) => Value::Json(Cow::Borrowed(v)),
            Value::Bytes(v) => Value::Bytes(Cow::Borrowed(v)),
            Value::Array(kind, values) => Value::Array(*kind, values.iter().map(Value::borrowed).collect()),
            other => other.clone(),
        }
    }

    /// Whether this is SQL `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null(_))
    }

    /// The value as `column` stores it in `dialect`: on SQLite a decimal becomes an integer of the column's
    /// units. A decimal between two units or beyond them (only a filter can hold one) becomes a float of that place
    /// in their order.
    pub(crate) fn stored(self, column: &ColumnDef, dialect: Dialect) -> Self {
        match (dialect, self) {
            (Dialect::Sqlite, Value::Decimal(decimal)) => decimal_units(decimal, column.scale),
            (Dialect::Sqlite, Value::Null(Kind::Decimal)) => Value::Null(Kind::BigInt),
            (Dialect::Sqlite, Value::Array(Kind::Decimal, values)) => Value::Array(
                Kind::BigInt,
                values.into_iter().map(|value| value.stored(column, dialect)).collect(),
            ),
            (_, value) => value,
        }
    }
}

fn decimal_units<'a>(decimal: Decimal, scale: u32) -> Value<'a> {
    let factor = Decimal::from(10_i64.pow(scale));
    let units = decimal.checked_mul(factor);
    if let Some(units) = units.filter(Decimal::is_integer).and_then(|units| units.to_i64()) {
        return Value::BigInt(units);
    }
    let float = match units {
        Some(units) => units.to_f64(),
        None => decimal.to_f64().zip(factor.to_f64()).map(|(decimal, factor)| decimal * factor),
    };
    float.map_or_else(|| Value::Invalid(format!("{decimal} has too many digits")), Value::Double)
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null(_) => f.write_str("NULL"),
            Value::Bool(v) => v.fmt(f),
            Value::SmallInt(v) => v.fmt(f),
            Value::Integer(v) => v.fmt(f),
            Value::BigInt(v) => v.fmt(f),
            Value::Real(v) => v.fmt(f),
            Value::Double(v) => v.fmt(f),
            Value::Text(v) | Value::Json(v) => write!(f, "'{}'", v.replace('\'', "''")),
            Value::Uuid(v) => write!(f, "'{v}'"),
            Value::Timestamp(v) => write!(f, "'{}'", v.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Value::Date(v) => write!(f, "'{v}'"),
            Value::Decimal(v) => v.fmt(f),
            Value::Bytes(v) => write!(f, "{} bytes", v.len()),
            Value::Ip(v) => write!(f, "'{v}'"),
            Value::Array(_, values) => {
                f.write_str("(")?;
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                f.write_str(")")
            }
            Value::Invalid(why) => write!(f, "<invalid: {why}>"),
        }
    }
}
