//! `#[timestamps]`: `created_at`, `updated_at`, newest first.

use quote::quote;
use syn::{Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::index::Index;
use crate::model::{Model, Required, Role, ident};

#[derive(Default, darling::FromMeta)]
struct Timestamps {}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    arguments::<Timestamps>(meta, errors).map(|it| Box::new(it) as _)
}

impl Capability for Timestamps {
    fn name(&self) -> &'static str {
        "timestamps"
    }

    fn fields(&self, krate: &Path) -> Vec<Required> {
        let time = quote!(#krate::__private::DateTime<#krate::__private::Utc>);
        let unset = quote!(#krate::clock::UNSET);
        vec![
            Required::new(ident("created_at"), time.clone(), "When the row was made.", unset.clone())
                .role(Role::Managed),
            Required::new(ident("updated_at"), time, "When the row was last written.", unset)
                .role(Role::Touched),
        ]
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let (krate, name) = (&model.krate, &model.ident);
        let (created, updated) = (ident("created_at"), ident("updated_at"));
        let (created_def, updated_def) = (model.column_def(&created), model.column_def(&updated));
        model.slots.items.push(quote! {
            impl #krate::timestamps::Timestamps for #name {
                const CREATED_AT: &'static #krate::ColumnDef = #created_def;
                const UPDATED_AT: &'static #krate::ColumnDef = #updated_def;
            }
        });
        // An explicit `created_at` is honoured; the last write is now.
        model.slots.prepare.push(quote! {
            if let #krate::WriteEvent::Insert = write.event {
                if self.created_at == #krate::clock::UNSET {
                    self.created_at = write.time;
                }
                self.updated_at = write.time;
            }
        });
        model.slots.touch.push(quote!(self.updated_at = time;));
        let (created, updated) = (model.column(&created), model.column(&updated));
        let key = model.key_column();
        model.index(Index::on([&*format!("{created} DESC"), &*format!("{key} DESC")]));
        model.index(Index::on([&*format!("{updated} DESC")]));
        // The rows of the default scope in the default order: the list that every page shows.
        if let Some(scope) = model.scope() {
            model.index(
                Index::on([&*format!("{created} DESC"), &*format!("{key} DESC")]).filtered(Some(scope)),
            );
        }
        model.slots.order.push((created, true));
    }
}
