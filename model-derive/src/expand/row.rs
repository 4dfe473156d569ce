//! `impl Model`: reading a row, its values by position, and the slots of capabilities as methods.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::table;
use crate::model::Model;

pub fn expand(model: &Model) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let columns = format_ident!("{ident}Columns");
    let (table, statements) = (table::table(model), table::statements(model));
    let names: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let positions: Vec<_> = (0..names.len()).collect();
    let id_type = model.key().map_or_else(
        || quote!(#krate::__private::Uuid),
        |key| {
            let ty = &key.ty;
            quote!(#ty)
        },
    );
    let id = model.body(quote!(self.id));
    let set_id = model.body(quote!(self.id = id));
    let reads = model.fields.iter().enumerate().map(|(i, field)| {
        let name = &field.ident;
        quote_spanned!(field.ty.span()=> #name: #krate::read::<B, _>(row, #i, &Self::TABLE.columns[#i])?)
    });
    let read = model.body(quote!(::core::result::Result::Ok(Self { #(#reads),* })));
    let repr = match &model.display {
        Some(field) => model.body(quote!(::std::string::ToString::to_string(&self.#field))),
        None => {
            let format = format!("{ident} {{}}");
            quote!(::std::format!(#format, #krate::Model::id(self)))
        }
    };
    let value = model.body(quote! {
        match column {
            #(#positions => #krate::FieldType::to_value(&self.#names),)*
            _ => ::core::unreachable!("there are no more columns"),
        }
    });
    let normalise = model
        .body(quote!(#(#krate::FieldType::normalise(&mut self.#names, &Self::TABLE.columns[#positions]);)*));
    let slots = slots(model);
    let hooks = (!model.hooks).then(|| quote!(impl #krate::Hooks for #ident {}));
    let display = display(model);
    let owners = owners(model);
    quote! {
        impl #krate::Model for #ident {
            type Id = #id_type;
            type Columns = #columns;

            const TABLE: &'static #krate::TableDef = {
                static TABLE: #krate::TableDef = #table;
                &TABLE
            };
            const COLUMNS: #columns = #columns {
                #(#names: #krate::Column::new(&Self::TABLE.columns[#positions]),)*
            };
            const STATEMENTS: &'static #krate::Statements = #statements;

            fn id(&self) -> #id_type { #id }
            fn set_id(&mut self, id: #id_type) { #set_id }
            fn repr(&self) -> ::std::string::String { #repr }
            fn value(&self, column: usize) -> #krate::Value<'_> { #value }
            fn read<B: #krate::Backend>(row: &B::Row) -> #krate::__private::sqlx::Result<Self> { #read }
            fn normalise(&mut self) { #normalise }
            #slots
        }

        #hooks
        #display
        #owners
    }
}

/// The methods that capabilities fill; those they do not keep their default.
fn slots(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let slots = &model.slots;
    let time = quote!(#krate::__private::DateTime<#krate::__private::Utc>);
    let methods = [
        (&slots.prepare, quote!(fn prepare(&mut self, write: &mut #krate::Write))),
        (&slots.check, quote!(fn check(&self, errors: &mut #krate::ValidationErrors))),
        (&slots.regenerate, quote!(fn regenerate(&mut self, base: &str, attempt: u32))),
        (&slots.touch, quote!(fn touch(&mut self, time: #time))),
        (&slots.mark_deleted, quote!(fn mark_deleted(&mut self, time: #time))),
    ];
    let methods = methods.into_iter().filter(|(body, _)| !body.is_empty()).map(|(body, signature)| {
        let body = model.body(quote!(#(#body)*));
        quote!(#signature { #body })
    });
    quote!(#(#methods)*)
}

fn display(model: &Model) -> Option<TokenStream> {
    let (ident, field) = (&model.ident, model.display.as_ref()?);
    let body = model.body(quote!(::core::fmt::Display::fmt(&self.#field, f)));
    Some(quote! {
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #body }
        }
    })
}

/// Says that each `belongs_to` field has the type of the other model's key.
fn owners(model: &Model) -> Option<TokenStream> {
    let krate = &model.krate;
    let owners: Vec<_> = model.fields.iter().filter_map(|field| {
        let target = &field.belongs_to.as_ref()?.target;
        let inner = field.inner_type();
        Some(quote_spanned!(inner.span()=> let _: fn(#inner) -> <#target as #krate::Model>::Id = |key| key;))
    }).collect();
    (!owners.is_empty() && !model.broken).then(|| quote!(const _: () = { #(#owners)* };))
}
