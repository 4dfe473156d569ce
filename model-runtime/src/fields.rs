//! A row's fields by name, as JSON: how a row is made of them, and how they are set, without a serializer of the model's.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

#[cfg(feature = "axum")]
use crate::column::ColumnRef;
use crate::error::{Error, Result, ValidationErrors, excerpt};
use crate::field::FieldType;
use crate::model::{Model, Writable};
use crate::record::from_json;
use crate::table::{ColumnDef, Dialect, Role, TableDef};
use crate::validate::check_value;
use crate::value::{Kind, Value};

/// Fields of a row of a model, by name, with their values as JSON. All that is wrong with them comes in one error.
///
/// Only the application's own fields can be given, not the key, and not what capabilities manage (times, status, version,
/// change log). Instants are RFC 3339, decimals are numbers or texts, bytes hexadecimal.
///
/// ```
/// use model_runtime::{Fields, prelude::*};
///
/// #[mixins]
/// #[derive(Debug, Clone, Model)]
/// #[model(unchecked)]
/// #[timestamps]
/// struct Tag {
///     name: String,
///     #[column(default = 0)]
///     rank: i32,
/// }
///
/// let mut tag: Tag = Fields::parse::<Tag>(r#"{"name": "rust"}"#)?.into_row()?;
/// assert_eq!((tag.name.as_str(), tag.rank), ("rust", 0));
/// Fields::parse::<Tag>(r#"{"rank": 3}"#)?.set(&mut tag)?;
/// assert_eq!((tag.name.as_str(), tag.rank), ("rust", 3));
///
/// let refused = Fields::parse::<Tag>(r#"{"rank": "3", "nmae": "rust", "created_at": null}"#)?.set(&mut tag);
/// assert_eq!(
///     refused.unwrap_err().to_string(),
///     "Tag is not valid: created_at is read-only; nmae is no field of Tag; rank is no whole number of 32 bits"
/// );
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Fields {
    table: &'static TableDef,
    given: BTreeMap<String, Box<RawValue>>,
    errors: ValidationErrors,
    /// What a write would refuse of values that can be read: told where something else is wrong too, since a hook may
    /// mend it.
    refused_later: ValidationErrors,
    /// Which fields of a row that is made have no default.
    required: Vec<&'static ColumnDef>,
}

impl Fields {
    /// The members of a JSON object.
    ///
    /// # Errors
    /// [`Error::Validation`] where the text is no JSON object. What is wrong with its members is told later.
    pub fn parse<M: Model>(json: &str) -> Result<Self> {
        match serde_json::from_str(json) {
            Ok(Members(given)) => Ok(Self::new::<M>(given)),
            Err(error) => {
                let mut errors = ValidationErrors::new(M::TABLE.model);
                errors.add("the JSON", format!("is no object: {error}"));
                Err(errors.into())
            }
        }
    }

    /// The members of a JSON object that was read; [`parse`](Self::parse) refuses one that has a member twice.
    pub fn new<M: Model>(given: BTreeMap<String, Box<RawValue>>) -> Self {
        let model = M::TABLE.model;
        let mut errors = ValidationErrors::new(model);
        for name in given.keys() {
            match M::TABLE.columns.iter().find(|column| column.field == name) {
                None => errors.add(excerpt(name), format!("is no field of {model}")),
                Some(column) if column.role != Role::Data => errors.add(name, READ_ONLY),
                Some(_) => {}
            }
        }
        Self {
            table: M::TABLE,
            given,
            errors,
            refused_later: ValidationErrors::new(model),
            required: Vec::new(),
        }
    }

