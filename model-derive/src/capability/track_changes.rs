//! `#[track_changes]`, `#[track_changes(keep = 100)]`: `change_log`, with what every write changed.

use darling::util::SpannedValue;
use quote::quote;
use syn::{Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::model::{Model, Required, Role, ident};

#[derive(Default, darling::FromMeta)]
struct TrackChanges {
    /// How many entries the log keeps.
    keep: Option<SpannedValue<u32>>,
}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    let parsed = arguments::<TrackChanges>(meta, errors)?;
    if let Some(keep) = parsed.keep.as_ref().filter(|keep| ***keep == 0) {
        errors.at_span(keep.span(), "a change log keeps at least one entry: `keep = 100`");
    }
    Some(Box::new(parsed))
}

impl Capability for TrackChanges {
    fn name(&self) -> &'static str {
        "track_changes"
    }

    fn fields(&self, krate: &Path) -> Vec<Required> {
        let empty = quote!(::core::default::Default::default());
        vec![
            Required::new(
                ident("change_log"),
                quote!(#krate::ChangeLog),
                "What was changed and when, by time and field.",
                empty,
            )
            .role(Role::Log)
            .sql_default("'{}'"),
        ]
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let (krate, name) = (&model.krate, &model.ident);
        let column = model.column(&ident("change_log"));
        let keep = match &self.keep {
            Some(keep) => {
                let keep = **keep;
                quote!(::core::option::Option::Some(#keep))
            }
            None => quote!(::core::option::Option::None),
        };
        model.slots.log = Some(quote!(#krate::record::LogDef { column: #column, keep: #keep }));
        let log = model.body(quote!(&self.change_log));
        let data = model.fields.iter().enumerate().filter(|(_, field)| field.role == Role::Data);
        let set = data.map(|(i, field)| {
            let field = &field.ident;
            quote!(#i => self.#field = from_json(json, def)?,)
        });
        let set = model.body(quote! {
            use #krate::record::from_json;
            let def = &<Self as #krate::Model>::TABLE.columns[column];
            match column {
                #(#set)*
                _ => {}
            }
            ::core::result::Result::Ok(())
        });
        model.slots.items.push(quote! {
            impl #krate::track_changes::TrackChanges for #name {
                fn change_log(&self) -> &#krate::ChangeLog { #log }
                fn set_logged(
                    &mut self,
                    column: usize,
                    json: &str,
                ) -> ::core::result::Result<(), #krate::BoxError> { #set }
            }
        });
        model.slots.logged.push(quote!(self.change_log = #krate::ChangeLog::written(log);));
    }
}
