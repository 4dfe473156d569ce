//! The build-time checks: the columns, and what the fixed statements ask of the schema, go through sqlx's macros, in code
//! that never runs.
//!
//! Each call of such a macro opens the database and reads its whole schema, so there are few. Nothing is bound and
//! nothing comes back but the columns: the compiler checks the code for each parameter and each column of a result.

use std::env;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use crate::diagnostics::Errors;
use crate::model::Model;
use crate::sql;

/// What sqlx has to check statements against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// A SQLite database, which takes several statements at once.
    Sqlite,
    /// A database, or what `cargo sqlx prepare` wrote: one statement at a time.
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
        let offline = ["SQLX_OFFLINE", "SQLX_OFFLINE_DIR"].into_iter().any(is_set);
        let beside = |files: &[&str]| {
            let folder = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
            folder.is_none_or(|folder| {
                folder.ancestors().any(|folder| files.iter().any(|file| folder.join(file).exists()))
            })
        };
        // These files may name another database. What is prepared must be one text wherever it was prepared.
        let configured = offline || beside(&[".env", "sqlx.toml"]);
        match env::var("DATABASE_URL") {
            Ok(url) if url.starts_with("sqlite:") && !configured => Self::Sqlite,
            Ok(url) if !url.is_empty() => Self::Present,
            _ if configured || beside(&[".sqlx"]) => Self::Present,
            _ => Self::Absent,
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
    Some(checks(model, schema == Schema::Sqlite))
}

/// The checks, whether or not there is a schema; the statements at once, or one by one.
pub fn checks(model: &Model, at_once: bool) -> TokenStream {
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
        quote_spanned!(ty.span()=> __c::<#ty, _, _>(db, #value);)
    });
    let mut statements = sql::checks(model);
    statements.extend(model.slots.statements.iter().cloned());
    if at_once {
        statements = vec![statements.join("; ")];
    }
    let statements = statements.iter().map(|sql| quote!(let _ = ::sqlx::query_unchecked!(#sql);));
    let check = format_ident!("check");
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use ::std::prelude::rust_2024::*;
            #[allow(dead_code, unused_variables, unreachable_code, clippy::all)]
            fn #check() {
                use #krate::checked::column as __c;
                let (db, row) = #krate::checked::record(::sqlx::query!(#all));
                #(#columns)*
                #(#statements)*
            }
        };
    }
}

/// Whether an environment variable is set.
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}
