//! The intermediate representation: a struct and its attributes, understood, with the slots that capabilities fill.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::{GenericArgument, Ident, Path, PathArguments, PathSegment, Type, Visibility};

use crate::field::{Default, Field, Recording};
use crate::index::Index;
use crate::keyword::keywords;
use crate::many_to_many::ManyToMany;

/// A model.
pub struct Model {
    pub ident: Ident,
    pub vis: Visibility,
    pub krate: Path,
    pub table: String,
    pub label: TokenStream,
    pub docs: String,
    pub display: Option<Ident>,
    /// Where `hooks` stands.
    pub hooks: Option<Span>,
    /// Its rows are written by other means, and never changed.
    pub append_only: bool,
    pub checked: bool,
    pub id: Id,
    pub fields: Vec<Field>,
    pub indexes: Vec<Index>,
    pub slots: Slots,
    /// Relations by way of a third model.
    pub links: Vec<ManyToMany>,
    /// The struct has errors: function bodies must not name its fields.
    pub broken: bool,
}

/// Who makes the key.
#[derive(Clone, Copy, PartialEq, Eq, std::default::Default)]
pub enum Id {
    /// The client, a UUID by time.
    #[default]
    V7,
    /// The client, a random UUID.
    V4,
    /// The database, an integer.
    I64,
}

keywords!(Id: "v7" => V7, "v4" => V4, "i64" => I64);

/// What capabilities contribute, for core to use without knowing them.
#[derive(std::default::Default)]
pub struct Slots {
    /// Conditions of the default scope.
    pub scopes: Vec<Scope>,
    /// The default order: column and whether it descends.
    pub order: Vec<(String, bool)>,
    /// The column that `delete` sets to the time of the deletion.
    pub delete_marks: Option<String>,
    /// The column that tells with which row it was deleted.
    pub deleted_with: Option<String>,
    /// Paths of functions that give further schema objects.
    pub companions: Vec<TokenStream>,
    /// A unique column whose value may be generated.
    pub generated: Option<Generated>,
    /// Statements before a write; they see `self` and `write`.
    pub prepare: Vec<TokenStream>,
    /// Statements after a write; they see `self` and `time`.
    pub touch: Vec<TokenStream>,
    /// Where differences are logged in the row, as a `LogDef`.
    pub log: Option<TokenStream>,
    /// Where writes are recorded in another table, as a `JournalDef`.
    pub journal: Option<TokenStream>,
    /// How long rows are kept beside the database, as a `CacheDef`.
    pub cache: Option<TokenStream>,
    /// Statements after a write that the row's log recorded; they see `self` and `log`.
    pub logged: Vec<TokenStream>,
    /// Statements after a deletion; they see `self` and `time`.
    pub mark_deleted: Vec<TokenStream>,
    /// Statements that vary a generated value; they see `self`, `base` and `attempt`.
    pub regenerate: Vec<TokenStream>,
    /// Further statements to check at build time, without parameters and results.
    pub statements: Vec<String>,
    /// How a row shows itself, where that is more than its `display` column: an expression over `self`.
    pub display: Option<TokenStream>,
    /// Permissions beside the four that every model has: name in the code and name for people.
    pub permissions: Vec<(String, String)>,
    /// Whole items, such as trait impls.
    pub items: Vec<TokenStream>,
}

/// A condition of the default scope.
pub struct Scope {
    pub capability: &'static str,
    pub column: String,
    pub test: &'static str,
}

/// A unique column whose value may be generated, and a table that reserves further values of it.
pub struct Generated {
    pub column: String,
    pub reserved: String,
}

/// A field that a capability needs.
pub struct Required {
    pub name: Ident,
    pub ty: TokenStream,
    pub docs: &'static str,
    pub role: Role,
    pub max_length: Option<u32>,
    /// What the builder gives it, where the caller does not; empty where the caller must, and for an `Option`.
    pub default: TokenStream,
    /// `DEFAULT` in the schema.
    pub sql_default: Option<&'static str>,
    /// Path of a function that refuses texts.
    pub refuses: Option<TokenStream>,
    /// What records tell of it, where the field does not say.
    pub recording: Option<Recording>,
}

/// Who writes a column; see `model_runtime::Role`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Key,
    Data,
    Managed,
    Touched,
    Version,
    Log,
}

impl Model {
    /// The position of a field.
    pub fn position(&self, field: &Ident) -> Option<usize> {
        self.fields.iter().position(|known| known.ident == *field)
    }

    /// The column of a field; the name itself where the field is missing.
    pub fn column(&self, field: &Ident) -> String {
        self.position(field).map_or_else(|| field.to_string(), |i| self.fields[i].column.clone())
    }

