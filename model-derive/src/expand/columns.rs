//! The struct of typed columns that `filter` and `order_by` hand to their closures, and the ways on to the rows that a
//! row refers to.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::table::number;
use crate::field::Field;
use crate::model::Model;

pub fn expand(model: &Model) -> TokenStream {
    let Model { ident, vis, krate, .. } = model;
    let columns = format_ident!("{ident}Columns");
    let names: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let positions = (0..names.len()).map(number);
    // What may be NULL already is no more so where the row may be missing.
    let types = model.fields.iter().map(|field| {
        let ty = &field.ty;
        if field.is_option() { quote!(#ty) } else { quote!(P::Of<#ty>) }
    });
    let doc = format!("The columns of [`{ident}`], for `filter`, `order_by`, `update` and `values`.");
    let relations = model.fields.iter().enumerate().filter_map(|(i, field)| relation(model, i, field));
    let presence = quote!(#krate::Presence);
    quote! {
        #[doc = #doc]
        #[allow(dead_code, missing_docs)]
        #vis struct #columns<R = #ident, P: #presence = #krate::Always> {
            #(pub #names: #krate::Column<R, #types>,)*
            __path: #krate::Path,
        }

        impl<R, P: #presence> ::core::marker::Copy for #columns<R, P> {}
        impl<R, P: #presence> ::core::clone::Clone for #columns<R, P> {
            fn clone(&self) -> Self { *self }
        }

        #[allow(dead_code)]
        impl<R, P: #presence> #columns<R, P> {
            const fn __at(path: #krate::Path) -> Self {
                use #krate::Column as C;
                let columns = <#ident as #krate::Model>::TABLE.columns;
                Self { #(#names: C::new(&columns[#positions], path),)* __path: path }
            }

            #(#relations)*
        }

        impl<R: 'static, P: #presence> #krate::Related<R> for #columns<R, P>
        where
            P::Of<#ident>: ::core::marker::Send,
        {
            type Out = P::Of<#ident>;
            fn paths(&self) -> ::std::vec::Vec<#krate::Path> { ::core::convert::Into::into([self.__path]) }
            fn width(&self) -> usize { <#ident as #krate::Model>::TABLE.columns.len() }
            fn read<B: #krate::Backend>(
                &self,
                row: &B::Row,
                at: usize,
            ) -> #krate::__private::sqlx::Result<P::Of<#ident>> {
                #krate::read_related::<B, #ident, P>(self.__path, row, at)
            }
        }
    }
}

/// The columns of the row that a foreign key refers to.
fn relation(model: &Model, position: usize, field: &Field) -> Option<TokenStream> {
    let (krate, vis, ident) = (&model.krate, &model.vis, &model.ident);
    let target = &field.belongs_to.as_ref()?.target;
    let name = relation_name(&field.ident)?;
    let target_span = target.span();
    let related = quote_spanned!(target_span=> <#target as #krate::Model>);
    let presence = if field.is_option() {
        quote_spanned!(target_span=> #krate::Maybe)
    } else {
        quote_spanned!(target_span=> <P as #krate::Presence>::And<#related::Presence>)
    };
    let doc = format!("The columns of the row that `{}` refers to.", field.ident);
    Some(quote_spanned! {target_span=>
        #[doc = #doc]
        #vis fn #name(self) -> #related::ColumnsOf<R, #presence> {
            #related::columns_at(self.__path.to(&<#ident as #krate::Model>::TABLE.columns[#position]))
        }
    })
}

/// `author` of `author_id`, `r#type` of `type_id`, and `crate_id` of `crate_id`, since no name is `crate`.
fn relation_name(field: &Ident) -> Option<Ident> {
    let name = field.unraw().to_string();
    let short = name.strip_suffix("_id").unwrap_or(&name);
    let short = if ["crate", "self", "super", "Self"].contains(&short) { &name } else { short };
    let is_keyword = syn::parse_str::<Ident>(short).is_err();
    let ident = if is_keyword { Ident::new_raw } else { Ident::new };
    (!short.is_empty()).then(|| ident(short, field.span()))
}