    /// Refuses these fields where they are given.
    pub fn read_only<'f>(mut self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        for field in fields.into_iter().filter(|field| self.given.contains_key(*field)) {
            if self.errors.errors().iter().all(|error| error.field != field) {
                self.errors.add(field, READ_ONLY);
            }
        }
        self
    }

    /// Gives a field this value, whatever was given.
    #[cfg(feature = "axum")]
    pub(crate) fn give(&mut self, column: &ColumnDef, value: &Value<'_>) {
        let mut json = Vec::new();
        let written = write_json(value, &mut json);
        match written.and_then(|()| serde_json::from_slice(&json).map_err(|error| error.to_string())) {
            Ok(json) => drop(self.given.insert(column.field.to_owned(), json)),
            Err(why) => self.errors.add(column.field, why),
        }
    }

    /// The row of these fields, the others at their defaults. It is not in the database yet.
    ///
    /// # Errors
    /// [`Error::Validation`] with every field that is unknown, read-only, of a wrong type, or missing.
    pub fn into_row<M: Writable>(mut self) -> Result<M> {
        M::of_fields(&mut self).ok_or_else(|| self.error())
    }

    /// Sets these fields of the row, which stays as it is where one is refused.
    ///
    /// # Errors
    /// As [`into_row`](Self::into_row), but for those that are missing.
    pub fn set<M: Writable + Clone>(mut self, row: &mut M) -> Result<()> {
        let mut changed = row.clone();
        changed.set_fields(&mut self);
        if !self.are_valid() {
            return Err(self.error());
        }
        *row = changed;
        Ok(())
    }

    /// Adds an error for each of these columns whose field is missing and has no default.
    #[cfg(feature = "axum")]
    pub(crate) fn require<M: Writable>(&mut self, columns: &[&'static ColumnDef]) {
        for column in required::<M>() {
            let is_wanted = columns.iter().any(|wanted| wanted.field == column.field);
            if is_wanted && !self.given.contains_key(column.field) {
                self.errors.add(column.field, MISSING);
            }
        }
    }

    /// The columns whose fields are given.
    #[cfg(feature = "axum")]
    pub(crate) fn columns(&self) -> Vec<ColumnRef> {
        self.data().filter(|column| self.given.contains_key(column.field)).map(ColumnRef::from).collect()
    }

    /// The columns that fields can be given of.
    fn data(&self) -> impl Iterator<Item = &'static ColumnDef> + use<> {
        self.table.columns.iter().filter(|column| column.role == Role::Data)
    }

    fn error(mut self) -> Error {
        for error in self.refused_later.errors() {
            self.errors.add(error.field.clone(), error.message.clone());
        }
        Error::Validation(self.errors)
    }

    fn are_valid(&self) -> bool {
        self.errors.errors().is_empty()
    }

    /// Reads the fields of a row that is made: those of the data columns, in their order.
    #[doc(hidden)]
    pub fn make(&mut self, required: &[&str], fields: &mut [&mut dyn Draft]) -> bool {
        for (column, field) in self.data().zip(fields) {
            if required.contains(&column.field) {
                self.required.push(column);
                if !self.given.contains_key(column.field) {
                    self.errors.add(column.field, MISSING);
                }
            }
            field.read(self, column);
        }
        self.are_valid()
    }

    /// Reads the fields of a row that is there: those of the data columns, in their order.
    #[doc(hidden)]
    pub fn assign(&mut self, fields: &mut [&mut dyn Assign]) {
        for (column, field) in self.data().zip(fields) {
            field.read(self, column);
        }
    }

    fn read<T: FieldType>(&mut self, column: &'static ColumnDef) -> Option<T> {
        match value_of_json::<T>(self.given.get(column.field)?.get(), column) {
            Ok(value) => {
                check_value(column, &value.to_value(), Dialect::Postgres, &mut self.refused_later);
                Some(value)
            }
            Err(why) => {
                self.errors.add(column.field, why);
                None
            }
        }
    }

    /// Refuses a field, for a reason that reads on after its name.
    #[cfg(feature = "axum")]
    pub(crate) fn refuse(&mut self, field: &str, why: String) {
        self.errors.add(field, why);
    }
}

/// The members of a JSON object, each once.
pub(crate) struct Members(pub BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members, A::Error> {
                let mut given = BTreeMap::new();
                while let Some((name, value)) = members.next_entry::<String, Box<RawValue>>()? {
                    if given.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("{} is given twice", excerpt(&name))));
                    }
                    given.insert(name, value);
                }
                Ok(Members(given))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A value of the column, from JSON.
pub(crate) fn value_of_json<T: FieldType>(json: &str, column: &ColumnDef) -> Result<T, String> {
    if json == "null" && !T::NULLABLE {
        return Err("may not be null".to_owned());
    }
    let read = numeral(column.kind, json).filter(|json| is_of_kind(column.kind, json));
    let value = read.ok_or_else(String::new).and_then(|json| {
        from_json::<T>(&json, column).map_err(|error| error.to_string()).and_then(|value| {
            match value.to_value() {
                Value::Real(v) if !v.is_finite() => Err(String::new()),
                Value::Double(v) if !v.is_finite() => Err(String::new()),
                _ => Ok(value),
            }
        })
    });
    value.map_err(|why| refusal(column, &why))
}

