//! From tokens to the intermediate representation.

use darling::FromMeta;
use darling::ast::NestedMeta;
use darling::util::Flag;
use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Meta, Path};

use crate::capability::{self, Capability};
use crate::diagnostics::{Errors, suggestion};
use crate::field::{self, Field, OnDelete};
use crate::field_type::name_of;
use crate::index::{self, Index};
use crate::many_to_many;
use crate::model::{Id, Model, Required, Role, Slots, ident};

/// The keys of `#[model(…)]`.
#[derive(FromMeta, Default)]
struct ModelArgs {
    table: Option<LitStr>,
    label: Option<LitStr>,
    app: Option<LitStr>,
    display: Option<Ident>,
    id: Option<Id>,
    order: Option<LitStr>,
    companions: Option<Path>,
    hooks: Flag,
    append_only: Flag,
    unchecked: Flag,
    #[darling(rename = "crate")]
    krate: Option<Path>,
}

/// The attributes of a struct, told apart.
#[derive(Default)]
pub struct Attributes {
    args: ModelArgs,
    /// The capabilities, in the order of their list.
    pub capabilities: Vec<Box<dyn Capability>>,
    indexes: Vec<Meta>,
    links: Vec<Meta>,
}

impl Attributes {
    /// Reads the struct's attributes. A capability stands as `#[name]`, `#[name(…)]` or within `#[model(…)]`.
    pub fn parse(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        let mut found: Vec<Meta> = Vec::new();
        let mut has_model = false;
        for attribute in &input.attrs {
            let Some(name) = attribute.path().get_ident().map(Ident::to_string) else { continue };
            match name.as_str() {
                "model" if has_model => {
                    errors.at(attribute, "duplicate attribute `#[model]`; put all keys into one");
                }
                "model" => {
                    has_model = true;
                    parsed.model(&attribute.meta, &mut found, errors);
                }
                "many_to_many" => parsed.links.push(attribute.meta.clone()),
                "index" | "unique" => parsed.indexes.push(attribute.meta.clone()),
                _ if capability::is_known(&name) => found.push(attribute.meta.clone()),
                _ => {}
            }
        }
        for (name, parse) in capability::ALL {
            let mut metas = found.iter().filter(|meta| meta.path().is_ident(name));
            let Some(meta) = metas.next() else { continue };
            for duplicate in metas {
                errors.at(duplicate, format!("duplicate attribute `#[{name}]`"));
            }
            parsed.capabilities.extend(parse(meta, errors));
        }
        parsed
    }

    fn model(&mut self, meta: &Meta, capabilities: &mut Vec<Meta>, errors: &mut Errors) {
        let Meta::List(list) = meta else {
            return errors.at(meta, "write keys in parentheses: `#[model(table = \"posts\")]`");
        };
        let metas = match NestedMeta::parse_meta_list(list.tokens.clone()) {
            Ok(metas) => metas,
            Err(error) => return errors.push(error),
        };
        let mut own = Vec::new();
        for item in metas {
            match item {
                NestedMeta::Meta(meta)
                    if meta
                        .path()
                        .get_ident()
                        .is_some_and(|name| capability::is_known(&name.to_string())) =>
                {
                    capabilities.push(meta);
                }
                item => own.push(item),
            }
        }
        if let Some(args) = errors.take(meta, ModelArgs::from_list(&own)) {
            self.args = args;
        }
    }

    /// The path of the runtime.
    pub fn krate(&self) -> Path {
        self.args.krate.clone().unwrap_or_else(|| syn::parse_quote!(::model_runtime))
    }

    /// Who makes the key, where the struct does not list it.
    pub fn id(&self) -> Id {
        self.args.id.unwrap_or_default()
    }

