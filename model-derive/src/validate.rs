//! What does not fit together, whichever capability brought it.

use crate::diagnostics::Errors;
use crate::field::Default;
use crate::model::{Model, Role};

/// Checks a model that all capabilities have contributed to.
pub fn validate(model: &Model, errors: &mut Errors) {
    for (i, field) in model.fields.iter().enumerate() {
        if model.fields[..i].iter().any(|earlier| earlier.column == field.column) {
            errors.at(&field.ident, format!("two fields have the column `{}`", field.column));
        }
        if field.role == Role::Key && !matches!(field.default, Default::None) {
            errors.at(&field.ident, "the key has no default: it is made by the client or by the database");
        }
    }
}
