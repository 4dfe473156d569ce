//! `impl Model`: reading a row, its values by position, and the slots of capabilities as methods.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::table::{self, number};
use crate::field::Field;
use crate::field_type::is_column;
use crate::model::{Model, Role};

pub fn expand(model: &Model) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let columns = format_ident!("{ident}Columns");
    let (table, statements) = (table::table(model), table::statements(model));
    let names: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let positions: Vec<_> = (0..names.len()).map(number).collect();
    let id_type = match model.key() {
        Some(key) if !key.refused => key.ty.to_token_stream(),
        _ => quote!(#krate::__private::Uuid),
    };
    let id = model.body(quote!(self.id));
    let set_id = model.body(quote!(self.id = id));
    let types: Vec<_> = model.fields.iter().map(field_type).collect();
    let read = model.body(quote! {
        use #krate::FieldType as __F;
        let columns = Self::TABLE.columns;
        ::core::result::Result::Ok(Self {
            #(#names: #types::read_from::<B>(row, at + #positions, &columns[#positions])?),*
        })
    });
    let repr = match &model.display {
        Some(field) => model.body(quote!(::std::string::ToString::to_string(&self.#field))),
        None => {
            let format = format!("{ident} {{}}");
            quote!(::std::format!(#format, #krate::Model::id(self)))
        }
    };
    let value = model.body(quote! {
        use #krate::FieldType as __F;
        match column {
            #(#positions => #types::to_value(&self.#names),)*
            _ => #krate::__private::no_column(),
        }
    });
    let normalise = model.body(quote! {
        use #krate::FieldType as __F;
        let columns = Self::TABLE.columns;
        #(#types::normalise(&mut self.#names, &columns[#positions]);)*
    });
    let presence = format_ident!("{}", if model.slots.scopes.is_empty() { "Always" } else { "Maybe" });
    let slots = slots(model);
    // Hooks that nothing runs are a mistake: this impl then conflicts with the user's.
    let hooks = model.hooks.is_none().then(|| quote!(impl #krate::Hooks for #ident {}));
    let writable = (!model.append_only || model.broken).then(|| writable(model));
    let display = display(model);
    let owners = owners(model);
    quote! {
        impl #krate::Model for #ident {
            type Id = #id_type;
            type Columns = #columns;
            type ColumnsOf<R, P: #krate::Presence> = #columns<R, P>;
            type Presence = #krate::#presence;

            const TABLE: &'static #krate::TableDef = #table;
            const COLUMNS: #columns = #columns::__at(#krate::Path::ROOT);
            const STATEMENTS: &'static #krate::Statements = #statements;

            fn id(&self) -> #id_type { #id }
            fn set_id(&mut self, id: #id_type) { #set_id }
            fn repr(&self) -> ::std::string::String { #repr }
            fn value(&self, column: usize) -> #krate::Value<'_> { #value }
            fn columns_at<R, P: #krate::Presence>(path: #krate::Path) -> #columns<R, P> { #columns::__at(path) }
            fn read<B: #krate::Backend>(row: &B::Row, at: usize) -> #krate::__private::sqlx::Result<Self> { #read }
            fn normalise(&mut self) { #normalise }
            #slots
        }

        #writable
        #hooks
        #display
        #owners
    }
}

/// Rows made of fields that are given by name, or changed by them. Only the application's own fields can be given.
fn writable(model: &Model) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let data = || model.fields.iter().filter(|field| field.role == Role::Data);
    let names: Vec<_> = data().map(|field| &field.ident).collect();
    let types: Vec<_> = data().map(field_type).collect();
    let import = (!types.is_empty()).then(|| quote!(use #krate::FieldType as __F;));
    let required = data().filter(|field| field.is_required()).map(|field| field.ident.unraw().to_string());
    let of = model.body(quote! {
        #import
        let mut row = Self::builder().draft;
        fields.make(&[#(#required),*], &mut [#(#types::draft(&mut row.#names)),*]).then(|| row.build())
    });
    let set = model.body(quote! {
        #import
        fields.assign(&mut [#(#types::assign(&mut self.#names)),*])
    });
    quote! {
        impl #krate::Writable for #ident {
            fn of_fields(fields: &mut #krate::Fields) -> ::core::option::Option<Self> { #of }
            fn set_fields(&mut self, fields: &mut #krate::Fields) { #set }
        }
    }
}

/// `FieldType` of a field, imported as `__F`. The type is written where it may be none of a column: the compiler then
/// says so once, where the type stands.
fn field_type(field: &Field) -> TokenStream {
    let ty = &field.ty;
    if field.role != Role::Data || is_column(ty) {
        quote!(__F)
    } else {
        quote_spanned!(ty.span()=> <#ty as __F>)
    }
}

/// The methods that capabilities fill; those they do not keep their default.
fn slots(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let slots = &model.slots;
    let time = quote!(#krate::__private::Time);
    let (mut prepare, mut check) = (slots.prepare.clone(), Vec::new());
    if let Some(span) = model.hooks {
        prepare.insert(0, quote_spanned!(span=> #krate::Hooks::before_save(self, write.event)?;));
        check.push(quote_spanned!(span=> #krate::Hooks::validate(self, errors);));
    }
    if !prepare.is_empty() {
        prepare.push(quote!(::core::result::Result::Ok(())));
    }
    let methods = [
        (&prepare, quote!(fn prepare(&mut self, write: &mut #krate::Write) -> #krate::Result<()>)),
        (&check, quote!(fn check(&self, errors: &mut #krate::ValidationErrors))),
        (&slots.regenerate, quote!(fn regenerate(&mut self, base: &str, attempt: u32))),
        (&slots.touch, quote!(fn touch(&mut self, time: #time))),
        (&slots.logged, quote!(fn logged(&mut self, log: ::std::string::String))),
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
    let shown = model.slots.display.clone().unwrap_or_else(|| quote!(self.#field));
    let body = model.body(quote!(::core::fmt::Display::fmt(&#shown, f)));
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