    /// Who makes the key, by its type where the struct lists it.
    fn id_of(&self, fields: &[Field], errors: &mut Errors) -> Id {
        let key = fields.iter().find(|field| field.role == Role::Key);
        let by_database = key.is_some_and(|key| name_of(&key.ty).is_some_and(|name| name == "i64"));
        match (self.args.id, by_database) {
            (Some(Id::I64) | None, true) => Id::I64,
            (Some(Id::I64), false) if key.is_some() => {
                errors.at(&key.map(|key| &key.ty), "`id = i64` wants `pub id: i64`");
                Id::I64
            }
            (Some(_), true) => {
                errors.at(&key.map(|key| &key.ty), "a UUID made by the client wants `pub id: Uuid`");
                Id::I64
            }
            (id, _) => id.unwrap_or_default(),
        }
    }
}

/// Reads a struct. `None` where it is none that could be a model.
pub fn parse(input: &DeriveInput, errors: &mut Errors) -> Option<Model> {
    let fields = named_fields(input, errors)?;
    let attributes = Attributes::parse(input, errors);
    let fields: Vec<Field> = fields.iter().filter_map(|field| Field::parse(field, errors)).collect();
    let name = input.ident.to_string().to_snake_case();
    let args = &attributes.args;
    let table = args.table.as_ref().map_or_else(|| plural(&name), LitStr::value);
    if table.is_empty() || table.contains(['"', '`', '\0']) {
        errors.at(&args.table.to_token_stream(), "this cannot be the name of a table");
    }
    let label = match (&args.label, &args.app) {
        (Some(label), _) => label.to_token_stream(),
        (None, Some(app)) => format!("{}.{name}", app.value()).to_token_stream(),
        (None, None) => quote!(::core::concat!(::core::env!("CARGO_PKG_NAME"), ".", #name)),
    };
    let mut model = Model {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        krate: attributes.krate(),
        table,
        label,
        docs: field::docs(&input.attrs),
        display: args.display.clone(),
        hooks: args.hooks.is_present().then(|| args.hooks.span()),
        append_only: args.append_only.is_present(),
        checked: !args.unchecked.is_present(),
        id: attributes.id_of(&fields, errors),
        fields,
        indexes: Vec::new(),
        slots: Slots::default(),
        links: attributes.links.iter().filter_map(|meta| many_to_many::parse(meta, errors)).collect(),
        broken: false,
    };
    check_display(&model, errors);
    contribute(&mut model, &attributes, errors);
    if let Some(order) = &args.order {
        model.slots.order = parse_order(order, &model, errors);
    }
    model.slots.companions.extend(args.companions.as_ref().map(ToTokens::to_token_stream));
    Some(model)
}

/// Lets capabilities adopt their fields and fill the slots, then adds the indexes of the struct's own.
fn contribute(model: &mut Model, attributes: &Attributes, errors: &mut Errors) {
    let mut missing = Vec::new();
    if model.key().is_none() {
        missing.push(format!("{} // the key", key(model.id, &model.krate).paste()));
    }
    for capability in &attributes.capabilities {
        for required in required(capability.as_ref(), &model.krate, &model.fields) {
            check_required(model, capability.name(), &required, &mut missing, errors);
            model.adopt(&required);
        }
    }
    if !missing.is_empty() {
        let lines = missing.join("\n    ");
        errors.at(
            &model.ident,
            format!(
                "`{}` lacks fields; add `#[mixins]` above the derive, or paste them into the struct:\n    {lines}",
                model.ident
            ),
        );
    }
    model.broken = !errors.is_empty();
    // Unique indexes hold within the default scope, so all scopes come first.
    for capability in &attributes.capabilities {
        capability.scope(model);
    }
    for capability in &attributes.capabilities {
        capability.contribute(model, errors);
    }
    let scope = model.scope();
    for position in 0..model.fields.len() {
        let field = &model.fields[position];
        let on = Index::on([field.column.as_str()]);
        let (unique, indexed) = (field.unique, field.indexed || field.belongs_to.is_some());
        if unique {
            model.index(on.clone().unique().filtered(scope.clone()));
        }
        // A unique index of the live rows does not find the others.
        if indexed && (!unique || scope.is_some()) {
            model.index(on);
        }
    }
    for meta in &attributes.indexes {
        index::parse(meta, model, errors);
    }
}

/// The fields that a capability needs beside those of the struct.
pub fn required(capability: &dyn Capability, krate: &Path, fields: &[Field]) -> Vec<Required> {
    let mut required = capability.fields(krate);
    let cascades =
        |field: &Field| field.belongs_to.as_ref().is_some_and(|it| it.on_delete == OnDelete::Cascade);
    if fields.iter().any(cascades) {
        required.extend(capability.cascade_fields(krate));
    }
    required
}

/// The fields of a struct that can be a model.
pub fn named_fields<'i>(
    input: &'i DeriveInput,
    errors: &mut Errors,
) -> Option<&'i syn::punctuated::Punctuated<syn::Field, syn::Token![,]>> {
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "a model cannot be generic: it is one table");
        return None;
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            Fields::Unnamed(_) => {
                errors.at(&input.ident, "a model wants named fields: each is a column of that name");
            }
            Fields::Unit => errors.at(&input.ident, "a model wants fields: each is a column"),
        },
        Data::Enum(_) => {
            errors.at(
                &input.ident,
                "an enum cannot be a model; for a column of an enum's values derive `ModelEnum`",
            );
        }
        Data::Union(_) => errors.at(&input.ident, "a union cannot be a model"),
    }
    None
}

