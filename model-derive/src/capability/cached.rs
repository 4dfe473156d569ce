//! `#[cached(ttl = 60)]`, `#[cached(ttl = 60, max = 10_000)]`: rows and querysets that are kept in memory.

use darling::util::SpannedValue;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Meta, Path};

use super::Capability;
use crate::diagnostics::Errors;
use crate::model::{Model, Required};

#[derive(darling::FromMeta)]
struct Cached {
    /// How long a value is kept, in seconds.
    ttl: SpannedValue<u32>,
    /// How many rows are kept.
    #[darling(default = "default_max")]
    max: SpannedValue<u32>,
}

fn default_max() -> SpannedValue<u32> {
    SpannedValue::new(10_000, proc_macro2::Span::call_site())
}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    if let Meta::Path(_) = meta {
        errors.at(meta, "say for how many seconds a value is kept: `#[cached(ttl = 60)]`");
        return Some(Box::new(Cached { ttl: SpannedValue::new(60, meta.span()), max: default_max() }));
    }
    let parsed: Cached = errors.take(meta, darling::FromMeta::from_meta(meta))?;
    if *parsed.ttl == 0 {
        errors.at_span(parsed.ttl.span(), "a value is kept for a second at least: `ttl = 60`");
    }
    if *parsed.max == 0 {
        errors.at_span(parsed.max.span(), "at least one row is kept: `max = 10_000`");
    }
    Some(Box::new(parsed))
}

impl Capability for Cached {
    fn name(&self) -> &'static str {
        "cached"
    }

    fn fields(&self, _: &Path) -> Vec<Required> {
        Vec::new()
    }

    fn contribute(&self, model: &mut Model, _: &mut Errors) {
        let (krate, name) = (&model.krate, &model.ident);
        let (ttl, max) = (*self.ttl, *self.max);
        let fields = model.fields.iter().map(|field| &field.ident);
        let decoded = model.body(quote!(::core::result::Result::Ok(Self { #(#fields: fields.read()?),* })));
        model.slots.cache = Some(quote!(#krate::CacheDef { ttl: #ttl, max: #max }));
        model.slots.items.push(quote! {
            impl #krate::cached::Cached for #name {
                const STORE: &'static #krate::cached::Store = {
                    static STORE: #krate::cached::Store = #krate::cached::Store::new();
                    &STORE
                };
                fn decode(
                    fields: &mut #krate::cached::Fields<'_>,
                ) -> ::core::result::Result<Self, #krate::BoxError> { #decoded }
            }
        });
    }
}
