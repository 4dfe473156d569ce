//! `related_name`: from a row to those that refer to it.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::field::Field;
use crate::model::Model;

/// A trait for each named relation, since the other model can be of another crate.
pub fn expand(model: &Model) -> Option<TokenStream> {
    let related: Vec<_> = model.fields.iter().filter_map(|field| one(model, field)).collect();
    (!related.is_empty() && !model.broken).then(|| quote!(#(#related)*))
}

fn one(model: &Model, field: &Field) -> Option<TokenStream> {
    let belongs_to = field.belongs_to.as_ref()?;
    let (target, name) = (&belongs_to.target, belongs_to.related_name.as_ref()?);
    let (krate, vis, ident, field) = (&model.krate, &model.vis, &model.ident, &field.ident);
    let of = &target.segments.last()?.ident;
    let relation = format_ident!("{of}{}", name.to_string().to_upper_camel_case(), span = name.span());
    let docs = (
        format!("From a `{of}` to its {name}."),
        format!("The rows of `{ident}` whose `{field}` is this one."),
    );
    let (trait_doc, method_doc) = docs;
    Some(quote! {
        #[doc = #trait_doc]
        #vis trait #relation {
            #[doc = #method_doc]
            fn #name(&self) -> #krate::QuerySet<#ident>;
        }

        impl #relation for #target {
            fn #name(&self) -> #krate::QuerySet<#ident> {
                let id = <#target as #krate::Model>::id(self);
                <#ident as #krate::Model>::objects().filter(|row| row.#field.eq(id))
            }
        }
    })
}
