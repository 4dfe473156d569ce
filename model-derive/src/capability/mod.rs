//! The capabilities: one file each, named as its attribute. To add one, add its file and its line here, and its
//! attribute to the derive in `lib.rs`.

mod audited;
mod cached;
mod permissions;
mod publishable;
mod searchable;
mod seo;
mod soft_delete;
mod timestamps;
mod track_changes;
mod user;
mod versioned;

use syn::{Meta, Path};

use crate::diagnostics::Errors;
use crate::model::{Model, Required};

/// A capability that a struct asks for, with its arguments.
pub trait Capability {
    /// The attribute's name.
    fn name(&self) -> &'static str;

    /// The fields that it needs. `krate` is the path of the runtime.
    fn fields(&self, krate: &Path) -> Vec<Required>;

    /// Further fields that it needs where the rows are deleted with others, which they belong to.
    fn cascade_fields(&self, _krate: &Path) -> Vec<Required> {
        Vec::new()
    }

    /// Adds its default scope.
    fn scope(&self, _model: &mut Model) {}

    /// Fills the other slots.
    fn contribute(&self, model: &mut Model, errors: &mut Errors);
}

/// Reads the attribute of a capability.
type Parse = fn(&Meta, &mut Errors) -> Option<Box<dyn Capability>>;

/// All capabilities, in the order in which they contribute, whatever the order on the struct.
pub const ALL: &[(&str, Parse)] = &[
    ("timestamps", timestamps::parse),
    ("soft_delete", soft_delete::parse),
    ("publishable", publishable::parse),
    ("seo", seo::parse),
    ("searchable", searchable::parse),
    ("versioned", versioned::parse),
    ("track_changes", track_changes::parse),
    ("audited", audited::parse),
    ("cached", cached::parse),
    ("user", user::parse),
    ("permissions", permissions::parse),
];

/// Whether that is the name of a capability.
pub fn is_known(name: &str) -> bool {
    ALL.iter().any(|(known, _)| *known == name)
}

/// Reads an attribute that can stand alone or with arguments.
fn arguments<T: darling::FromMeta + Default>(meta: &Meta, errors: &mut Errors) -> Option<T> {
    match meta {
        Meta::Path(_) => Some(T::default()),
        meta => errors.take(meta, T::from_meta(meta)),
    }
}
