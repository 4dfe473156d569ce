//! PostgreSQL: every kind has a type of its own.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sqlx::SqlStr;
use sqlx::postgres::{PgArguments, PgConnection, PgQueryResult, PgRow, PgTypeInfo, PgValueRef};
use sqlx::types::Json;
use sqlx::types::ipnetwork::IpNetwork;
use sqlx::{Arguments, Connection, Encode, Executor, Postgres, Type};
use uuid::Uuid;

use super::{Backend, ColumnReader, backend};
use crate::field::BoxError;
use crate::table::{ANY_SCALE, Dialect};
use crate::value::{Kind, Value};

backend!(Postgres, PgConnection, PgRow, PgQueryResult, PgArguments, PgValueRef, Postgres, None);

fn bind(arguments: &mut PgArguments, value: Value<'_>) -> Result<(), BoxError> {
    match value {
        Value::Null(kind) => bind_null(arguments, kind),
        Value::Bool(v) => arguments.add(v),
        Value::SmallInt(v) => arguments.add(v),
        Value::Integer(v) => arguments.add(v),
        Value::BigInt(v) => arguments.add(v),
        Value::Real(v) => arguments.add(v),
        Value::Double(v) => arguments.add(v),
        Value::Text(v) => arguments.add(v.as_ref()),
        Value::Uuid(v) => arguments.add(v),
        Value::Timestamp(v) => arguments.add(v),
        Value::Date(v) => arguments.add(v),
        Value::Decimal(v) => arguments.add(v),
        Value::Json(v) => arguments.add(Json(raw_json(&v)?)),
        Value::Bytes(v) => arguments.add(v.as_ref()),
        Value::Ip(v) => arguments.add(IpNetwork::from(v)),
        Value::Array(kind, values) => bind_array(arguments, kind, values),
        Value::Invalid(why) => Err(why.into()),
    }
}

fn raw_json(text: &str) -> Result<&RawValue, BoxError> {
    Ok(serde_json::from_str(text)?)
}

fn bind_null(arguments: &mut PgArguments, kind: Kind) -> Result<(), BoxError> {
    match kind {
        Kind::Bool => arguments.add(None::<bool>),
        Kind::SmallInt => arguments.add(None::<i16>),
        Kind::Integer => arguments.add(None::<i32>),
        Kind::BigInt => arguments.add(None::<i64>),
        Kind::Real => arguments.add(None::<f32>),
        Kind::Double => arguments.add(None::<f64>),
        Kind::Text => arguments.add(None::<&str>),
        Kind::Uuid => arguments.add(None::<Uuid>),
        Kind::Timestamp => arguments.add(None::<DateTime<Utc>>),
        Kind::Date => arguments.add(None::<NaiveDate>),
        Kind::Decimal => arguments.add(None::<Decimal>),
        Kind::Json => arguments.add(None::<Json<()>>),
        Kind::Bytes => arguments.add(None::<&[u8]>),
        Kind::Ip => arguments.add(None::<IpNetwork>),
    }
}

/// One array of the kind's type, NULLs included.
fn bind_array(arguments: &mut PgArguments, kind: Kind, values: Vec<Value<'_>>) -> Result<(), BoxError> {
    macro_rules! array {
        ($($variant:ident($v:ident) => $item:expr),+) => {
            collect(arguments, kind, values, |value| match value {
                $(Value::$variant($v) => Ok($item),)+
                other => Err(other),
            })
        };
    }
    match kind {
        Kind::Bool => array!(Bool(v) => v),
        Kind::SmallInt => array!(SmallInt(v) => v),
        Kind::Integer => array!(Integer(v) => v),
        Kind::BigInt => array!(BigInt(v) => v),
        Kind::Real => array!(Real(v) => v),
        Kind::Double => array!(Double(v) => v),
        Kind::Text => array!(Text(v) => v),
        Kind::Uuid => array!(Uuid(v) => v),
        Kind::Timestamp => array!(Timestamp(v) => v),
        Kind::Date => array!(Date(v) => v),
        Kind::Decimal => array!(Decimal(v) => v),
        // As text: `UNNEST` statements cast it, which is cheaper than a JSON value for each.
        Kind::Json => array!(Json(v) => v),
        Kind::Bytes => array!(Bytes(v) => v.into_owned()),
        Kind::Ip => array!(Ip(v) => IpNetwork::from(v)),
    }
}

fn collect<'a, T>(
    arguments: &mut PgArguments,
    kind: Kind,
    values: Vec<Value<'a>>,
    item: impl Fn(Value<'a>) -> Result<T, Value<'a>>,
) -> Result<(), BoxError>
where
    Vec<Option<T>>: Encode<'a, Postgres> + Type<Postgres>,
{
    let items = values.into_iter().map(|value| match value {
        Value::Null(_) => Ok(None),
        Value::Invalid(why) => Err(why.into()),
        value => match item(value) {
            Ok(item) => Ok(Some(item)),
            Err(other) => Err(format!("{other} cannot stand in a list of {kind:?}").into()),
        },
    });
    arguments.add(items.collect::<Result<Vec<_>, BoxError>>()?)
}

/// Whether the driver reads this type as that kind.
fn is_of(kind: Kind, ty: &PgTypeInfo) -> bool {
    match kind {
        Kind::Bool => <bool as Type<Postgres>>::compatible(ty),
        Kind::SmallInt => <i16 as Type<Postgres>>::compatible(ty),
        Kind::Integer => <i32 as Type<Postgres>>::compatible(ty),
        Kind::BigInt => <i64 as Type<Postgres>>::compatible(ty),
        Kind::Real => <f32 as Type<Postgres>>::compatible(ty),
        Kind::Double => <f64 as Type<Postgres>>::compatible(ty),
        Kind::Text => <str as Type<Postgres>>::compatible(ty),
        Kind::Uuid => <Uuid as Type<Postgres>>::compatible(ty),
        Kind::Timestamp => <DateTime<Utc> as Type<Postgres>>::compatible(ty),
        Kind::Date => <NaiveDate as Type<Postgres>>::compatible(ty),
        Kind::Decimal => <Decimal as Type<Postgres>>::compatible(ty),
        Kind::Json => <Json<()> as Type<Postgres>>::compatible(ty),
        Kind::Bytes => <[u8] as Type<Postgres>>::compatible(ty),
        Kind::Ip => <IpNetwork as Type<Postgres>>::compatible(ty),
    }
}

fn decimal(reader: Reader<'_>, scale: u32) -> Result<Decimal, BoxError> {
    let mut decimal: Decimal = reader.decode()?;
    if scale == ANY_SCALE {
        return Ok(decimal.normalize());
    }
    decimal.rescale(scale);
    Ok(decimal)
}

fn ip(reader: Reader<'_>) -> Result<IpAddr, BoxError> {
    Ok(reader.decode::<IpNetwork>()?.ip())
}
