//! What the derive's builders share: which required fields are set is part of their type.

use std::marker::PhantomData;

/// The required field `F` is not set.
#[derive(Debug)]
pub struct Unset<F>(PhantomData<F>);

/// The required field is set.
#[derive(Debug)]
pub struct Set;

/// The state of the required field `F` is that it is set.
#[diagnostic::on_unimplemented(
    message = "the required field `{F}` is not set",
    label = "the builder lacks a required field",
    note = "call the method of the field's name on the builder before this one, or give the field `#[column(default)]`"
)]
pub trait Given<F> {}

impl<F> Given<F> for Set {}

/// A field of a draft that was not given yet.
pub const fn absent<T>() -> Option<T> {
    None
}

/// A required field of a row that is made: the builder's type says that it is set, and [`Fields`](crate::Fields) that none
/// is missing.
pub fn given<T>(field: Option<T>) -> T {
    match field {
        Some(value) => value,
        None => unreachable!("a required field is set"),
    }
}
