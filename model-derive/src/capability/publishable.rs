//! `#[publishable]`: `status` and `published_at`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::expand::change_sql;
use crate::index::Index;
use crate::model::{Model, Required, Role, ident};
use crate::sql::{Change, SetTo};

#[derive(Default, darling::FromMeta)]
struct Publishable {}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    arguments::<Publishable>(meta, errors).map(|it| Box::new(it) as _)
}

/// The change from some states to another. Which states those are is rule 22.
fn transition(model: &Model, action: &'static str, to: &'static str, from: &[&str]) -> Change {
    let (status, published_at) = (model.column(&ident("status")), model.column(&ident("published_at")));
    let from: Vec<String> = from.iter().map(|state| format!("'{state}'")).collect();
    let condition = format!("\"{status}\" IN ({})", from.join(", "));
    let mut set = vec![(status, SetTo::Text(to))];
    if to == "published" {
        set.push((published_at, SetTo::Time));
    }
    Change::new(model, action, set, condition)
}

impl Capability for Publishable {
    fn name(&self) -> &'static str {
        "publishable"
    }

    fn fields(&self, krate: &Path) -> Vec<Required> {
        let time = quote!(::core::option::Option<#krate::__private::DateTime<#krate::__private::Utc>>);
        let draft = quote!(#krate::PublishStatus::Draft);
        vec![
            Required::new(
                ident("status"),
                quote!(#krate::PublishStatus),
                "Where the row stands in its publication.",
                draft,
            )
            .role(Role::Managed)
            .sql_default("'draft'"),
            Required::new(
                ident("published_at"),
                time,
                "When the row was last published.",
                TokenStream::new(),
            )
            .role(Role::Managed),
        ]
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let transitions = [
            transition(model, "publish", "published", &["draft"]),
            transition(model, "unpublish", "draft", &["published", "archived"]),
            transition(model, "archive", "archived", &["draft", "published"]),
        ];
        let [publish, unpublish, archive] = transitions.map(|change| change_sql(&model.krate, &change));
        let (status_def, published_def) =
            (model.column_def(&ident("status")), model.column_def(&ident("published_at")));
        let status = model.body(quote!(self.status));
        let published_at = model.body(quote!(self.published_at));
        let set = model.body(quote! {
            self.status = status;
            self.published_at = published_at;
        });
        let (krate, name) = (&model.krate, &model.ident);
        let time = quote!(::core::option::Option<#krate::__private::Time>);
        model.slots.items.push(quote! {
            impl #krate::publishable::Publishable for #name {
                const STATUS: &'static #krate::ColumnDef = #status_def;
                const PUBLISHED_AT: &'static #krate::ColumnDef = #published_def;
                const PUBLISH: #krate::ChangeSql = #publish;
                const UNPUBLISH: #krate::ChangeSql = #unpublish;
                const ARCHIVE: #krate::ChangeSql = #archive;
                fn status(&self) -> #krate::PublishStatus { #status }
                fn published_at(&self) -> #time { #published_at }
                fn set_publication(&mut self, status: #krate::PublishStatus, published_at: #time) { #set }
            }
        });
        let (status, published_at) = (model.column(&ident("status")), model.column(&ident("published_at")));
        model.index(Index::on([&*status, &*format!("{published_at} DESC")]));
        if model.position(&ident("created_at")).is_some() {
            let created_at = model.column(&ident("created_at"));
            model.index(Index::on([&*status, &*format!("{created_at} DESC")]));
        }
    }
}
