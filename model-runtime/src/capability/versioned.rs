//! `#[versioned]`: every write counts `version` up, and a save of a row that was written since it was read is refused
//! (rule 29).

use crate::model::Writable;

/// A model whose saves are refused where they are stale. The derive implements it for `#[versioned]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not versioned",
    label = "this needs `#[versioned]` on `{Self}`",
    note = "add `#[versioned]` to the struct"
)]
pub trait Versioned: Writable {
    /// How often the row was written: 1 where it was inserted.
    fn version(&self) -> i64;
}
