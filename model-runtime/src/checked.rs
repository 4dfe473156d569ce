//! Ties the columns that `sqlx::query!` found to the fields of a model, at build time. Nothing here ever runs.

use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::ChangeLog;
use crate::field::{FieldType, Json};

/// A field's type that fits a column which sqlx reads as `C` on the database `DB`.
#[diagnostic::on_unimplemented(
    message = "the column is `{C}` in the schema, and the field is `{Self}`",
    label = "does not fit the column, which is `{C}`",
    note = "change the column in a migration, or the field's type; a nullable column is an `Option`",
    note = "on SQLite `i32` wants INT4, `i64` INTEGER, `Decimal` INTEGER, `DateTime<Utc>` TIMESTAMP, `Uuid` and `Vec<u8>` BLOB; `model_runtime::schema::sql` writes it"
)]
pub trait Fits<DB, C> {}

macro_rules! fits {
    ($db:ty: $($field:ty = $($column:ty),+;)*) => {$($(
        impl Fits<$db, $column> for $field {}
    )+)*};
}

#[cfg(feature = "sqlite")]
fits! {
    sqlx::Sqlite:
    bool = bool; i16 = i64; i32 = i32; i64 = i64; f32 = f64; f64 = f64; String = String; Uuid = Vec<u8>;
    DateTime<Utc> = DateTime<Utc>, chrono::NaiveDateTime, String; NaiveDate = NaiveDate, String; Decimal = i64;
    serde_json::Value = String; ChangeLog = String; Vec<u8> = Vec<u8>; std::net::IpAddr = String;
}

#[cfg(feature = "postgres")]
fits! {
    sqlx::Postgres:
    bool = bool; i16 = i16; i32 = i32; i64 = i64; f32 = f32; f64 = f64; String = String; Uuid = Uuid;
    DateTime<Utc> = DateTime<Utc>; NaiveDate = NaiveDate; Decimal = Decimal;
    serde_json::Value = serde_json::Value; ChangeLog = serde_json::Value; Vec<u8> = Vec<u8>;
    std::net::IpAddr = sqlx::types::ipnetwork::IpNetwork;
}

#[cfg(feature = "sqlite")]
impl<T> Fits<sqlx::Sqlite, String> for Json<T> {}
#[cfg(feature = "postgres")]
impl<T> Fits<sqlx::Postgres, serde_json::Value> for Json<T> {}

impl<DB, T: FieldType + Fits<DB, C>, C> Fits<DB, Option<C>> for Option<T> {}

/// The database and the record of a checked query.
pub fn record<DB, F, T, A>(_: sqlx::query::Map<'_, DB, F, A>) -> (PhantomData<DB>, T)
where
    DB: sqlx::Database,
    F: FnMut(DB::Row) -> sqlx::Result<T>,
{
    unreachable!("build-time checks are never run")
}

/// Says that the field of type `T` fits the column.
pub fn column<T: Fits<DB, C>, DB, C>(_: PhantomData<DB>, _: &C) {}
