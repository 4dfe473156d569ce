//! What the macros write: each input of `tests/expansion` against the file beside it.
//! `UPDATE_EXPANSIONS=1 cargo test -p model-derive` writes them anew.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Item};

use crate::expand::{self, Schema};
use crate::{choices, mixins, newtype};

/// What a model of 13 fields with every capability may take, in bytes of printed tokens, checks included.
const BUDGET: usize = 30 * 1024;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion")
}

/// What the macros make of the one item in a file.
fn expansion(name: &str) -> TokenStream {
    let source = std::fs::read_to_string(folder().join(name).with_extension("rs")).unwrap();
    let file = syn::parse_file(&source).unwrap();
    let [item] = &file.items[..] else { panic!("{name} has one item") };
    let mut item = quote!(#item);
    let mut mixed_in = TokenStream::new();
    if let Some(rest) = without_mixins(item.clone()) {
        item = mixins::expand(TokenStream::new(), rest);
        mixed_in = item.clone();
    }
    let derived = match derives(item.clone()) {
        derives if derives.contains("ModelEnum") => choices::derive(item),
        derives if derives.contains("ModelNewtype") => newtype::derive(item),
        _ => expand::derive(item, Schema::Present),
    };
    quote!(#mixed_in #derived)
}

fn attributes(item: &mut Item) -> &mut Vec<Attribute> {
    match item {
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        _ => panic!("a struct or an enum"),
    }
}

/// The item below `#[mixins]`, if that is there.
fn without_mixins(item: TokenStream) -> Option<TokenStream> {
    let mut item = syn::parse2(item).unwrap();
    let attributes = attributes(&mut item);
    let position = attributes.iter().position(|attribute| attribute.path().is_ident("mixins"))?;
    attributes.remove(position);
    Some(quote!(#item))
}

fn derives(item: TokenStream) -> String {
    let mut item = syn::parse2(item).unwrap();
    let derives = attributes(&mut item).iter().filter(|attribute| attribute.path().is_ident("derive"));
    derives.map(|derive| quote!(#derive).to_string()).collect()
}

fn check(name: &str) {
    let expanded = prettyplease::unparse(&syn::parse2(expansion(name)).unwrap());
    let path = folder().join(name).with_extension("expanded.rs");
    if std::env::var_os("UPDATE_EXPANSIONS").is_some() {
        std::fs::write(&path, &expanded).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    let differs = wanted.lines().zip(expanded.lines()).position(|(wanted, found)| wanted != found);
    assert!(
        wanted == expanded,
        "{} differs from line {} on; `UPDATE_EXPANSIONS=1` writes it anew",
        path.display(),
        differs.unwrap_or_else(|| wanted.lines().count().min(expanded.lines().count())) + 1
    );
}

macro_rules! expansions {
    ($($name:ident)*) => {
        mod of {
            $(
                #[test]
                fn $name() {
                    super::check(stringify!($name));
                }
            )*
        }
    };
}

expansions! {
    plain timestamps soft_delete publishable seo searchable track_changes versioned cached audited append_only user relations all mixins model_enum model_newtype
}

#[test]
fn a_model_with_everything_is_within_the_budget() {
    let source = std::fs::read_to_string(folder().join("all.rs")).unwrap();
    let (derived, checks) = expand::with_checks(source.parse().unwrap());
    let size = derived.to_string().len() + checks.to_string().len();
    assert!(size <= BUDGET, "{size} bytes");
}
