//! `#[searchable(title = A, content = B, language = "english")]`: full-text search.

use darling::FromMeta;
use darling::ast::NestedMeta;
use quote::{format_ident, quote};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Meta, Path};

use super::Capability;
use crate::diagnostics::{Errors, suggestion};
use crate::field::Recording;
use crate::field_type::name_of;
use crate::keyword::keywords;
use crate::model::{Model, Required};

/// How much a field counts; see `model_runtime::searchable::Weight`.
#[derive(Clone, Copy, Debug)]
enum Weight {
    A,
    B,
    C,
    D,
}

keywords!(Weight: "A" => A, "B" => B, "C" => C, "D" => D);

struct Searchable {
    fields: Vec<(Ident, Weight)>,
    language: String,
}

/// The text search configurations that PostgreSQL 14 has.
const LANGUAGES: [&str; 29] = [
    "simple",
    "arabic",
    "armenian",
    "basque",
    "catalan",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "lithuanian",
    "nepali",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "spanish",
    "swedish",
    "tamil",
    "turkish",
    "yiddish",
];

/// The column that PostgreSQL keeps.
const VECTOR: &str = "search_vector";

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    let usage =
        "name the fields to search and their weights, A to D: `#[searchable(title = A, content = B)]`";
    let Meta::List(list) = meta else {
        errors.at(meta, usage);
        return None;
    };
    let items = match NestedMeta::parse_meta_list(list.tokens.clone()) {
        Ok(items) => items,
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    let mut searchable = Searchable { fields: Vec::new(), language: "english".to_owned() };
    let before = errors.count();
    for item in &items {
        let NestedMeta::Meta(Meta::NameValue(pair)) = item else {
            errors.at(item, usage);
            continue;
        };
        let (Some(name), value) = (pair.path.get_ident(), &pair.value) else {
            errors.at(&pair.path, usage);
            continue;
        };
        match value {
            Expr::Lit(ExprLit { lit: Lit::Str(language), .. }) if name == "language" => {
                check_language(language, errors);
                searchable.language = language.value();
            }
            weight => {
                let weight = errors.take(weight, Weight::from_expr(weight));
                if searchable.fields.iter().any(|(known, _)| known == name) {
                    errors.at(name, format!("`{name}` is named twice"));
                }
                searchable.fields.extend(weight.map(|weight| (name.clone(), weight)));
            }
        }
    }
    if searchable.fields.is_empty() && errors.count() == before {
        errors.at(meta, usage);
    }
    Some(Box::new(searchable))
}

fn check_language(language: &LitStr, errors: &mut Errors) {
    let name = language.value();
    if !LANGUAGES.contains(&name.as_str()) {
        errors.at(language, format!("unknown language `{name}`{}", suggestion(&name, LANGUAGES)));
    }
}

impl Capability for Searchable {
    fn name(&self) -> &'static str {
        "searchable"
    }

    fn fields(&self, _: &Path) -> Vec<Required> {
        Vec::new()
    }

    fn contribute(&self, model: &mut Model, errors: &mut Errors) {
        for (field, _) in &self.fields {
            check_field(model, field, errors);
        }
        if let Some(field) = model.fields.iter().find(|field| field.column == VECTOR) {
            errors.at(&field.ident, format!("`#[searchable]` keeps a column `{VECTOR}` of its own"));
        }
        let (krate, name, language) = (&model.krate, &model.ident, &self.language);
        let searchable = quote!(#krate::searchable);
        let columns = self.fields.iter().map(|(field, weight)| {
            let (column, weight) = (model.column(field), format_ident!("{weight:?}"));
            quote!((#column, #searchable::Weight::#weight))
        });
        model.slots.items.push(quote! {
            impl #searchable::Searchable for #name {
                const SEARCH: &'static #searchable::SearchDef =
                    &#searchable::SearchDef { language: #language, columns: &[#(#columns),*] };
            }
        });
        model.slots.companions.push(quote! {
            |table, dialect| {
                #searchable::schema(table, <#name as #searchable::Searchable>::SEARCH, dialect)
            }
        });
    }
}

fn check_field(model: &Model, field: &Ident, errors: &mut Errors) {
    let Some(position) = model.position(field) else {
        let names: Vec<String> = model.fields.iter().map(|known| known.ident.to_string()).collect();
        let near = suggestion(&field.to_string(), names.iter().map(String::as_str));
        return errors.at(field, format!("`{}` has no field `{field}`{near}", model.ident));
    };
    let found = &model.fields[position];
    if name_of(found.inner_type()).is_none_or(|name| name != "String") {
        errors.at(field, "what is searched is a field of type `String` or `Option<String>`");
    } else if found.recording == Recording::Mask {
        errors.at(field, format!("`{field}` is masked, and a search would tell what it holds"));
    }
}
