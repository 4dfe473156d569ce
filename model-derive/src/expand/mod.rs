//! Writing the code: little of it, over generic functions of the runtime.

mod builder;
mod checked;
mod columns;
mod related;
mod row;
mod table;

pub use checked::Schema;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::diagnostics::Errors;
use crate::many_to_many;
use crate::parse;
use crate::sql::{Change, SetTo};
use crate::validate::validate;

/// `#[derive(Model)]`. Where the struct has errors, it is a model all the same, so that its uses give no further ones.
pub fn derive(input: TokenStream, schema: Schema) -> TokenStream {
    let mut errors = Errors::default();
    let model = parse::item(input, &mut errors).and_then(|item| parse::parse(&item, &mut errors));
    let Some(mut model) = model else { return errors.to_compile_error() };
    validate(&model, &mut errors);
    model.broken = !errors.is_empty();
    let checked = checked::expand(&model, schema, &mut errors);
    let errors = errors.to_compile_error();
    let columns = columns::expand(&model);
    let builder = (!model.append_only).then(|| builder::expand(&model));
    let row = row::expand(&model);
    let items = &model.slots.items;
    let links =
        model.links.iter().filter(|_| !model.broken).filter_map(|link| many_to_many::expand(&model, link));
    let related = related::expand(&model);
    let referring = table::referring(&model);
    quote!(#errors #columns #builder #row #(#items)* #(#links)* #related #referring #checked)
}

/// What the derive writes for an `unchecked` model, and the checks that it would have.
#[cfg(test)]
pub fn with_checks(input: TokenStream) -> (TokenStream, TokenStream) {
    let mut errors = Errors::default();
    let item = parse::item(input.clone(), &mut errors).expect("the input is a struct");
    let model = parse::parse(&item, &mut errors).expect("the struct is a model");
    assert!(errors.is_empty(), "{}", errors.to_compile_error());
    (derive(input, Schema::Ignored), checked::checks(&model, false))
}

/// A change as a `ChangeSql`.
pub fn change_sql(krate: &Path, change: &Change) -> TokenStream {
    let Change { action, condition, sql, binds_time, .. } = change;
    let set = change.set.iter().map(|(column, to)| {
        let to = match to {
            SetTo::Null => quote!(Null),
            SetTo::Time => quote!(Time),
            SetTo::Text(text) => quote!(Text(#text)),
        };
        quote!((#column, #krate::SetTo::#to))
    });
    quote!(#krate::ChangeSql::new(#action, #sql, #binds_time, &[#(#set),*], #condition))
}
