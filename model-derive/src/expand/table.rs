//! The table's metadata, as constants.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Path, Type};

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
        let (index_name, parts, unique) = (index.name(table, scope.as_deref()), &index.parts, index.unique);
        let filter = option(index.filter.as_ref());
        quote!(#krate::IndexDef { name: #index_name, parts: &[#(#parts),*], unique: #unique, filter: #filter })
    });
    let scopes = model.slots.scopes.iter().map(|scope| {
        let (capability, column, test) = (scope.capability, &scope.column, scope.test);
        quote!(#krate::ScopeDef { capability: #capability, column: #column, test: #test })
    });
    let order =
        model.slots.order.iter().map(
            |(column, descending)| quote!(#krate::OrderDef { column: #column, descending: #descending }),
        );
    let delete = match &model.slots.delete_marks {
        Some(column) => {
            let with = option(model.slots.deleted_with.as_ref());
            quote!(Mark { time: #column, with: #with })
        }
        None => quote!(Remove),
    };
    let companions = &model.slots.companions;
    let permissions = model.slots.permissions.iter().map(|(code, name)| quote!((#code, #name)));
    let display = option(model.display.as_ref().map(|field| model.column(field)));
    let record = match (&model.slots.log, &model.slots.journal) {
        (None, None) => quote!(#krate::record::RecordDef::NONE),
        (log, journal) => {
            let (log, journal) = (option(log.as_ref()), option(journal.as_ref()));
            quote!(#krate::record::RecordDef { log: #log, journal: #journal })
        }
    };
    let cache = option(model.slots.cache.as_ref());
    quote! {
        #krate::TableDef {
            name: #table,
            label: #label,
            model: #name,
            doc: #docs,
            columns: &[#(#columns),*],
            key: #key,
            indexes: &[#(#indexes),*],
            scopes: &[#(#scopes),*],
            order: &[#(#order),*],
            delete: #krate::Delete::#delete,
            display: #display,
            record: #record,
            cache: #cache,
            companions: &[#(#companions),*],
            permissions: &[#(#permissions),*],
        }
    }
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

/// `<ty as FieldType>`. Every use of a field's type is written so, since the compiler then says once, where the type
/// stands, that it is none.
pub fn field_type(krate: &Path, ty: &Type) -> TokenStream {
    let field_type = quote_spanned!(ty.span()=> #krate::FieldType);
    quote_spanned!(ty.span()=> <#ty as #field_type>)
}

fn column(model: &Model, field: &Field) -> TokenStream {
    let krate = &model.krate;
    let (name, ident) = (&field.column, field.ident.unraw().to_string());
    let placeholder = syn::parse_quote!(::std::string::String);
    let ty = if field.refused { &placeholder } else { &field.ty };
    let role = format_ident!("{}", format!("{:?}", field.role));
    let field_type = field_type(krate, ty);
    let mut def = quote!(#field_type::COLUMN.named(#name, #ident).role(#krate::Role::#role));
    if let Some(length) = field.max_length {
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
    let select = sql::select(model);
    let [get, reload, insert, update, remove] =
        [sql::get(model), sql::reload(model), sql::insert(model), sql::update(model), sql::remove(model)]
            .map(|it| it.sql);
    let delete = option(delete(model).map(|change| super::change_sql(krate, &change)));
    let generated = option(model.slots.generated.as_ref().map(|generated| {
        let (column, reserved) = (&generated.column, &generated.reserved);
        let on_conflict = sql::on_conflict(model, generated);
        let insert = sql::insert_unless_taken(model, generated).sql;
        quote! {
            &#krate::GeneratedDef { column: #column, reserved: #reserved, on_conflict: #on_conflict, insert: #insert }
        }
    }));
    quote! {
        &#krate::Statements {
            select: #select,
            get: #get,
            reload: #reload,
            insert: #insert,
            generated: #generated,
            update: #update,
            remove: #remove,
            delete: #delete,
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
