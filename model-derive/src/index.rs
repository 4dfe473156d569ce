//! `#[index(…)]` and `#[unique(…)]`.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Meta, Token};

use crate::diagnostics::{Errors, suggestion};
use crate::model::Model;

/// PostgreSQL's longest name, in bytes.
const NAME_LENGTH: usize = 63;

/// An index.
#[derive(Clone)]
pub struct Index {
    pub name: Option<String>,
    /// Columns and expressions, as SQL.
    pub parts: Vec<String>,
    pub unique: bool,
    pub filter: Option<String>,
}

impl Index {
    /// An index on columns; a name that ends in ` DESC` descends.
    pub fn on<'c>(columns: impl IntoIterator<Item = &'c str>) -> Self {
        let part = |column: &str| match column.strip_suffix(" DESC") {
            Some(column) => format!("\"{column}\" DESC"),
            None => format!("\"{column}\""),
        };
        Self { name: None, parts: columns.into_iter().map(part).collect(), unique: false, filter: None }
    }

    /// An index on an expression.
    pub fn of(expression: String) -> Self {
        Self { name: None, parts: vec![expression], unique: false, filter: None }
    }

    /// Only on rows that meet the condition.
    pub fn filtered(mut self, filter: Option<String>) -> Self {
        self.filter = filter;
        self
    }

    /// Unique.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Its name: what the attribute says, or `{table}_{columns}_key` and `…_idx`. A condition of its own marks the
    /// name, since there can be several on the same columns; the default scope of a unique one does not.
    pub fn name(&self, table: &str, scope: Option<&str>) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let mut name = table.to_owned();
        for word in self.parts.join("_").to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()) {
            if !word.is_empty() {
                name.push('_');
                name.push_str(word);
            }
        }
        let kind = if self.unique { "key" } else { "idx" };
        let suffix = match &self.filter {
            Some(filter) if !self.unique || scope != Some(filter) => {
                format!("_{:04x}_{kind}", checksum(filter) & 0xffff)
            }
            _ => format!("_{kind}"),
        };
        name.truncate(NAME_LENGTH - suffix.len());
        name + &suffix
    }
}

/// FNV-1a: the same for every build and compiler.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

enum Part {
    Column(Ident, bool),
    Expression(LitStr),
}

#[derive(Default)]
struct Args {
    parts: Vec<Part>,
    name: Option<LitStr>,
    filter: Option<LitStr>,
}

impl Parse for Args {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            if input.peek(LitStr) {
                args.parts.push(Part::Expression(input.parse()?));
            } else {
                let name = input.call(Ident::parse_any)?;
                if input.peek(Token![=]) {
                    input.parse::<Token![=]>()?;
                    let value: LitStr = input.parse()?;
                    match name.to_string().as_str() {
                        "name" => args.name = Some(value),
                        "where" => args.filter = Some(value),
                        other => {
                            let near = suggestion(other, ["name", "where"]);
                            return Err(syn::Error::new(name.span(), format!("unknown key `{other}`{near}")));
                        }
                    }
                } else {
                    args.parts.push(Part::Column(name, descends(input)?));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(args)
    }
}

/// `(asc)` or `(desc)` behind a column.
fn descends(input: ParseStream) -> syn::Result<bool> {
    if !input.peek(syn::token::Paren) {
        return Ok(false);
    }
    let inner;
    syn::parenthesized!(inner in input);
    let order: Ident = inner.parse()?;
    match order.to_string().as_str() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(syn::Error::new(order.span(), "an order is `asc` or `desc`")),
    }
}

/// Adds the index of an attribute to the model. A unique one holds among the rows in the default scope.
pub fn parse(meta: &Meta, model: &mut Model, errors: &mut Errors) {
    let unique = meta.path().is_ident("unique");
    let parsed = match meta {
        Meta::List(list) => list.parse_args::<Args>(),
        _ => Ok(Args::default()),
    };
    let args = match parsed {
        Ok(args) if args.parts.is_empty() => {
            let name = if unique { "unique" } else { "index" };
            return errors.at(meta, format!("name the fields: `#[{name}(author_id, created_at(desc))]`"));
        }
        Ok(args) => args,
        Err(error) => return errors.push(error),
    };
    let mut parts = Vec::new();
    for part in &args.parts {
        match part {
            Part::Expression(sql) => parts.push(sql.value()),
            Part::Column(name, descending) => {
                let Some(position) = model.position(name) else {
                    let names: Vec<String> =
                        model.fields.iter().map(|field| field.ident.to_string()).collect();
                    let near = suggestion(&name.to_string(), names.iter().map(String::as_str));
                    errors.at(name, format!("`{}` has no field `{name}`{near}", model.ident));
                    continue;
                };
                let order = if *descending { " DESC" } else { "" };
                parts.push(format!("\"{}\"{order}", model.fields[position].column));
            }
        }
    }
    let filter = args.filter.map(|filter| filter.value());
    let filter = if unique { both(filter, model.scope()) } else { filter };
    let name = args.name.map(|name| name.value());
    model.index(Index { name, parts, unique, filter });
}

fn both(filter: Option<String>, scope: Option<String>) -> Option<String> {
    match (filter, scope) {
        (Some(filter), Some(scope)) => Some(format!("({filter}) AND {scope}")),
        (filter, scope) => filter.or(scope),
    }
}
