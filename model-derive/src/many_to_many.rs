//! `#[many_to_many(Tag, through = PostTag)]`: rows that are linked by the rows of a third model.

use heck::{ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Ident, Meta, Path, Token};

use crate::diagnostics::{Errors, suggestion};
use crate::model::Model;
use crate::parse::plural;

/// The attribute.
pub struct ManyToMany {
    target: Path,
    through: Path,
    name: Option<Ident>,
    by: Option<(Ident, Ident)>,
}

impl Parse for ManyToMany {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let target = input.call(Path::parse_mod_style)?;
        let (mut through, mut name, mut by) = (None, None, None);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "through" => through = Some(input.call(Path::parse_mod_style)?),
                "name" => name = Some(input.parse()?),
                "by" => {
                    let fields;
                    syn::parenthesized!(fields in input);
                    let from = fields.parse()?;
                    fields.parse::<Token![,]>()?;
                    by = Some((from, fields.parse()?));
                }
                other => {
                    let near = suggestion(other, ["through", "name", "by"]);
                    return Err(syn::Error::new(key.span(), format!("unknown key `{other}`{near}")));
                }
            }
        }
        let through = through.ok_or_else(|| {
            let message =
                "name the model whose rows are the links: `#[many_to_many(Tag, through = PostTag)]`";
            syn::Error::new(target.span(), message)
        })?;
        Ok(Self { target, through, name, by })
    }
}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<ManyToMany> {
    let parsed = match meta {
        Meta::List(list) => list.parse_args(),
        _ => Err(syn::Error::new(meta.span(), "name both models: `#[many_to_many(Tag, through = PostTag)]`")),
    };
    parsed.map_err(|error| errors.push(error)).ok()
}

/// The last name of a path.
fn last(path: &Path) -> Option<&Ident> {
    path.segments.last().map(|segment| &segment.ident)
}

/// A path whose errors are elsewhere.
fn spanned(path: impl ToTokens, span: Span) -> TokenStream {
    let tokens = path.to_token_stream().into_iter();
    tokens
        .map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}

/// The constant that describes the links, and the method that gives those of a row.
pub fn expand(model: &Model, relation: &ManyToMany) -> Option<TokenStream> {
    let Model { ident, vis, krate, .. } = model;
    let ManyToMany { target, through, name, by } = relation;
    let of_target = last(target)?.to_string().to_snake_case();
    let name = name.clone().unwrap_or_else(|| Ident::new(&plural(&of_target), target.span()));
    let constant = Ident::new(&name.to_string().to_shouty_snake_case(), name.span());
    let (from, to) = by.clone().unwrap_or_else(|| {
        let from = format!("{}_id", ident.to_string().to_snake_case());
        (Ident::new(&from, through.span()), format_ident!("{of_target}_id", span = through.span()))
    });
    // Where the link does not fit, the error is at its name.
    let at = through.span();
    let (krate, link) = (spanned(krate, at), quote_spanned!(at=> <#through as #krate::Model>));
    let how = quote_spanned! {at=>
        #krate::Through::new(
            #link::COLUMNS.#from,
            #link::COLUMNS.#to,
            |from, to| <#through>::builder().#from(from).#to(to).build(),
        )
    };
    let docs = (format!("How rows are linked to {name}."), format!("The {name} that this row is linked to."));
    let (constant_doc, method_doc) = docs;
    Some(quote! {
        #[allow(dead_code)]
        impl #ident {
            #[doc = #constant_doc]
            #vis const #constant: #krate::Through<#ident, #through, #target> = #how;

            #[doc = #method_doc]
            #vis fn #name(&self) -> #krate::ManyToMany<#through, #target> {
                Self::#constant.of(self)
            }
        }
    })
}
