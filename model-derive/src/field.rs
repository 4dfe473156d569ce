//! Fields: `#[column(…)]` and `#[belongs_to(…)]`.

use darling::FromMeta;
use darling::util::{Flag, SpannedValue};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Path, Type};

use crate::diagnostics::Errors;
use crate::field_type::{self, name_of};
use crate::keyword::keywords;
use crate::model::Role;

/// The most digits that a `Decimal` column has: those of an `i64`, as which SQLite stores it.
const MAX_PRECISION: u32 = 18;

/// A field and its column.
pub struct Field {
    pub ident: Ident,
    pub ty: Type,
    /// The type was refused: only the struct itself has it.
    pub refused: bool,
    pub column: String,
    pub docs: String,
    pub role: Role,
    pub max_length: Option<u32>,
    pub precision: Option<u32>,
    pub scale: Option<u32>,
    pub default: Default,
    pub sql_default: Option<String>,
    pub check: Option<String>,
    /// Path of a function that refuses texts.
    pub refuses: Option<TokenStream>,
    pub unique: bool,
    pub indexed: bool,
    pub belongs_to: Option<BelongsTo>,
    pub recording: Recording,
    /// Where `#[track(…)]` stands.
    pub track: Option<Span>,
}

/// What records tell of a column; see `model_runtime::record::Recording`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recording {
    Full,
    Mask,
    Skip,
}

keywords!(Recording: "full" => Full, "mask" => Mask, "skip" => Skip);

impl Recording {
    /// That of a field whose attributes do not say: what is likely a secret is masked (rule 9).
    fn by_name(names: &[String]) -> Self {
        let words = ["password", "token", "secret"];
        let secret = names.iter().any(|name| words.iter().any(|word| name.contains(word)));
        if secret { Self::Mask } else { Self::Full }
    }
}

/// What the builder gives a field that the caller does not set.
pub enum Default {
    /// Nothing: it is required, unless it is an `Option`.
    None,
    /// `Default::default()`.
    Trait,
    /// An expression.
    Expr(Box<Expr>),
    /// What its capability says.
    Capability(TokenStream),
}

/// A foreign key.
pub struct BelongsTo {
    pub target: Path,
    pub on_delete: OnDelete,
    /// What the other model calls the rows that refer to one of its.
    pub related_name: Option<Ident>,
}

/// What happens to rows whose target is deleted; see `model_runtime::OnDelete`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDelete {
    Cascade,
    Protect,
    SetNull,
    Restrict,
    DoNothing,
}

keywords!(OnDelete: "cascade" => Cascade, "protect" => Protect, "set_null" => SetNull, "restrict" => Restrict,
    "do_nothing" => DoNothing);

#[derive(FromMeta)]
struct ColumnArgs {
    name: Option<SpannedValue<String>>,
    max_length: Option<SpannedValue<u32>>,
    precision: Option<SpannedValue<u32>>,
    scale: Option<SpannedValue<u32>>,
    default: Option<DefaultArg>,
    check: Option<LitStr>,
    unique: Flag,
    index: Flag,
}

enum DefaultArg {
    Trait,
    Expr(Box<Expr>),
}

impl FromMeta for DefaultArg {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self::Trait),
            Meta::NameValue(pair) => Ok(Self::Expr(Box::new(pair.value.clone()))),
            Meta::List(_) => {
                Err(darling::Error::custom("write `default` or `default = expression`").with_span(item))
            }
        }
    }
}

