//! `#[derive(ModelEnum)]`.

use darling::FromMeta;
use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, Fields, LitStr, Path};

use crate::diagnostics::Errors;
use crate::parse::item;

#[derive(FromMeta, Default)]
struct EnumArgs {
    #[darling(rename = "crate")]
    krate: Option<Path>,
}

#[derive(FromMeta, Default)]
struct ChoiceArgs {
    value: Option<LitStr>,
    label: Option<LitStr>,
}

pub fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = item(input, &mut errors).and_then(|input| expand(&input, &mut errors));
    let errors = errors.to_compile_error();
    quote!(#errors #expanded)
}

/// The arguments of the attribute of that name, if it is there.
pub fn arguments<T: FromMeta + Default>(name: &str, attributes: &[syn::Attribute], errors: &mut Errors) -> T {
    let mut found = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    let first = found.next().and_then(|attribute| errors.take(attribute, T::from_meta(&attribute.meta)));
    for duplicate in found {
        errors.at(duplicate, format!("duplicate attribute `#[{name}]`"));
    }
    first.unwrap_or_default()
}

fn expand(input: &syn::DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        errors.at(ident, "`ModelEnum` is for enums; for a struct with one field derive `ModelNewtype`");
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "a `ModelEnum` cannot be generic: its variants are texts");
        return None;
    }
    if data.variants.is_empty() {
        errors.at(ident, "an enum without variants has no value to store");
        return None;
    }
    let args: EnumArgs = arguments("choices", &input.attrs, errors);
    let krate = args.krate.unwrap_or_else(|| syn::parse_quote!(::model_runtime));
    let (mut values, mut labels): (Vec<String>, Vec<String>) = Default::default();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(variant, "a variant of a `ModelEnum` has no fields: it is stored as one text");
        }
        let choice: ChoiceArgs = arguments("choice", &variant.attrs, errors);
        let snake = variant.ident.to_string().to_snake_case();
        let value = choice.value.as_ref().map_or_else(|| snake.clone(), LitStr::value);
        if let Some(earlier) = values.iter().position(|known| *known == value) {
            let earlier = &data.variants[earlier].ident;
            errors.at(&variant.ident, format!("`{earlier}` has the value {value:?} already"));
        }
        labels.push(choice.label.map_or_else(|| sentence(&snake), |label| label.value()));
        values.push(value);
    }
    if !errors.is_empty() {
        return None;
    }
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let name = ident.to_string();
    let model_enum = quote!(#krate::ModelEnum);
    Some(quote! {
        impl #krate::FieldType for #ident {
            const KIND: #krate::Kind = #krate::Kind::Text;
            const CHOICES: &'static [&'static str] = &[#(#values),*];

            fn to_value(&self) -> #krate::Value<'_> {
                #krate::Value::Text(::std::borrow::Cow::Borrowed(#model_enum::as_str(self)))
            }

            fn read<'r, R: #krate::ColumnReader<'r>>(
                reader: R,
                _: &#krate::ColumnDef,
            ) -> ::core::result::Result<Self, #krate::BoxError> {
                ::core::result::Result::Ok(<Self as ::core::str::FromStr>::from_str(#krate::ColumnReader::str(reader)?)?)
            }
        }

        impl #model_enum for #ident {
            const VARIANTS: &'static [Self] = &[#(Self::#variants),*];

            fn as_str(&self) -> &'static str {
                match self { #(Self::#variants => #values),* }
            }

            fn label(&self) -> &'static str {
                match self { #(Self::#variants => #labels),* }
            }
        }

        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(#model_enum::as_str(self))
            }
        }

        impl ::core::str::FromStr for #ident {
            type Err = #krate::UnknownChoice;

            fn from_str(text: &str) -> ::core::result::Result<Self, #krate::UnknownChoice> {
                match text {
                    #(#values => ::core::result::Result::Ok(Self::#variants),)*
                    _ => ::core::result::Result::Err(
                        #krate::UnknownChoice::new(#name, text, <Self as #krate::FieldType>::CHOICES)
                    ),
                }
            }
        }

        impl<DB> #krate::checked::Fits<DB, ::std::string::String> for #ident {}
    })
}

/// `dark_blue` as people write it: `Dark blue`.
fn sentence(snake: &str) -> String {
    let mut chars = snake.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).map(|c| if c == '_' { ' ' } else { c }).collect()
}
