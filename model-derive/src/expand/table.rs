//! The table's metadata, as constants.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::field::{Field, Recording};
use crate::model::{Model, Role};
use crate::sql::{self, Change, SetTo};

/// The `TableDef`.
pub fn table(model: &Model) -> TokenStream {
    let Model { ident, krate, table, label, docs, .. } = model;
    let name = ident.to_string();
    let columns = model.fields.iter().map(|field| column(model, field));
    let key = model.fields.iter().position(|field| field.role == Role::Key).unwrap_or_default();
    let scope = model.scope();
    let indexes = model.indexes.iter().map(|index| {
        let (index_name, parts) = (index.name(table, scope.as_deref()), &index.parts);
        let unique = index.unique.then(|| quote!(.unique()));
        let filter = index.filter.as_ref().map(|filter| quote!(.filtered(#filter)));
        quote!(__I::new(#index_name, &[#(#parts),*])#unique #filter)
    });
    let scopes = model.slots.scopes.iter().map(|scope| {
        let (capability, column, test) = (scope.capability, &scope.column, scope.test);
        quote!(#krate::ScopeDef { capability: #capability, column: #column, test: #test })
    });
    let order =
        model.slots.order.iter().map(
            |(column, descending)| quote!(#krate::OrderDef { column: #column, descending: #descending }),
        );
    let delete = model.slots.delete_marks.as_ref().map(|column| {
        let with = option(model.slots.deleted_with.as_ref());
        quote!(#krate::Delete::Mark { time: #column, with: #with })
    });
    let display = model.display.as_ref().map(|field| model.column(field));
    let (log, journal) = (model.slots.log.as_ref(), model.slots.journal.as_ref());
    let record = (log.is_some() || journal.is_some()).then(|| {
        let (log, journal) = (option(log), option(journal));
        quote!(#krate::record::RecordDef { log: #log, journal: #journal })
    });
    let permissions = model.slots.permissions.iter().map(|(code, name)| quote!((#code, #name)));
    // What is as in `TableDef::new` is not written.
    let all = [
        (!docs.is_empty()).then(|| quote!(doc: #docs)),
        (key != 0).then(|| quote!(key: #key)),
        list(quote!(indexes), indexes),
        list(quote!(scopes), scopes),
        list(quote!(order), order),
        delete.map(|delete| quote!(delete: #delete)),
        display.map(|display| quote!(display: ::core::option::Option::Some(#display))),
        record.map(|record| quote!(record: #record)),
        model.slots.cache.as_ref().map(|cache| quote!(cache: ::core::option::Option::Some(#cache))),
        list(quote!(companions), model.slots.companions.iter().cloned()),
        list(quote!(permissions), permissions),
    ];
    let parts = all.into_iter().flatten();
    let index = (!model.indexes.is_empty()).then(|| quote!(use #krate::IndexDef as __I;));
    quote! {
        {
            #index
            use #krate::{FieldType as __F, Role as __R};
            static TABLE: #krate::TableDef = #krate::TableDef {
                columns: &[#(#columns),*],
                #(#parts,)*
                ..#krate::TableDef::new(#table, #label, #name)
            };
            &TABLE
        }
    }
}

/// A field of the table's constant that is a list, unless that is empty.
fn list(name: TokenStream, items: impl Iterator<Item = TokenStream>) -> Option<TokenStream> {
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| quote!(#name: &[#(#items),*]))
}

/// Makes a model with foreign keys known to those that it refers to.
pub fn referring(model: &Model) -> Option<TokenStream> {
    let Model { ident, krate, .. } = model;
    let refers = model.fields.iter().any(|field| field.belongs_to.is_some());
    (refers && !model.broken).then(|| {
        quote! {
            #krate::__private::inventory::submit! {
                #krate::__private::Referring(<#ident as #krate::Model>::table)
            }
        }
    })
}

/// A position, as short as a number can be.
pub fn number(position: usize) -> Literal {
    Literal::usize_unsuffixed(position)
}

fn column(model: &Model, field: &Field) -> TokenStream {
    let krate = &model.krate;
    let (name, ident) = (&field.column, field.ident.unraw().to_string());
    let placeholder = syn::parse_quote!(::std::string::String);
    let ty = if field.refused { &placeholder } else { &field.ty };
    let role = format_ident!("{}", format!("{:?}", field.role));
    let column = quote_spanned!(ty.span()=> <#ty as __F>::COLUMN);
    let mut def = quote!(#column.named(#name));
    if *name != ident {
        def = quote!(#def.field(#ident));
    }
    if field.role != Role::Data {
        def = quote!(#def.role(__R::#role));
    }
    if let Some(length) = field.max_length.map(Literal::u32_unsuffixed) {
        def = quote!(#def.max_length(#length));
    }
    if model.broken {
        return def;
    }
    if let (Some(precision), Some(scale)) = (field.precision, field.scale) {
        def = quote!(#def.digits(#precision, #scale));
    }
    if let Some(default) = &field.sql_default {
        def = quote!(#def.default(#default));
    }
    if let Some(check) = &field.check {
        def = quote!(#def.check(#check));
    }
    if let Some(refuses) = &field.refuses {
        def = quote!(#def.refuses(#refuses));
    }
    let recorded = model.slots.log.is_some() || model.slots.journal.is_some();
    if field.recording == Recording::Mask || recorded && field.recording == Recording::Skip {
        let recording = format_ident!("{}", format!("{:?}", field.recording));
        def = quote!(#def.recording(#krate::record::Recording::#recording));
    }
    if let Some(belongs_to) = &field.belongs_to {
        let on_delete = format_ident!("{}", format!("{:?}", belongs_to.on_delete));
        let target = &belongs_to.target;
        def = quote!(#def.references(<#target as #krate::Model>::table, #krate::OnDelete::#on_delete));
    }
    if !field.docs.is_empty() {
        let docs = &field.docs;
        def = quote!(#def.doc(#docs));
    }
    quote_spanned!(field.ident.span()=> (#def).checked())
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// The `Statements`.
pub fn statements(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let [get, insert, update, remove] =
        [sql::get(model), sql::insert(model), sql::update(model), sql::remove(model)];
    let [select, reload] = [sql::select(model), sql::reload(model)].map(|sql| number(sql.len()));
    let delete = delete(model).map(|change| super::change_sql(krate, &change));
    let delete = delete.map(|delete| quote!(delete: ::core::option::Option::Some(#delete),));
    let generated = model.slots.generated.as_ref().map(|generated| {
        let (column, reserved) = (&generated.column, &generated.reserved);
        let on_conflict = sql::on_conflict(model, generated);
        let insert = sql::insert_unless_taken(model, generated);
        quote! {
            generated: ::core::option::Option::Some(&#krate::GeneratedDef {
                column: #column,
                reserved: #reserved,
                on_conflict: #on_conflict,
                insert: #insert,
            }),
        }
    });
    quote! {
        &#krate::Statements {
            insert: #insert,
            update: #update,
            remove: #remove,
            #generated
            #delete
            ..#krate::Statements::reading(#get, #select, #reload)
        }
    }
}

/// What `delete` does, where it does not remove the row.
pub fn delete(model: &Model) -> Option<Change> {
    let column = model.slots.delete_marks.as_ref()?;
    let mut set = vec![(column.clone(), SetTo::Time)];
    set.extend(model.slots.deleted_with.clone().map(|with| (with, SetTo::Null)));
    Some(Change::new(model, "delete", set, format!("\"{column}\" IS NULL")))
}
