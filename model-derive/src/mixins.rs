//! `#[mixins]`: adds the fields that the struct does not list.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, parse_quote};

use crate::diagnostics::Errors;
use crate::field::Field;
use crate::model::Required;
use crate::parse::{Attributes, item, key, named_fields, required};

pub fn expand(arguments: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !arguments.is_empty() {
        errors.at(&arguments, "`#[mixins]` takes no arguments");
    }
    let Some(mut input) = item(tokens.clone(), &mut errors) else {
        return quote!(#tokens).into_iter().chain(errors.to_compile_error()).collect();
    };
    // Errors in attributes are the derive's to report; here they only decide which fields are added.
    let attributes = Attributes::parse(&input, &mut Errors::default());
    if named_fields(&input, &mut Errors::default()).is_some() {
        add_fields(&mut input, &attributes);
    }
    let errors = errors.to_compile_error();
    quote!(#errors #input)
}

fn add_fields(input: &mut DeriveInput, attributes: &Attributes) {
    let krate = attributes.krate();
    let vis = input.vis.clone();
    let Data::Struct(data) = &mut input.data else { return };
    let Fields::Named(fields) = &mut data.fields else { return };
    let key = key(attributes.id(), &krate);
    let own: Vec<Field> =
        fields.named.iter().filter_map(|field| Field::parse(field, &mut Errors::default())).collect();
    let needed =
        attributes.capabilities.iter().flat_map(|capability| required(capability.as_ref(), &krate, &own));
    let mut missing = Vec::new();
    for required in std::iter::once(key).chain(needed) {
        if !fields.named.iter().any(|field| field.ident.as_ref() == Some(&required.name)) {
            missing.push(required);
        }
    }
    // The key comes first, as everyone expects it; the rest comes after the struct's own fields.
    for (i, required) in missing.into_iter().enumerate() {
        let Required { name, ty, docs, .. } = &required;
        let field: syn::Field = parse_quote!(#[doc = #docs] #vis #name: #ty);
        if i == 0 && name == "id" {
            fields.named.insert(0, field);
        } else {
            if !fields.named.empty_or_trailing() {
                fields.named.push_punct(Default::default());
            }
            fields.named.push(field);
        }
    }
}
