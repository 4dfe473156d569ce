//! `#[user]`: somebody who signs in.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Meta, Path};

use super::{Capability, arguments};
use crate::diagnostics::Errors;
use crate::field::Recording;
use crate::index::Index;
use crate::model::{Model, Required, Role, ident};

#[derive(Default, darling::FromMeta)]
struct User {}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    arguments::<User>(meta, errors).map(|it| Box::new(it) as _)
}

/// The fields that the runtime changes by itself.
const CHANGED: [&str; 10] = [
    "email",
    "is_active",
    "is_staff",
    "is_superuser",
    "password",
    "avatar",
    "is_verified",
    "verified_at",
    "two_factor_enabled",
    "last_login_at",
];

impl Capability for User {
    fn name(&self) -> &'static str {
        "user"
    }

    fn fields(&self, krate: &Path) -> Vec<Required> {
        let text = |name, docs, max_length| {
            let empty = quote!(::std::string::String::new());
            Required::new(ident(name), quote!(::std::string::String), docs, empty)
                .max_length(max_length)
                .sql_default("''")
        };
        let flag = |name, docs, default: bool| {
            Required::new(ident(name), quote!(::core::primitive::bool), docs, quote!(#default))
                .sql_default(if default { "TRUE" } else { "FALSE" })
        };
        let optional = |name, docs, ty: TokenStream| {
            Required::new(ident(name), quote!(::core::option::Option<#ty>), docs, TokenStream::new())
        };
        let time = quote!(#krate::__private::DateTime<#krate::__private::Utc>);
        let users = quote!(#krate::users);
        vec![
            optional("username", "A name to be called by; unique.", quote!(::std::string::String))
                .max_length(150)
                .refuses(quote!(#users::refuse_username)),
            Required::new(
                ident("email"),
                quote!(::std::string::String),
                "The e-mail address, by which the user signs in; unique in any case of its letters.",
                TokenStream::new(),
            )
            .max_length(254)
            .refuses(quote!(#users::email::refuse)),
            Required::new(
                ident("password"),
                quote!(#users::PasswordHash),
                "The hash of the password.",
                quote!(#users::PasswordHash::unusable()),
            )
            .max_length(255)
            .role(Role::Managed),
            text("first_name", "The given name.", 150),
            text("last_name", "The family name.", 150),
            text("phone_number", "The phone number.", 20),
            optional("avatar", "The picture.", quote!(#krate::files::StoredFile)).role(Role::Managed),
            text("bio", "What the user says of themselves.", 500),
            flag("is_active", "Whether the user may sign in.", true).role(Role::Managed),
            flag("is_staff", "Whether the user may see the staff's pages.", false).role(Role::Managed),
            flag("is_superuser", "Whether the user has every permission.", false).role(Role::Managed),
            flag("is_verified", "Whether the e-mail address was verified.", false).role(Role::Managed),
            optional("verified_at", "When the e-mail address was verified.", time.clone())
                .role(Role::Managed),
            flag("two_factor_enabled", "Whether signing in takes a second factor.", false)
                .role(Role::Managed),
            // A sign-in is no edit: it is logged, and leaves no record.
            optional("last_login_at", "When the user last signed in.", time)
                .role(Role::Managed)
                .recording(Recording::Skip),
        ]
    }

    fn contribute(&self, model: &mut Model, errors: &mut Errors) {
        let password = model.position(&ident("password")).map(|position| &model.fields[position]);
        if let Some(track) =
            password.filter(|field| field.recording != Recording::Mask).and_then(|it| it.track)
        {
            errors.at_span(track, "a password is never told in records: leave it masked");
        }
        let (krate, name, vis) = (&model.krate, &model.ident, &model.vis);
        let users = quote!(#krate::users);
        let copied = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| ident(name)).collect();
            quote!(#(#names: self.#names,)*)
        };
        let borrowed = ["email", "password", "first_name", "last_name", "phone_number", "bio"].map(ident);
        let copied = copied(&[
            "is_active",
            "is_staff",
            "is_superuser",
            "is_verified",
            "verified_at",
            "two_factor_enabled",
            "last_login_at",
        ]);
        let account = model.body(quote! {
            #users::Account {
                username: self.username.as_deref(),
                avatar: self.avatar.as_ref(),
                #(#borrowed: &self.#borrowed,)*
                #copied
            }
        });
        let changed = CHANGED.map(ident);
        let account_mut = model.body(quote!(#users::AccountMut { #(#changed: &mut self.#changed,)* }));
        model.slots.items.push(quote! {
            impl #users::UserModel for #name {
                fn account(&self) -> #users::Account<'_> { #account }
                fn account_mut(&mut self) -> #users::AccountMut<'_> { #account_mut }
            }
        });
        let builder = format_ident!("{name}Builder");
        let superuser = (!model.broken).then(|| {
            quote! {
                #[allow(dead_code)]
                impl #name {
                    /// Starts a new superuser: staff, with every permission, and verified.
                    #vis fn superuser() -> #builder {
                        let verified = Self::builder().is_verified(true).verified_at(#krate::clock::now());
                        verified.is_staff(true).is_superuser(true)
                    }
                }
            }
        });
        model.slots.items.extend(superuser);
        model.slots.prepare.push(quote!(#users::prepare(&mut self.username, &mut self.email);));
        model.slots.companions.push(quote!(#users::companions));
        if model.display.is_none() {
            model.display = Some(ident("email"));
            model.slots.display = Some(quote!(#users::UserRow::get_display_name(self)));
        }
        let scope = model.scope();
        let [username, email, verified] =
            ["username", "email", "is_verified"].map(|field| model.column(&ident(field)));
        model.index(Index::on([username.as_str()]).unique().filtered(scope.clone()));
        model.index(Index::of(format!("lower(\"{email}\")")).unique().filtered(scope));
        model.index(Index::on([verified.as_str()]));
    }
}