impl Field {
    /// Reads a field.
    pub fn parse(field: &syn::Field, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let mut parsed = Self {
            column: ident.unraw().to_string(),
            ty: field_type::ungrouped(&field.ty).clone(),
            refused: false,
            docs: docs(&field.attrs),
            role: if ident == "id" { Role::Key } else { Role::Data },
            max_length: None,
            precision: None,
            scale: None,
            default: Default::None,
            sql_default: None,
            check: None,
            refuses: None,
            unique: false,
            indexed: false,
            belongs_to: None,
            recording: Recording::Full,
            track: None,
            ident,
        };
        let mut seen = Vec::new();
        for attribute in &field.attrs {
            let Some(name) = attribute.path().get_ident() else { continue };
            if !["column", "belongs_to", "track"].iter().any(|known| name == known) {
                continue;
            }
            if seen.contains(&name) {
                errors.at(attribute, format!("duplicate attribute `#[{name}]`; put all keys into one"));
                continue;
            }
            seen.push(name);
            match name.to_string().as_str() {
                "column" => parsed.column_attribute(&attribute.meta, errors),
                "track" => {
                    parsed.track = Some(attribute.path().span());
                    parsed.recording = track(&attribute.meta, errors).unwrap_or(parsed.recording);
                }
                _ => parsed.belongs_to = belongs_to(&attribute.meta, errors),
            }
        }
        if parsed.track.is_none() {
            parsed.recording = Recording::by_name(&[parsed.ident.to_string(), parsed.column.clone()]);
        }
        parsed.check_type(errors);
        if let Some(BelongsTo { on_delete: OnDelete::SetNull, .. }) = parsed.belongs_to
            && !parsed.is_option()
        {
            let ty = type_of(&parsed.ty);
            errors.at(
                &field.ty,
                format!("`on_delete = set_null` wants a field that can be NULL: `Option<{ty}>`"),
            );
        }
        Some(parsed)
    }

    fn column_attribute(&mut self, meta: &Meta, errors: &mut Errors) {
        let Some(args) = errors.take(meta, ColumnArgs::from_meta(meta)) else { return };
        if let Some(name) = args.name {
            let unusable = ["self", "Self", "super", "crate", "_"].contains(&name.as_str());
            let word = syn::parse_str::<Ident>(&name).is_ok()
                || syn::parse_str::<Ident>(&format!("r#{}", *name)).is_ok();
            if unusable || !word {
                errors.at_span(
                    name.span(),
                    "a column's name has letters, digits and `_` only, and begins with a letter",
                );
            }
            self.column = name.to_string();
        }
        if let Some(length) = args.max_length {
            if let Some(name) = field_type::other_column(self.inner_type(), &["String"]) {
                errors
                    .at_span(length.span(), format!("`max_length` is for text, and the field is a `{name}`"));
            }
            self.max_length = Some(*length);
        }
        self.digits(args.precision, args.scale, errors);
        self.check = args.check.map(|check| check.value());
        self.unique = args.unique.is_present();
        self.indexed = args.index.is_present();
        match args.default {
            Some(DefaultArg::Trait) => {
                self.default = Default::Trait;
                self.sql_default = default_of(&self.ty).map(str::to_owned);
            }
            Some(DefaultArg::Expr(expr)) => {
                self.sql_default = sql_literal(&expr);
                self.default = Default::Expr(expr);
            }
            None => {}
        }
    }

    fn digits(
        &mut self,
        precision: Option<SpannedValue<u32>>,
        scale: Option<SpannedValue<u32>>,
        errors: &mut Errors,
    ) {
        let Some(place) = precision.as_ref().or(scale.as_ref()).map(SpannedValue::span) else { return };
        if let Some(name) = field_type::other_column(self.inner_type(), &["Decimal"]) {
            errors.at_span(place, format!("digits are for a `Decimal`, and the field is a `{name}`"));
        }
        let Some(precision) = precision else {
            errors
                .at_span(place, "`scale` wants `precision`, the digits in all: `precision = 10, scale = 2`");
            self.refused = true;
            return;
        };
        let scale = scale.map_or(0, |scale| *scale);
        if *precision > MAX_PRECISION || *precision == 0 || scale > *precision {
            errors.at_span(
                place,
                format!("`precision` is from 1 to {MAX_PRECISION}, and `scale` at most `precision`"),
            );
        }
        (self.precision, self.scale) = (Some(*precision), Some(scale));
    }

