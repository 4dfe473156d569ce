//! Limits, checked before a write so that all failures come in one error.

use chrono::Datelike;
use rust_decimal::Decimal;

use crate::backend::Backend;
use crate::error::ValidationErrors;
use crate::model::Model;
use crate::table::{ColumnDef, Dialect, Role};
use crate::value::{Kind, Value};

/// The values of these columns of a row about to be written, as they are stored; all that is wrong with the row in
/// one error. A value is made once, for the check and for the statement: making JSON takes time.
pub(crate) fn checked_values<B: Backend, M: Model>(
    model: &M,
    columns: impl Iterator<Item = usize>,
) -> crate::Result<Vec<Value<'_>>> {
    let mut errors = ValidationErrors::new(M::TABLE.model);
    let values = columns.map(|i| {
        let (column, value) = (&M::TABLE.columns[i], model.value(i));
        if column.role != Role::Key {
            check_value(column, &value, B::DIALECT, &mut errors);
        }
        value.stored(column, B::DIALECT)
    });
    let values = values.collect();
    model.check(&mut errors);
    errors.into_result()?;
    Ok(values)
}

/// What is wrong with one value of `column`.
pub(crate) fn check_value(
    column: &ColumnDef,
    value: &Value<'_>,
    dialect: Dialect,
    errors: &mut ValidationErrors,
) {
    match value {
        Value::Null(_) if !column.nullable => errors.add(column.field, "may not be NULL"),
        Value::Invalid(why) => errors.add(column.field, why.clone()),
        Value::Text(text) => {
            if let Some(limit) = column.max_length {
                // Bytes are at least as many as characters, and known at once.
                if text.len() > limit as usize {
                    let length = text.chars().count();
                    if length > limit as usize {
                        errors.add(column.field, format!("has {length} characters, {limit} are allowed"));
                    }
                }
            }
            if text.contains('\0') {
                errors.add(
                    column.field,
                    "contains the character U+0000, which a database cannot store in text",
                );
            }
            if let Some(why) = column.refuses.and_then(|refuses| refuses(text)) {
                errors.add(column.field, why);
            }
            if column.kind == Kind::Text
                && !column.choices.is_empty()
                && !column.choices.contains(&text.as_ref())
            {
                errors.add(column.field, format!("is {text:?}, none of {}", column.choices.join(", ")));
            }
        }
        Value::Json(text) if has_escaped_nul(text) => {
            errors.add(column.field, "contains the character U+0000, which a database cannot store in JSON");
        }
        Value::Real(v) if v.is_nan() && dialect == Dialect::Sqlite => errors.add(column.field, NAN),
        Value::Double(v) if v.is_nan() && dialect == Dialect::Sqlite => errors.add(column.field, NAN),
        Value::Timestamp(v) => check_year(column, v.year(), errors),
        Value::Date(v) => check_year(column, v.year(), errors),
        Value::Decimal(v) => {
            let digits = column.precision - column.scale;
            if v.trunc().abs() >= Decimal::from(10_i64.pow(digits)) {
                errors.add(column.field, format!("has more than {digits} digits before the decimal point"));
            }
        }
        _ => {}
    }
}

/// The first that is wrong with a value that a request brings.
#[cfg(feature = "axum")]
pub(crate) fn check_one(column: &ColumnDef, value: &Value<'_>) -> Result<(), String> {
    let mut errors = ValidationErrors::new("");
    // The databases differ in what they take by `NaN` alone, which no request brings.
    check_value(column, value, Dialect::Sqlite, &mut errors);
    errors.errors().first().map_or(Ok(()), |error| Err(error.message.clone()))
}

const NAN: &str = "is not a number, which SQLite cannot store";

/// The years that are in order on SQLite, where dates are text, and that PostgreSQL has too.
fn check_year(column: &ColumnDef, year: i32, errors: &mut ValidationErrors) {
    if !(1..=9999).contains(&year) {
        errors.add(column.field, format!("is in the year {year}; only the years 1 to 9999 can be stored"));
    }
}

/// Whether JSON text has an escaped U+0000: `\u0000` behind an even number of backslashes.
fn has_escaped_nul(json: &str) -> bool {
    // Mostly there is none at all, which is seen faster.
    json.contains('\\')
        && json.match_indices("\\u0000").any(|(at, _)| {
            let backslashes = json[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
            backslashes % 2 == 0
        })
}
