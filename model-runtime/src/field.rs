//! The types that a model's field can have.

use std::borrow::Cow;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::backend::{Backend, ColumnReader};
use crate::canonical_json::canonical_json;
use crate::clock;
use crate::fields::{Assign, Draft};
use crate::table::ColumnDef;
use crate::value::{Kind, Value};

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A type that a column can hold.
///
/// Implemented for `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, `String`, `Uuid`, `DateTime<Utc>`, `NaiveDate`,
/// `Decimal`, `serde_json::Value`, [`Json<T>`], `Vec<u8>`, `IpAddr`, and `Option` of each. For your own enums
/// derive [`ModelEnum`](crate::ModelEnum), for your own newtypes [`ModelNewtype`](crate::ModelNewtype).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a model's field",
    label = "not a column type",
    note = "fields can be bool, i16, i32, i64, f32, f64, String, Uuid, DateTime<Utc>, NaiveDate, Decimal, serde_json::Value, Json<T>, Vec<u8>, IpAddr, or an Option of one",
    note = "for an enum of yours derive `ModelEnum`, for a newtype `ModelNewtype`; wrap any other serde type in `Json<T>`"
)]
pub trait FieldType: Sized + Send + Sync + 'static {
    /// How the column is stored.
    const KIND: Kind;
    /// Whether the column may be NULL.
    const NULLABLE: bool = false;
    /// The only values it may have, for a `CHECK` in the schema; empty for any.
    const CHOICES: &'static [&'static str] = &[];

    /// The value to bind.
    fn to_value(&self) -> Value<'_>;

    /// Reads a column that is not NULL (an `Option` reads NULL too).
    ///
    /// # Errors
    /// Where the stored value is none of this type.
    fn read<'r, R: ColumnReader<'r>>(reader: R, column: &ColumnDef) -> Result<Self, BoxError>;

    /// A column of this type, for the derive to go on with.
    #[doc(hidden)]
    const COLUMN: ColumnDef = ColumnDef::new::<Self>("");

    /// A field of a row that is made, for [`Fields`](crate::Fields).
    #[doc(hidden)]
    fn draft(draft: &mut Option<Self>) -> &mut dyn Draft {
        draft
    }

    /// A field of a row that is there, for [`Fields`](crate::Fields).
    #[doc(hidden)]
    fn assign(&mut self) -> &mut dyn Assign {
        self
    }

    /// Reads the column at `index`, which `column` describes.
    ///
    /// # Errors
    /// As [`read`](crate::read).
    #[doc(hidden)]
    fn read_from<B: Backend>(row: &B::Row, index: usize, column: &ColumnDef) -> sqlx::Result<Self> {
        crate::read::<B, Self>(row, index, column)
    }

    /// Brings the value to what the database will hold: instants to microseconds, decimals to the column's scale.
    fn normalise(&mut self, _column: &ColumnDef) {}
}

macro_rules! field_types {
    ($($ty:ty => $kind:ident, |$this:ident| $value:expr, $read:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl FieldType for $ty {
            const KIND: Kind = Kind::$kind;

            fn to_value(&self) -> Value<'_> {
                let $this = self;
                Value::$kind($value)
            }

            fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
                reader.$read()
            }
        }
    )*};
}

field_types! {
    bool => Bool, |v| *v, bool;
    i16 => SmallInt, |v| *v, i16;
    i32 => Integer, |v| *v, i32;
    i64 => BigInt, |v| *v, i64;
    f32 => Real, |v| *v, f32;
    f64 => Double, |v| *v, f64;
    String => Text, |v| Cow::Borrowed(v), string;
    Uuid => Uuid, |v| *v, uuid;
    NaiveDate => Date, |v| *v, date;
    Vec<u8> => Bytes, |v| Cow::Borrowed(v), bytes;
    IpAddr => Ip, |v| *v, ip;
}

#[diagnostic::do_not_recommend]
impl FieldType for DateTime<Utc> {
    const KIND: Kind = Kind::Timestamp;

    fn to_value(&self) -> Value<'_> {
        Value::Timestamp(clock::truncate(*self))
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
        reader.timestamp()
    }

    fn normalise(&mut self, _: &ColumnDef) {
        *self = clock::truncate(*self);
    }
}

#[diagnostic::do_not_recommend]
impl FieldType for Decimal {
    const KIND: Kind = Kind::Decimal;

    fn to_value(&self) -> Value<'_> {
        Value::Decimal(*self)
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, column: &ColumnDef) -> Result<Self, BoxError> {
        reader.decimal(column.scale)
    }

    /// Rounds halves away from zero, as PostgreSQL's `numeric(p, s)` does.
    fn normalise(&mut self, column: &ColumnDef) {
        *self = self.round_dp_with_strategy(column.scale, RoundingStrategy::MidpointAwayFromZero);
        self.rescale(column.scale);
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const CHOICES: &'static [&'static str] = T::CHOICES;

    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null(T::KIND), T::to_value)
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, column: &ColumnDef) -> Result<Self, BoxError> {
        if reader.is_null() { Ok(None) } else { T::read(reader, column).map(Some) }
    }

    fn normalise(&mut self, column: &ColumnDef) {
        if let Some(value) = self {
            value.normalise(column);
        }
    }
}

/// Any serde type, stored as JSON (`JSONB`; text on SQLite).
///
/// ```
/// use model_runtime::prelude::*;
///
/// let tags = Json(vec!["rust".to_owned(), "sql".to_owned()]);
/// assert_eq!(tags.len(), 2);
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> FieldType for Json<T> {
    const KIND: Kind = Kind::Json;

    fn to_value(&self) -> Value<'_> {
        json(&self.0)
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
        reader.json().map(Json)
    }
}

#[diagnostic::do_not_recommend]
impl FieldType for serde_json::Value {
    const KIND: Kind = Kind::Json;

    fn to_value(&self) -> Value<'_> {
        json(self)
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
        reader.json()
    }
}

fn json(value: &impl Serialize) -> Value<'static> {
    match canonical_json(value) {
        Ok(text) => Value::Json(Cow::Owned(text)),
        Err(error) => Value::Invalid(format!("cannot be written as JSON: {error}")),
    }
}

/// Text columns: `contains`, `starts_with`, `like` and their kin work on them.
#[diagnostic::on_unimplemented(
    message = "this filter is for text columns, and the column holds `{Self}`",
    label = "not a text column"
)]
pub trait TextType: FieldType {}

impl TextType for String {}
impl<T: TextType> TextType for Option<T> {}

/// A key: `Uuid` (made by the client) or `i64` (made by the database).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a model's key",
    note = "`id` is a `Uuid` or an `i64`"
)]
pub trait Key: FieldType + Copy + Ord + std::hash::Hash + std::fmt::Display + std::str::FromStr {
    /// Whether the database makes it on insert.
    const BY_DATABASE: bool;

    /// The key that a column's value is.
    #[doc(hidden)]
    fn of_value(value: &Value<'_>) -> Option<Self>;

    /// A key that the database made by counting up.
    #[doc(hidden)]
    fn counted(_key: i64) -> Option<Self> {
        None
    }
}

impl Key for Uuid {
    const BY_DATABASE: bool = false;

    fn of_value(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Uuid(key) => Some(*key),
            _ => None,
        }
    }
}

impl Key for i64 {
    const BY_DATABASE: bool = true;

    fn of_value(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::BigInt(key) => Some(*key),
            _ => None,
        }
    }

    fn counted(key: i64) -> Option<Self> {
        Some(key)
    }
}
