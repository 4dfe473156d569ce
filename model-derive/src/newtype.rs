//! `#[derive(ModelNewtype)]`.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, Fields, Path};

use crate::choices::arguments;
use crate::diagnostics::Errors;
use crate::field_type::name_of;
use crate::parse::item;

#[derive(FromMeta, Default)]
struct Args {
    #[darling(rename = "crate")]
    krate: Option<Path>,
}

pub fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = item(input, &mut errors).and_then(|input| expand(&input, &mut errors));
    let errors = errors.to_compile_error();
    quote!(#errors #expanded)
}

fn expand(input: &syn::DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let ident = &input.ident;
    let fields = match &input.data {
        Data::Struct(data) if input.generics.params.is_empty() => &data.fields,
        _ => {
            errors.at(ident, "`ModelNewtype` is for a struct without generics and with one unnamed field");
            return None;
        }
    };
    let inner = match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            fields.unnamed.first().map(|field| &field.ty)?
        }
        _ => {
            errors.at(ident, "a newtype has one unnamed field: `struct Email(String);`");
            return None;
        }
    };
    let args: Args = arguments("newtype", &input.attrs, errors);
    let krate = args.krate.unwrap_or_else(|| syn::parse_quote!(::model_runtime));
    let text = name_of(inner).is_some_and(|name| name == "String");
    let text = text.then(|| quote!(impl #krate::TextType for #ident {}));
    let field_type = quote_spanned!(inner.span()=> <#inner as #krate::FieldType>);
    Some(quote! {
        impl #krate::FieldType for #ident {
            const KIND: #krate::Kind = #field_type::KIND;
            const CHOICES: &'static [&'static str] = #field_type::CHOICES;

            fn to_value(&self) -> #krate::Value<'_> {
                #field_type::to_value(&self.0)
            }

            fn read<'r, R: #krate::ColumnReader<'r>>(
                reader: R,
                column: &#krate::ColumnDef,
            ) -> ::core::result::Result<Self, #krate::BoxError> {
                ::core::result::Result::Ok(Self(#field_type::read(reader, column)?))
            }

            fn normalise(&mut self, column: &#krate::ColumnDef) {
                #field_type::normalise(&mut self.0, column);
            }
        }

        impl<DB, C> #krate::checked::Fits<DB, C> for #ident where #inner: #krate::checked::Fits<DB, C> {}

        #text
    })
}
