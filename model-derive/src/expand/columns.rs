//! The struct of typed columns that `filter` and `order_by` hand to their closures.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::Model;

pub fn expand(model: &Model) -> TokenStream {
    let Model { ident, vis, krate, .. } = model;
    let columns = format_ident!("{ident}Columns");
    let names: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let types = model.fields.iter().map(|field| &field.ty);
    let docs = model.fields.iter().map(|field| format!("The column `{}`.", field.column));
    let doc = format!("The columns of [`{ident}`], for `filter`, `order_by`, `update` and `values`.");
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #columns {
            #(#[doc = #docs] pub #names: #krate::Column<#ident, #types>,)*
        }
    }
}