/// A field of a row that is made.
#[doc(hidden)]
pub trait Draft {
    fn read(&mut self, fields: &mut Fields, column: &'static ColumnDef);
}

impl<T: FieldType> Draft for Option<T> {
    fn read(&mut self, fields: &mut Fields, column: &'static ColumnDef) {
        if let Some(value) = fields.read(column) {
            *self = Some(value);
        }
    }
}

/// A field of a row that is there.
#[doc(hidden)]
pub trait Assign {
    fn read(&mut self, fields: &mut Fields, column: &'static ColumnDef);
}

impl<T: FieldType> Assign for T {
    fn read(&mut self, fields: &mut Fields, column: &'static ColumnDef) {
        if let Some(value) = fields.read(column) {
            *self = value;
        }
    }
}

const READ_ONLY: &str = "is read-only";
const MISSING: &str = "is missing";

/// The fields of a model that have no default.
#[cfg(feature = "axum")]
pub(crate) fn required<M: Writable>() -> Vec<&'static ColumnDef> {
    let mut nothing = Fields::new::<M>(BTreeMap::new());
    // Where none is missing there is a row, which nobody wants.
    let _row = M::of_fields(&mut nothing);
    nothing.required
}

/// A number as its type spells it: `1.0` and `1e2` are whole numbers in JSON.
fn numeral(kind: Kind, json: &str) -> Option<String> {
    let is_number = json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    if !is_number || !json.contains(['.', 'e', 'E']) {
        return Some(json.to_owned());
    }
    /// Up to here every whole number is a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match kind {
        Kind::SmallInt | Kind::Integer | Kind::BigInt => {
            let number: f64 = json.parse().ok()?;
            (number.fract() == 0.0 && number.abs() <= EXACT).then(|| format!("{number:.0}"))
        }
        Kind::Decimal if json.contains(['e', 'E']) => {
            Decimal::from_scientific(json).ok().map(|decimal| decimal.to_string())
        }
        _ => Some(json.to_owned()),
    }
}

/// Whether JSON text begins as a value of the kind does, or is null.
fn is_of_kind(kind: Kind, json: &str) -> bool {
    let number = || json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    json == "null"
        || match kind {
            Kind::Json => true,
            Kind::Bool => matches!(json, "true" | "false"),
            Kind::SmallInt | Kind::Integer | Kind::BigInt | Kind::Real | Kind::Double => number(),
            Kind::Decimal => number() || json.starts_with('"'),
            Kind::Text | Kind::Uuid | Kind::Timestamp | Kind::Date | Kind::Bytes | Kind::Ip => {
                json.starts_with('"')
            }
        }
}

/// Why a value of another kind is refused; it reads on after the field's name.
pub(crate) fn refusal(column: &ColumnDef, why: &str) -> String {
    if column.kind == Kind::Text && !column.choices.is_empty() {
        return format!("is none of {}", column.choices.join(", "));
    }
    let wanted = match column.kind {
        Kind::Bool => "is neither true nor false",
        Kind::SmallInt => "is no whole number of 16 bits",
        Kind::Integer => "is no whole number of 32 bits",
        Kind::BigInt => "is no whole number of 64 bits",
        Kind::Real | Kind::Double => "is no number, or too large a one",
        Kind::Decimal => "is no decimal number",
        Kind::Uuid => "is no UUID",
        Kind::Timestamp => "is no time with its zone, like 2026-01-31T12:00:00Z",
        Kind::Date => "is no date like 2026-01-31",
        Kind::Bytes => "is no text of hexadecimal digits",
        Kind::Ip => "is no IP address",
        Kind::Text | Kind::Json if !why.is_empty() => return format!("is refused: {why}"),
        Kind::Text => "is no text",
        Kind::Json => "is no JSON",
    };
    wanted.to_owned()
}

/// Writes a value as JSON, as [`Fields`] reads it.
#[cfg(feature = "axum")]
pub(crate) fn write_json(value: &Value<'_>, json: &mut Vec<u8>) -> Result<(), String> {
    fn put(json: &mut Vec<u8>, value: impl serde::Serialize) -> Result<(), String> {
        serde_json::to_writer(json, &value).map_err(|error| error.to_string())
    }
    match value {
        Value::Null(_) => put(json, ()),
        Value::Bool(v) => put(json, v),
        Value::SmallInt(v) => put(json, v),
        Value::Integer(v) => put(json, v),
        Value::BigInt(v) => put(json, v),
        // JSON has no number for NaN and infinity: they are null.
        Value::Real(v) => put(json, f64::from(*v)),
        Value::Double(v) => put(json, v),
        Value::Text(v) => put(json, v),
        Value::Uuid(v) => put(json, &*v.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer())),
        Value::Timestamp(v) => put(json, v.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)),
        Value::Date(v) => put(json, v.to_string()),
        Value::Decimal(v) => put(json, v.to_string()),
        Value::Json(v) => {
            json.extend_from_slice(v.as_bytes());
            Ok(())
        }
        Value::Bytes(v) => put(json, v.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        Value::Ip(v) => put(json, v.to_string()),
        Value::Array(..) => Err("is a list".to_owned()),
        Value::Invalid(why) => Err(why.clone()),
    }
}