    /// Refuses what the type's name tells.
    fn check_type(&mut self, errors: &mut Errors) {
        let inner = self.inner_type();
        let message = match field_type::refusal(inner) {
            Some(message) => message,
            None if self.role == Role::Key => match field_type::other_column(&self.ty, &["Uuid", "i64"]) {
                Some(name) => format!("a key is a `Uuid` or an `i64`, not a `{name}`"),
                None => return,
            },
            None if !self.refused
                && self.precision.is_none()
                && name_of(inner).is_some_and(|name| name == "Decimal") =>
            {
                "a `Decimal` wants its digits, in all and behind the point: `#[column(precision = 10, scale = 2)]`"
                    .to_owned()
            }
            None => return,
        };
        errors.at(inner, message);
        self.refused = true;
    }

    /// Whether the type is written as an `Option`.
    pub fn is_option(&self) -> bool {
        name_of(&self.ty).is_some_and(|name| name == "Option")
    }

    /// Whether the builder must be given it.
    pub fn is_required(&self) -> bool {
        self.role != Role::Key && matches!(self.default, Default::None) && !self.is_option()
    }

    /// The type within an `Option`, or the type.
    pub fn inner_type(&self) -> &Type {
        field_type::inner(&self.ty)
    }
}

fn type_of(ty: &Type) -> String {
    crate::model::type_text(&ty.to_token_stream())
}

/// The doc comment.
pub fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let lines = lines.filter_map(|attribute| match &attribute.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A literal as SQL.
fn sql_literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Int(int) => Some(int.base10_digits().to_owned()),
            Lit::Float(float) => Some(float.base10_digits().to_owned()),
            Lit::Bool(bool) => Some(if bool.value { "TRUE" } else { "FALSE" }.to_owned()),
            Lit::Str(text) => Some(format!("'{}'", text.value().replace('\'', "''"))),
            _ => None,
        },
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => {
            sql_literal(expr).map(|literal| format!("-{literal}"))
        }
        _ => None,
    }
}

fn default_of(ty: &Type) -> Option<&'static str> {
    match name_of(ty)?.as_str() {
        "String" => Some("''"),
        "bool" => Some("FALSE"),
        "i16" | "i32" | "i64" | "f32" | "f64" => Some("0"),
        _ => None,
    }
}

/// `#[track(skip)]`, `#[track(mask)]`, `#[track(full)]`.
fn track(meta: &Meta, errors: &mut Errors) -> Option<Recording> {
    match meta.require_list().and_then(|list| list.parse_args::<Expr>()) {
        Ok(word) => errors.take(meta, Recording::from_expr(&word)),
        Err(_) => {
            errors.at(
                meta,
                "say what records tell of the field: `#[track(skip)]`, `#[track(mask)]` or `#[track(full)]`",
            );
            None
        }
    }
}

/// `#[belongs_to(Target, on_delete = protect)]`.
fn belongs_to(meta: &Meta, errors: &mut Errors) -> Option<BelongsTo> {
    #[derive(FromMeta)]
    struct Args {
        on_delete: Option<OnDelete>,
        related_name: Option<Ident>,
    }

    let list = match meta.require_list() {
        Ok(list) => list,
        Err(_) => {
            errors.at(meta, "name the model that it belongs to: `#[belongs_to(User, on_delete = protect)]`");
            return None;
        }
    };
    let parsed = list.parse_args_with(|input: syn::parse::ParseStream| {
        let target: Path = input.call(Path::parse_mod_style)?;
        let rest: TokenStream = if input.is_empty() {
            TokenStream::new()
        } else {
            input.parse::<syn::Token![,]>()?;
            input.parse()?
        };
        Ok((target, rest))
    });
    match parsed {
        Ok((target, rest)) => {
            let metas = match darling::ast::NestedMeta::parse_meta_list(rest) {
                Ok(metas) => metas,
                Err(error) => {
                    errors.push(error);
                    return None;
                }
            };
            let args = errors.take(meta, Args::from_list(&metas))?;
            let on_delete = args.on_delete.unwrap_or(OnDelete::Protect);
            Some(BelongsTo { target, on_delete, related_name: args.related_name })
        }
        Err(error) => {
            errors.push(error);
            None
        }
    }
}
