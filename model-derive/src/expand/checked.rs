//! The build-time checks: every fixed statement goes through sqlx's macros, in code that never runs.

use std::env;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::table;
use crate::diagnostics::Errors;
use crate::model::Model;
use crate::sql;

pub fn expand(model: &Model, errors: &mut Errors) -> Option<TokenStream> {
    if !model.checked || model.broken || is_set("MODEL_UNCHECKED") {
        return None;
    }
    if !has_schema() {
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
    Some(quote! {
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
    })
}

/// The fixed statements, each once.
fn statements(model: &Model) -> Vec<(String, usize)> {
    let own = [
        sql::get(model),
        sql::reload(model),
        sql::insert(model),
        sql::update(model),
        sql::remove(model),
        table::delete(model),
    ];
    let generated = model.slots.generated.iter().map(|generated| sql::insert_unless_taken(model, generated));
    let all = own.into_iter().chain(generated).map(|statement| (statement.sql, statement.parameters));
    let mut statements: Vec<(String, usize)> = Vec::new();
    for statement in all.chain(model.slots.statements.iter().cloned()) {
        if !statements.contains(&statement) {
            statements.push(statement);
        }
    }
    statements
}

/// Whether sqlx has something to check against; its own message comes once for each statement.
fn has_schema() -> bool {
    if ["DATABASE_URL", "SQLX_OFFLINE", "SQLX_OFFLINE_DIR"].into_iter().any(is_set) {
        return true;
    }
    let Some(folder) = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) else { return true };
    folder
        .ancestors()
        .any(|folder| exists(folder, ".env") || exists(folder, ".sqlx") || exists(folder, "sqlx.toml"))
}

/// Whether an environment variable is set. `MODEL_UNCHECKED` lets a program be built that prints its first migration.
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}
