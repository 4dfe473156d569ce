//! `#[versioned]`: `version`, which every write counts up, so that a stale save is refused.

use quote::quote;
use syn::{Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::model::{Model, Required, Role, ident};

#[derive(Default, darling::FromMeta)]
struct Versioned {}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    arguments::<Versioned>(meta, errors).map(|it| Box::new(it) as _)
}

impl Capability for Versioned {
    fn name(&self) -> &'static str {
        "versioned"
    }

    fn fields(&self, _: &Path) -> Vec<Required> {
        let ty = quote!(::core::primitive::i64);
        vec![
            Required::new(ident("version"), ty, "How often the row was written.", quote!(1))
                .role(Role::Version)
                .sql_default("1"),
        ]
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let (krate, name) = (&model.krate, &model.ident);
        let version = model.body(quote!(self.version));
        model.slots.items.push(quote! {
            impl #krate::versioned::Versioned for #name {
                fn version(&self) -> ::core::primitive::i64 { #version }
            }
        });
        model.slots.prepare.push(quote! {
            if let #krate::WriteEvent::Insert = write.event {
                self.version = 1;
            }
        });
        model.slots.touch.push(quote!(self.version += 1;));
    }
}
