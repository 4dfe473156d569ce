//! What does not fit together, whichever capability brought it.

use syn::{Ident, Path};

use crate::diagnostics::Errors;
use crate::field::{Default, Field};
use crate::model::{Model, Role};

/// Checks a model that all capabilities have contributed to.
pub fn validate(model: &Model, errors: &mut Errors) {
    let recorded = model.slots.log.is_some() || model.slots.journal.is_some();
    if model.append_only && (recorded || model.slots.delete_marks.is_some()) {
        errors.at(
            &model.ident,
            "an `append_only` model is not changed, so it cannot have capabilities that change it",
        );
    }
    for (i, field) in model.fields.iter().enumerate() {
        if model.fields[..i].iter().any(|earlier| earlier.column == field.column) {
            errors.at(&field.ident, format!("two fields have the column `{}`", field.column));
        }
        if let Some((target, name)) = related_name(field)
            && model.fields[..i].iter().filter_map(related_name).any(|earlier| earlier == (target, name))
        {
            errors.at(name, format!("two fields have the `related_name` `{name}` of one model"));
        }
        if let Some(track) = field.track.filter(|_| !recorded) {
            errors.at_span(
                track,
                "nothing is recorded of this model: add `#[track_changes]` or `#[audited]` to the struct",
            );
        }
        if field.role == Role::Key && !matches!(field.default, Default::None) {
            errors.at(&field.ident, "the key has no default: it is made by the client or by the database");
        }
    }
}

/// The name of the way back, and from which model.
fn related_name(field: &Field) -> Option<(&Path, &Ident)> {
    let belongs_to = field.belongs_to.as_ref()?;
    Some((&belongs_to.target, belongs_to.related_name.as_ref()?))
}
