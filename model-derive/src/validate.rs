//! What does not fit together, whichever capability brought it.

use quote::ToTokens;

use crate::diagnostics::Errors;
use crate::field::Default;
use crate::model::{Model, Role};

/// Checks a model that all capabilities have contributed to.
pub fn validate(model: &Model, errors: &mut Errors) {
    if model.key().is_none() {
        errors.at(
            &model.ident,
            format!("`{}` has no key; paste it into the struct, or add `#[mixins]` above the derive:\n    pub id: Uuid,", model.ident),
        );
    }
    for (i, field) in model.fields.iter().enumerate() {
        if model.fields[..i].iter().any(|earlier| earlier.column == field.column) {
            errors.at(&field.ident, format!("two fields have the column `{}`", field.column));
        }
        if field.role == Role::Key && !matches!(field.default, Default::None) {
            errors.at(&field.ident, "the key has no default: it is made by the client or by the database");
        }
        if let syn::Type::Reference(_)
        | syn::Type::Ptr(_)
        | syn::Type::Tuple(_)
        | syn::Type::Slice(_)
        | syn::Type::Array(_) = &field.ty
        {
            errors.at(
                &field.ty.to_token_stream(),
                "a field cannot have this type: it owns its value, which is one column; wrap other types in `Json<T>`",
            );
        }
    }
}
