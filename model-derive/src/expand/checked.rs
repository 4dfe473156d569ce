//! The build-time checks: every fixed statement goes through sqlx's macros, in code that never runs.

use std::env;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::table;
use crate::diagnostics::Errors;
use crate::model::Model;
use crate::sql;

/// What sqlx has to check statements against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// A database, or what `cargo sqlx prepare` wrote.
    Present,
    /// Nothing; its own message would come once for each statement.
    Absent,
    /// Nothing is to be checked.
    Ignored,
}

impl Schema {
    /// As the environment says. `MODEL_UNCHECKED` lets a program be built that prints its first migration.
    pub fn of_environment() -> Self {
        if is_set("MODEL_UNCHECKED") {
            return Self::Ignored;
        }
        let set = ["DATABASE_URL", "SQLX_OFFLINE", "SQLX_OFFLINE_DIR"].into_iter().any(is_set);
        let beside = |folder: PathBuf| {
            let files = [".env", ".sqlx", "sqlx.toml"];
            folder.ancestors().any(|folder| files.iter().any(|file| folder.join(file).exists()))
        };
        if set || env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).is_none_or(beside) {
            Self::Present
        } else {
            Self::Absent
        }
    }
}

pub fn expand(model: &Model, schema: Schema, errors: &mut Errors) -> Option<TokenStream> {
    if !model.checked || model.broken || schema == Schema::Ignored {
        return None;
    }
    if schema == Schema::Absent {
        errors.at(
            &model.ident,
            format!(
                "`{}` cannot be checked: there is no schema to check it against\n\
                 with SQLite: add a build.rs with `fn main() {{ model_runtime::build::sqlite(\"migrations\"); }}`\n\
                 with PostgreSQL: set DATABASE_URL, or have `cargo sqlx prepare` write `.sqlx`\n\
                 without a check: `#[model(unchecked)]`",
                model.ident
            ),
        );
        return None;
    }
    Some(checks(model))
}

/// The checks, whether or not there is a schema.
pub fn checks(model: &Model) -> TokenStream {
    let krate = &model.krate;
    // All columns of the table, so that one which is missing is missed at its field.
    let all = format!("SELECT * FROM \"{}\"", model.table);
    let columns = model.fields.iter().map(|field| {
        let span = field.ident.span();
        // A keyword as a column's name is a raw identifier in sqlx's record.
        let column = syn::parse_str::<Ident>(&field.column)
            .map_or_else(|_| Ident::new_raw(&field.column, span), |_| Ident::new(&field.column, span));
        let ty = &field.ty;
        let value = quote_spanned!(field.ident.span()=> &row.#column);
        quote_spanned!(ty.span()=> #krate::checked::column::<#ty, _, _>(db, #value);)
    });
    let statements = statements(model).into_iter().map(|(sql, parameters)| {
        let parameters = (0..parameters).map(|_| quote!(0_i32));
        quote!(let _ = ::sqlx::query_unchecked!(#sql #(, #parameters)*);)
    });
    let check = format_ident!("check");
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use ::std::prelude::rust_2024::*;
            #[allow(dead_code, unused_variables, unreachable_code, clippy::all)]
            fn #check() {
                let (db, row) = #krate::checked::record(::sqlx::query!(#all));
                #(#columns)*
                #(#statements)*
            }
        };
    }
}

/// The fixed statements, each once.
fn statements(model: &Model) -> Vec<(String, usize)> {
    let own =
        [sql::get(model), sql::reload(model), sql::insert(model), sql::update(model), sql::remove(model)];
    let own = own.into_iter().chain(table::delete(model).map(|change| change.statement));
    let generated = model.slots.generated.iter().map(|generated| sql::insert_unless_taken(model, generated));
    let all = own.chain(generated).map(|statement| (statement.sql, statement.parameters));
    let mut statements: Vec<(String, usize)> = Vec::new();
    for statement in all.chain(model.slots.statements.iter().cloned()) {
        if !statements.contains(&statement) {
            statements.push(statement);
        }
    }
    statements
}

/// Whether an environment variable is set.
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}