    /// `&TABLE.columns[i]` of a field.
    pub fn column_def(&self, field: &Ident) -> TokenStream {
        let position = Literal::usize_unsuffixed(self.position(field).unwrap_or_default());
        let (ident, krate) = (&self.ident, &self.krate);
        quote!(&<#ident as #krate::Model>::TABLE.columns[#position])
    }

    /// The key.
    pub fn key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Role::Key)
    }

    /// The key's column.
    pub fn key_column(&self) -> String {
        self.key().map_or_else(|| "id".to_owned(), |key| key.column.clone())
    }

    /// The columns with a role.
    pub fn columns_of(&self, role: Role) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |field| field.role == role).map(|field| field.column.as_str())
    }

    /// The condition of the default scope.
    pub fn scope(&self) -> Option<String> {
        let conditions: Vec<String> =
            self.slots.scopes.iter().map(|scope| format!("\"{}\" {}", scope.column, scope.test)).collect();
        (!conditions.is_empty()).then(|| conditions.join(" AND "))
    }

    /// A function body; where the struct has errors, one that names nothing.
    pub fn body(&self, body: TokenStream) -> TokenStream {
        if self.broken { quote!(::core::unreachable!()) } else { body }
    }

    /// Adds an index, unless there is one like it.
    pub fn index(&mut self, index: Index) {
        let same = |known: &Index| {
            known.parts == index.parts && known.filter == index.filter && known.unique >= index.unique
        };
        if !self.indexes.iter().any(same) {
            self.indexes.push(index);
        }
    }

    /// Gives the field of a capability its role and what goes with it.
    pub fn adopt(&mut self, required: &Required) {
        let Some(position) = self.position(&required.name) else { return };
        let field = &mut self.fields[position];
        field.role = required.role;
        field.max_length = field.max_length.or(required.max_length);
        field.sql_default = field.sql_default.take().or(required.sql_default.map(str::to_owned));
        field.refuses.clone_from(&required.refuses);
        if field.track.is_none() {
            field.recording = required.recording.unwrap_or(field.recording);
        }
        if matches!(field.default, Default::None) && !required.default.is_empty() {
            field.default = Default::Capability(required.default.clone());
        }
        if field.docs.is_empty() {
            field.docs = required.docs.to_owned();
        }
    }
}

impl Required {
    /// A required field of that name and type.
    pub fn new(name: Ident, ty: TokenStream, docs: &'static str, default: TokenStream) -> Self {
        Self {
            name,
            ty,
            docs,
            role: Role::Data,
            max_length: None,
            default,
            sql_default: None,
            refuses: None,
            recording: None,
        }
    }

    /// Sets who writes it.
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Sets the longest text.
    pub fn max_length(mut self, max_length: u32) -> Self {
        self.max_length = Some(max_length);
        self
    }

    /// Sets which texts it refuses.
    pub fn refuses(mut self, refuses: TokenStream) -> Self {
        self.refuses = Some(refuses);
        self
    }

    /// Sets what records tell of it.
    pub fn recording(mut self, recording: Recording) -> Self {
        self.recording = Some(recording);
        self
    }

    /// Sets the schema's default.
    pub fn sql_default(mut self, sql: &'static str) -> Self {
        self.sql_default = Some(sql);
        self
    }

    /// The field as a person would write it.
    pub fn paste(&self) -> String {
        let ty = type_text(&self.ty);
        format!("pub {}: {ty},", self.name)
    }

    /// Whether the struct has the field with this type, whatever the paths.
    pub fn matches(&self, ty: &Type) -> bool {
        syn::parse2(self.ty.clone()).is_ok_and(|wanted| same_type(&wanted, ty))
    }
}

/// The type in short, without paths: `Option<DateTime<Utc>>`.
pub fn type_text(ty: &TokenStream) -> String {
    let mut text = String::new();
    for word in ty.to_string().split_whitespace() {
        if text.ends_with(char::is_alphanumeric) && word.starts_with(char::is_alphanumeric) {
            text.push(' ');
        }
        text.push_str(word);
        if word.ends_with([',', ';']) {
            text.push(' ');
        }
    }
    let mut short = String::new();
    for part in text.split_inclusive(['<', '>', ',', '(', ' ']) {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short
}

/// Whether two types have the same names, but for the paths before them.
fn same_type(wanted: &Type, found: &Type) -> bool {
    let (Type::Path(wanted), Type::Path(found)) = (wanted, found) else {
        return match found {
            Type::Group(group) => same_type(wanted, &group.elem),
            _ => false,
        };
    };
    let (Some(wanted), Some(found)) = (wanted.path.segments.last(), found.path.segments.last()) else {
        return false;
    };
    let arguments = |segment: &PathSegment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let (wanted_arguments, found_arguments) = (arguments(wanted), arguments(found));
    wanted.ident == found.ident
        && wanted_arguments.len() == found_arguments.len()
        && wanted_arguments.iter().zip(&found_arguments).all(|pair| match pair {
            (GenericArgument::Type(wanted), GenericArgument::Type(found)) => same_type(wanted, found),
            _ => true,
        })
}

/// An identifier of the derive's own.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
