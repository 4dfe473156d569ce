//! The macros of `model-runtime`, which re-exports and documents them. Nothing here is used by itself.
//!
//! `Model` goes through four stages: `parse` reads struct and attributes into the intermediate representation
//! `model::Model`, each capability in `capability` adds what it brings to the slots, `validate` refuses what
//! does not fit together, `expand` writes the code. Errors are collected on the way, and all reported at once.

mod capability;
mod choices;
mod diagnostics;
mod expand;
#[cfg(test)]
mod expansion;
mod field;
mod field_type;
mod index;
mod keyword;
mod many_to_many;
mod mixins;
mod model;
mod newtype;
mod parse;
mod sql;
mod validate;

use proc_macro::TokenStream;

/// Derives `Model` for a struct: a table with its columns, querysets, writers and schema.
///
/// On the struct: `#[model(table = "posts", label = "blog.post", display = title, id = v7, order = "-created_at", hooks,
/// append_only, companions = path, unchecked, crate = path)]`, all of it optional; `#[index(…)]` and `#[unique(…)]`; the
/// capabilities `#[timestamps]`, `#[soft_delete]`, `#[publishable]`, `#[seo(…)]`, `#[searchable(…)]`, `#[track_changes(…)]`, `#[audited]`, `#[versioned]`,
/// `#[cached(…)]`, `#[user]` and `#[permissions(…)]`.
/// On a field: `#[column(…)]`, `#[belongs_to(…)]` and `#[track(…)]`. See the book in `docs/`.
#[proc_macro_derive(
    Model,
    attributes(
        model,
        column,
        index,
        unique,
        belongs_to,
        many_to_many,
        track,
        timestamps,
        soft_delete,
        publishable,
        seo,
        searchable,
        track_changes,
        versioned,
        audited,
        cached,
        user,
        permissions
    )
)]
pub fn derive_model(input: TokenStream) -> TokenStream {
    expand::derive(input.into(), expand::Schema::of_environment()).into()
}

/// Adds the fields that a model's capabilities need, and its key, where the struct does not list them. Stands above
/// `#[derive(Model)]`.
#[proc_macro_attribute]
pub fn mixins(arguments: TokenStream, item: TokenStream) -> TokenStream {
    mixins::expand(arguments.into(), item.into()).into()
}

/// Derives `ModelEnum` for an enum without fields: a column of text with these values. A variant's value is its name
/// in snake case, or `#[choice(value = "…", label = "…")]`.
#[proc_macro_derive(ModelEnum, attributes(choice, choices))]
pub fn derive_model_enum(input: TokenStream) -> TokenStream {
    choices::derive(input.into()).into()
}

/// Derives `FieldType` for a struct with one unnamed field, stored as that field is.
#[proc_macro_derive(ModelNewtype, attributes(newtype))]
pub fn derive_model_newtype(input: TokenStream) -> TokenStream {
    newtype::derive(input.into()).into()
}
