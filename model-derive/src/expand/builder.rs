//! The builder: which required fields are set is part of its type, so a missing one is a compile error.

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::field::{Default, Field};
use crate::field_type::name_of;
use crate::model::{Id, Model, Role};

pub fn expand(model: &Model) -> TokenStream {
    let Model { ident, vis, krate, .. } = model;
    let builder = format_ident!("{ident}Builder");
    let draft = format_ident!("{ident}Draft");
    let markers = format_ident!("__{}_fields", ident.to_string().to_snake_case());
    let private = quote!(#krate::__private);
    let settable: Vec<&Field> = model.fields.iter().filter(|field| is_settable(model, field)).collect();
    let required: Vec<&Ident> =
        settable.iter().filter(|field| field.is_required()).map(|field| &field.ident).collect();
    let states: Vec<Ident> = (0..required.len()).map(|i| format_ident!("S{i}")).collect();
    let names: Vec<_> = settable.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = settable.iter().map(|field| &field.ty).collect();
    let setters = settable.iter().map(|field| setter(model, field, &required, &states));
    let values = model.fields.iter().map(|field| {
        let (name, default) = (&field.ident, default(model, field));
        if field.is_required() && is_settable(model, field) {
            quote!(#name: #private::given(self.#name))
        } else if is_settable(model, field) && field.is_option() && matches!(field.default, Default::None) {
            quote!(#name: self.#name.flatten())
        } else if is_settable(model, field) {
            quote!(#name: self.#name.unwrap_or_else(|| #default))
        } else {
            quote!(#name: #default)
        }
    });
    let build = model.body(quote!(#ident { #(#values),* }));
    let given = quote!(#(#states: #private::Given<#markers::#required>,)*);
    let (builder_doc, start_doc) = (
        format!("Builds a [`{ident}`]. A required field that is not set is a compile error."),
        format!("Starts a new [`{ident}`]."),
    );
    quote! {
        #[doc(hidden)]
        #[allow(missing_debug_implementations, missing_docs, non_camel_case_types)]
        #vis mod #markers {
            #(pub struct #required;)*
        }

        #[doc(hidden)]
        #vis struct #draft {
            #(#names: ::core::option::Option<#types>,)*
        }

        impl #draft {
            fn build(self) -> #ident { #build }
        }

        #[doc = #builder_doc]
        #[must_use = "a builder does nothing until `create` or `build`"]
        #[allow(dead_code)]
        #vis struct #builder<#(#states = #private::Unset<#markers::#required>),*> {
            draft: #draft,
            state: ::core::marker::PhantomData<fn() -> (#(#states,)*)>,
        }

        impl #ident {
            #[doc = #start_doc]
            #vis fn builder() -> #builder {
                use #private::absent as a;
                #builder { draft: #draft { #(#names: a(),)* }, state: ::core::marker::PhantomData }
            }
        }

        #[allow(dead_code)]
        impl<#(#states),*> #builder<#(#states),*> {
            #(#setters)*

            /// The row, not yet in the database.
            #vis fn build(self) -> #ident where #given { self.draft.build() }

            /// Inserts the row and returns it.
            ///
            /// # Errors
            /// As `insert`.
            #vis fn create<'c, D>(self, db: D) -> #private::BoxFuture<'c, #krate::Result<#ident>>
            where
                #given
                D: #krate::Db<'c, #krate::Create<#ident>, Out = #ident> + 'c,
            {
                // Boxed, so that a missing field is one error: an `impl Future` repeats its bounds at every use.
                ::std::boxed::Box::pin(#krate::Db::run(db, #krate::Create::new(self.build())))
            }
        }
    }
}

/// A key made by the database cannot be chosen, nor can what records writes.
fn is_settable(model: &Model, field: &Field) -> bool {
    match field.role {
        Role::Key => model.id != Id::I64,
        Role::Log | Role::Version => false,
        Role::Data | Role::Managed | Role::Touched => true,
    }
}

fn default(model: &Model, field: &Field) -> TokenStream {
    let krate = &model.krate;
    if field.role == Role::Key {
        return match model.id {
            Id::V7 => quote!(#krate::__private::Uuid::now_v7()),
            Id::V4 => quote!(#krate::__private::Uuid::new_v4()),
            Id::I64 => quote!(0),
        };
    }
    match &field.default {
        Default::Trait => {
            let ty = &field.ty;
            let default = quote_spanned!(ty.span()=> ::core::default::Default);
            quote!(<#ty as #default>::default())
        }
        Default::Expr(expr) if name_of(&field.ty).is_some_and(|name| name == "String") => {
            quote!(::core::convert::Into::into(#expr))
        }
        Default::Expr(expr) => quote!(#expr),
        Default::Capability(tokens) => tokens.clone(),
        Default::None if field.is_option() => quote!(::core::option::Option::None),
        Default::None => quote!(::core::unreachable!("the builder's type says that it is set")),
    }
}

fn setter(model: &Model, field: &Field, required: &[&Ident], states: &[Ident]) -> TokenStream {
    let Field { ident: name, ty, .. } = field;
    let (vis, krate) = (&model.vis, &model.krate);
    let builder = format_ident!("{}Builder", model.ident);
    let (parameter, value) = argument(ty);
    let doc = if field.docs.is_empty() { format!("Sets `{name}`.") } else { field.docs.clone() };
    let Some(position) = required.iter().position(|required| *required == name) else {
        return quote! {
            #[doc = #doc]
            #vis fn #name(mut self, value: #parameter) -> Self {
                self.draft.#name.replace(#value);
                self
            }
        };
    };
    let states = states
        .iter()
        .enumerate()
        .map(|(i, state)| if i == position { quote!(#krate::__private::Set) } else { quote!(#state) });
    quote! {
        #[doc = #doc]
        #vis fn #name(mut self, value: #parameter) -> #builder<#(#states),*> {
            self.draft.#name.replace(#value);
            #builder { draft: self.draft, state: ::core::marker::PhantomData }
        }
    }
}

/// What a setter takes. Numbers are taken as they are, since a literal would not know its type else.
fn argument(ty: &Type) -> (TokenStream, TokenStream) {
    let exact = ["bool", "i16", "i32", "i64", "f32", "f64"];
    if name_of(ty).is_some_and(|name| exact.contains(&name.as_str())) {
        return (quote!(#ty), quote!(value));
    }
    (quote!(impl ::core::convert::Into<#ty>), quote!(value.into()))
}