/// The key as a field that the struct may lack.
pub fn key(id: Id, krate: &Path) -> Required {
    let ty = match id {
        Id::V4 | Id::V7 => quote!(#krate::__private::Uuid),
        Id::I64 => quote!(::core::primitive::i64),
    };
    Required::new(ident("id"), ty, "The key.", TokenStream::new())
}

fn check_required(
    model: &Model,
    capability: &str,
    required: &Required,
    missing: &mut Vec<String>,
    errors: &mut Errors,
) {
    match model.position(&required.name) {
        None => missing.push(format!("{} // #[{capability}]", required.paste())),
        Some(position) => {
            let ty = &model.fields[position].ty;
            if !required.matches(ty) {
                errors.at(ty, format!("`#[{capability}]` needs this field as\n    {}", required.paste()));
            }
        }
    }
}

fn check_display(model: &Model, errors: &mut Errors) {
    if let Some(display) = &model.display
        && model.position(display).is_none()
    {
        let names: Vec<String> = model.fields.iter().map(|field| field.ident.to_string()).collect();
        let near = suggestion(&display.to_string(), names.iter().map(String::as_str));
        errors.at(display, format!("`{}` has no field `{display}`{near}", model.ident));
    }
}

/// `"-created_at, title"`: the default order, as field names; a minus is before those that descend.
fn parse_order(order: &LitStr, model: &Model, errors: &mut Errors) -> Vec<(String, bool)> {
    let text = order.value();
    let parts = text.split(',').map(str::trim).filter_map(|part| {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        let known = model.fields.iter().find(|field| field.ident == name);
        if known.is_none() {
            let names: Vec<String> = model.fields.iter().map(|field| field.ident.to_string()).collect();
            let near = suggestion(name, names.iter().map(String::as_str));
            errors.at(order, format!("`{}` has no field `{name}` to be ordered by{near}", model.ident));
        }
        known.map(|field| (field.column.clone(), descending))
    });
    parts.collect()
}

/// The plural of an English noun, for the default table name.
pub fn plural(noun: &str) -> String {
    let consonant_y = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match consonant_y {
        Some(stem) => format!("{stem}ies"),
        None if noun.ends_with(['s', 'x', 'z']) || noun.ends_with("ch") || noun.ends_with("sh") => {
            format!("{noun}es")
        }
        None => format!("{noun}s"),
    }
}

/// The whole token stream as one struct, enum or union.
pub fn item(tokens: TokenStream, errors: &mut Errors) -> Option<DeriveInput> {
    syn::parse2(tokens).map_err(|error| errors.push(error)).ok()
}
