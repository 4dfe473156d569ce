//! `#[seo(slug = title, title = title, description = content)]`: `slug`, `seo_title`, `seo_description`,
//! `seo_keywords`, and the slug's history.

use quote::quote;
use syn::{Ident, Meta, Path};

use super::Capability;
use crate::diagnostics::{Errors, suggestion};
use crate::field_type::name_of;
use crate::index::Index;
use crate::model::{Generated, Model, Required, ident};

#[derive(darling::FromMeta)]
struct Seo {
    /// The field that slugs are made from.
    slug: Ident,
    /// The field that an empty `seo_title` is made from.
    title: Option<Ident>,
    /// The field that an empty `seo_description` is made from.
    description: Option<Ident>,
}

pub fn parse(meta: &Meta, errors: &mut Errors) -> Option<Box<dyn Capability>> {
    if let Meta::Path(_) = meta {
        errors.at(meta, "name the field that slugs are made from: `#[seo(slug = title)]`");
        return None;
    }
    errors.take(meta, <Seo as darling::FromMeta>::from_meta(meta)).map(|it| Box::new(it) as _)
}

impl Capability for Seo {
    fn name(&self) -> &'static str {
        "seo"
    }

    fn fields(&self, krate: &Path) -> Vec<Required> {
        let text = |name, docs, max_length| {
            let empty = quote!(::std::string::String::new());
            Required::new(ident(name), quote!(::std::string::String), docs, empty).max_length(max_length)
        };
        vec![
            text("slug", "The row's name in URLs.", 255).refuses(quote!(#krate::seo::refuse_slug)),
            text("seo_title", "The title that search engines show.", 60).sql_default("''"),
            text("seo_description", "The description that search engines show.", 160).sql_default("''"),
            text("seo_keywords", "Keywords for search engines, with commas between them.", 255)
                .sql_default("''"),
        ]
    }

    fn contribute(&self, model: &mut Model, errors: &mut Errors) {
        for field in [Some(&self.slug), self.title.as_ref(), self.description.as_ref()].into_iter().flatten()
        {
            check_source(model, field, errors);
        }
        let slug = ident("slug");
        let column = model.column(&slug);
        let def = model.column_def(&slug);
        let get = model.body(quote!(&self.slug));
        let (krate, name, source) = (&model.krate, &model.ident, &self.slug);
        let seo = quote!(#krate::seo);
        model.slots.items.push(quote! {
            impl #seo::Seo for #name {
                const SLUG: &'static #krate::ColumnDef = #def;
                fn slug(&self) -> &str { #get }
            }
        });
        let table = quote!(<Self as #krate::Model>::TABLE);
        model.slots.prepare.push(quote!(#seo::fill_slug(&mut self.slug, &self.#source, #table, write);));
        let texts = [
            (&self.title, "seo_title", quote!(TITLE_LENGTH)),
            (&self.description, "seo_description", quote!(DESCRIPTION_LENGTH)),
        ];
        for (source, field, limit) in texts {
            if let Some(source) = source {
                let field = ident(field);
                model
                    .slots
                    .prepare
                    .push(quote!(#seo::fill_text(&mut self.#field, &self.#source, #seo::#limit);));
            }
        }
        model.slots.regenerate.push(quote!(self.slug = #seo::vary_slug(base, attempt);));
        model.slots.companions.push(quote!(|table, dialect| #seo::schema(table, #column, dialect)));
        let scope = model.scope();
        model.index(Index::on([column.as_str()]).unique().filtered(scope));
        model.slots.generated = Some(Generated { column, reserved: format!("{}_slug_history", model.table) });
    }
}

fn check_source(model: &Model, field: &Ident, errors: &mut Errors) {
    let names: Vec<String> = model.fields.iter().map(|known| known.ident.to_string()).collect();
    match model.position(field) {
        None => {
            let near = suggestion(&field.to_string(), names.iter().map(String::as_str));
            errors.at(field, format!("`{}` has no field `{field}`{near}", model.ident));
        }
        Some(position) if name_of(&model.fields[position].ty).is_none_or(|name| name != "String") => {
            errors.at(field, "slugs and texts are made from a field of type `String`");
        }
        Some(_) => {}
    }
}
