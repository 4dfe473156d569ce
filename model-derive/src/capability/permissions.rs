//! `#[permissions(publish_post, feature_post = "Can put a post on the front page")]`: permissions beside the four that
//! every model has.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Meta, Path, Token};

use super::Capability;
use crate::diagnostics::Errors;
use crate::model::{Model, Required};

/// The permissions that every model has begin so.
const DEFAULTS: [&str; 4] = ["add", "change", "delete", "view"];

struct Permissions(Vec<Permission>);

struct Permission {
    code: Ident,
    name: Option<LitStr>,
}

impl Parse for Permission {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Err(input.error("write its code without quotation marks: `publish_post`"));
        }
        let code = input.parse()?;
        let name = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self { code, name })
    }
}

impl Permission {
    /// `Can publish post`, unless it has a name.
    fn name(&self) -> String {
        self.name
            .as_ref()
            .map_or_else(|| format!("Can {}", self.code.to_string().replace('_', " ")), LitStr::value)
    }
}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    let permissions = match meta {
        Meta::List(list) => list.parse_args_with(Punctuated::<Permission, Token![,]>::parse_terminated),
        _ => Ok(Punctuated::new()),
    };
    match permissions {
        Ok(permissions) if permissions.is_empty() => {
            errors.at(meta, "name the permissions: `#[permissions(publish_post = \"Can publish posts\")]`");
            None
        }
        Ok(permissions) => Some(Box::new(Permissions(permissions.into_iter().collect()))),
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

impl Capability for Permissions {
    fn name(&self) -> &'static str {
        "permissions"
    }

    fn fields(&self, _: &Path) -> Vec<Required> {
        Vec::new()
    }

    fn contribute(&self, model: &mut Model, errors: &mut Errors) {
        let model_name = heck::ToSnakeCase::to_snake_case(model.ident.to_string().as_str());
        for permission in &self.0 {
            let code = permission.code.to_string();
            if DEFAULTS.iter().any(|action| code == format!("{action}_{model_name}")) {
                errors.at(&permission.code, format!("every model has `{code}`: leave it out"));
            }
            if model.slots.permissions.iter().any(|(known, _)| *known == code) {
                errors.at(&permission.code, format!("the permission `{code}` is named twice"));
            }
            model.slots.permissions.push((code, permission.name()));
        }
    }
}
