//! `#[soft_delete]`, `#[soft_delete(column = removed_at)]`: `deleted_at`, set by `delete`, outside the default scope.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::expand::change_sql;
use crate::index::Index;
use crate::model::{Model, Required, Role, Scope, ident};
use crate::sql::{Change, SetTo};

#[derive(Default, darling::FromMeta)]
struct SoftDelete {
    /// The field, where it has another name.
    column: Option<Ident>,
}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    arguments::<SoftDelete>(meta, errors).map(|it| Box::new(it) as _)
}

/// The field of the row with which a row was deleted.
const WITH: &str = "deleted_with";

impl SoftDelete {
    fn field(&self) -> Ident {
        self.column.clone().unwrap_or_else(|| ident("deleted_at"))
    }
}

impl Capability for SoftDelete {
    fn name(&self) -> &'static str {
        "soft_delete"
    }

    fn fields(&self, krate: &Path) -> Vec<Required> {
        let ty = quote!(::core::option::Option<#krate::__private::DateTime<#krate::__private::Utc>>);
        vec![
            Required::new(self.field(), ty, "When the row was deleted.", TokenStream::new())
                .role(Role::Managed),
        ]
    }

    fn cascade_fields(&self, _: &Path) -> Vec<Required> {
        let ty = quote!(::core::option::Option<::std::string::String>);
        let docs = "The row with which this one was deleted: its model's label and its key.";
        vec![Required::new(ident(WITH), ty, docs, TokenStream::new()).role(Role::Managed)]
    }

    fn scope(&self, model: &mut Model) {
        let column = model.column(&self.field());
        model.slots.scopes.push(Scope { capability: self.name(), column, test: "IS NULL" });
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let field = self.field();
        let column = model.column(&field);
        let condition = format!("\"{column}\" IS NOT NULL");
        let with = model.position(&ident(WITH)).is_some_and(|i| model.fields[i].role == Role::Managed);
        let with = with.then(|| ident(WITH));
        let with_column = with.as_ref().map(|with| model.column(with));
        let cleared = std::iter::once(&column).chain(&with_column).map(|name| (name.clone(), SetTo::Null));
        let restore = Change::new(model, "restore", cleared.collect(), condition);
        let restore_sql = change_sql(&model.krate, &restore);
        let def = model.column_def(&field);
        let get = model.body(quote!(self.#field));
        let with = with.map(|with| quote!(self.#with = ::core::option::Option::None;));
        let set = model.body(quote!(self.#field = time; #with));
        let (krate, name) = (&model.krate, &model.ident);
        let time = quote!(::core::option::Option<#krate::__private::Time>);
        model.slots.items.push(quote! {
            impl #krate::soft_delete::SoftDelete for #name {
                const DELETED_AT: &'static #krate::ColumnDef = #def;
                const RESTORE: #krate::ChangeSql = #restore_sql;
                fn deleted_at(&self) -> #time { #get }
                fn set_deleted_at(&mut self, time: #time) { #set }
            }
        });
        model.slots.mark_deleted.push(quote!(self.#field = ::core::option::Option::Some(time);));
        // Few rows are deleted, and only those are looked for by it.
        model.index(Index::on([column.as_str()]).filtered(Some(format!("\"{column}\" IS NOT NULL"))));
        if let Some(with) = &with_column {
            model.index(Index::on([with.as_str()]).filtered(Some(format!("\"{with}\" IS NOT NULL"))));
        }
        model.slots.delete_marks = Some(column);
        model.slots.deleted_with = with_column;
    }
}
