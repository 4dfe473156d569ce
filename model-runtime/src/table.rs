//! What the derive knows of a table, as constants: the metadata that querysets, writers and the schema read.

use crate::FieldType;
use crate::expr::Operand;
use crate::record::{RecordDef, Recording};
use crate::schema::SchemaObject;
use crate::value::Kind;

/// The SQL dialect of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.41 or newer (`unhex`).
    Sqlite,
    /// PostgreSQL 14 or newer (`CREATE OR REPLACE TRIGGER`).
    Postgres,
}

/// A table: one per model.
#[derive(Debug)]
pub struct TableDef {
    /// Name of the table in the database.
    pub name: &'static str,
    /// Label of the model, `app.model` (`blog.post`), by which other tables refer to it.
    pub label: &'static str,
    /// Name of the Rust struct, for messages.
    pub model: &'static str,
    /// Doc comment of the struct.
    pub doc: &'static str,
    /// The columns, in the order of the struct's fields.
    pub columns: &'static [ColumnDef],
    /// Position of the key in `columns`.
    pub key: usize,
    /// Indexes and unique constraints of the model and all its capabilities, without duplicates.
    pub indexes: &'static [IndexDef],
    /// Conditions that every read has unless it lifts them (the default scope).
    pub scopes: &'static [ScopeDef],
    /// The default order.
    pub order: &'static [OrderDef],
    /// What `delete` does.
    pub delete: Delete,
    /// The column by which a row shows itself to people.
    pub display: Option<&'static str>,
    /// What every write must also record.
    pub record: RecordDef,
    /// How long rows may be kept beside the database.
    pub cache: Option<CacheDef>,
    /// Tables and triggers that capabilities keep beside this table.
    pub companions: &'static [fn(&TableDef, Dialect) -> Vec<SchemaObject>],
    /// Permissions beside the four that every model has: name in the code and name for people.
    pub permissions: &'static [(&'static str, &'static str)],
}

impl TableDef {
    /// A table without columns, for the derive to go on with.
    pub const fn new(name: &'static str, label: &'static str, model: &'static str) -> Self {
        Self {
            name,
            label,
            model,
            doc: "",
            columns: &[],
            key: 0,
            indexes: &[],
            scopes: &[],
            order: &[],
            delete: Delete::Remove,
            display: None,
            record: RecordDef::NONE,
            cache: None,
            companions: &[],
            permissions: &[],
        }
    }

    /// The key's column.
    pub fn key(&self) -> &'static ColumnDef {
        &self.columns[self.key]
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of a field that the derive made sure of.
    #[cfg(feature = "users")]
    pub(crate) fn column_of(&self, field: &str) -> &'static ColumnDef {
        self.columns.iter().find(|column| column.field == field).unwrap_or(self.key())
    }

    /// The position and the column of a name that the derive wrote.
    pub(crate) fn position(&self, name: &str) -> (usize, &'static ColumnDef) {
        let position = self.columns.iter().position(|column| column.name == name).unwrap_or(self.key);
        (position, &self.columns[position])
    }

    /// The position and the column that counts the writes.
    pub(crate) fn version(&self) -> Option<(usize, &'static ColumnDef)> {
        self.columns.iter().enumerate().find(|(_, column)| column.role == Role::Version)
    }

    /// The columns that get the time of a write which sets these.
    pub(crate) fn touched_beside(
        &self,
        set: &[(&'static ColumnDef, Operand)],
    ) -> impl Iterator<Item = &'static ColumnDef> {
        let touched = self.columns.iter().filter(|column| column.role == Role::Touched);
        touched.filter(|column| set.iter().all(|(set, _)| set.name != column.name))
    }

    /// The condition of all default scopes together, if there are any: `deleted_at IS NULL`.
    pub fn scope(&self) -> Option<String> {
        let conditions: Vec<String> = self.scopes.iter().map(ScopeDef::sql).collect();
        (!conditions.is_empty()).then(|| conditions.join(" AND "))
    }
}

/// How long rows are kept beside the database, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheDef {
    /// In seconds.
    pub ttl: u32,
    /// The number of rows.
    pub max: u32,
}

/// What `delete` does to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delete {
    /// Removes it.
    Remove,
    /// Marks it.
    Mark {
        /// The column that is set to the time of the deletion, where it is NULL.
        time: &'static str,
        /// The column that tells with which row it was deleted, where that was not on its own.
        with: Option<&'static str>,
    },
}

/// One column. Built by the derive; every setter is `const`.
#[derive(Debug, Clone, Copy)]
pub struct ColumnDef {
    /// Name in the database.
    pub name: &'static str,
    /// Name of the struct's field.
    pub field: &'static str,
    /// How it is stored.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Longest text, in characters.
    pub max_length: Option<u32>,
    /// Digits of a decimal in all.
    pub precision: u32,
    /// Digits of a decimal behind the point.
    pub scale: u32,
    /// `DEFAULT` of the schema, as SQL.
    pub default: Option<&'static str>,
    /// `CHECK` of the schema, as SQL.
    pub check: Option<&'static str>,
    /// The values of an enum; a `CHECK` of the schema.
    pub choices: &'static [&'static str],
    /// Why a text may not stand in the column, if so.
    pub refuses: Option<fn(&str) -> Option<String>>,
    /// The foreign key.
    pub references: Option<Reference>,
    /// Doc comment of the field.
    pub doc: &'static str,
    /// Who writes it.
    pub role: Role,
    /// What records tell of its values.
    pub recording: Recording,
}

/// Who writes a column, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The key.
    Key,
    /// The application, by `insert` and `save`.
    Data,
    /// Written by `insert`, then only by an operation of its capability (`delete`, `publish`) or by name in `save_only`.
    Managed,
    /// Set to the time of every write.
    Touched,
    /// Counts the writes: each adds one, and a save goes by it.
    Version,
    /// Holds the record of writes; nothing else writes it.
    Log,
}

/// A foreign key.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The other table.
    pub table: fn() -> &'static TableDef,
    /// What happens to the row when that one is deleted.
    pub on_delete: OnDelete,
}

/// What happens to a row when the row is deleted that it refers to: when that one is removed (`ON DELETE` of the schema),
/// and also when it is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// It is deleted too: removed with a row that is removed; marked with a row that is marked, where it can be, and
    /// restored with it.
    Cascade,
    /// It forbids the deletion.
    Protect,
    /// It forbids the deletion, unless it is itself deleted with it by way of another relation.
    Restrict,
    /// Its foreign key is set to NULL.
    SetNull,
    /// It goes on to refer to a row that is marked, and may come to. The removal of the row it forbids.
    DoNothing,
}

impl OnDelete {
    /// `ON DELETE` of the schema.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Cascade => "CASCADE",
            Self::Protect => "RESTRICT",
            // Looks when the statement is over, so that a row can be removed with the one that it forbids to remove.
            Self::Restrict | Self::DoNothing => "NO ACTION",
            Self::SetNull => "SET NULL",
        }
    }
}

/// The scale of a decimal that is read as it comes.
pub(crate) const ANY_SCALE: u32 = u32::MAX;

impl ColumnDef {
    /// A column `name` for the field of that name, of type `T`.
    pub const fn new<T: FieldType>(name: &'static str) -> Self {
        Self {
            name,
            field: name,
            kind: T::KIND,
            nullable: T::NULLABLE,
            max_length: None,
            precision: 0,
            scale: 0,
            default: None,
            check: None,
            choices: T::CHOICES,
            refuses: None,
            references: None,
            doc: "",
            role: Role::Data,
            recording: Recording::Full,
        }
    }

    /// Sets the names of the column and of its field, which are the same.
    pub const fn named(mut self, name: &'static str) -> Self {
        (self.name, self.field) = (name, name);
        self
    }

    /// Sets the name of its field, where that is another.
    pub const fn field(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// Sets who writes it.
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Sets what records tell of its values.
    pub const fn recording(mut self, recording: Recording) -> Self {
        self.recording = recording;
        self
    }

    /// Sets the longest text, in characters.
    pub const fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Sets the digits of a decimal.
    ///
    /// # Panics
    /// At compile time, where they are more than an `i64` holds or the scale is above the precision.
    pub const fn digits(mut self, precision: u32, scale: u32) -> Self {
        assert!(
            precision <= 18 && scale <= precision,
            "`precision` is at most 18 and `scale` at most `precision`"
        );
        self.precision = precision;
        self.scale = scale;
        self
    }

    /// Sets the schema's default.
    pub const fn default(mut self, sql: &'static str) -> Self {
        self.default = Some(sql);
        self
    }

    /// Sets the schema's check.
    pub const fn check(mut self, sql: &'static str) -> Self {
        self.check = Some(sql);
        self
    }

    /// Sets which texts it refuses.
    pub const fn refuses(mut self, refuses: fn(&str) -> Option<String>) -> Self {
        self.refuses = Some(refuses);
        self
    }

    /// Sets the foreign key.
    pub const fn references(mut self, table: fn() -> &'static TableDef, on_delete: OnDelete) -> Self {
        self.references = Some(Reference { table, on_delete });
        self
    }

    /// Sets the comment.
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Refuses, at compile time, what the field's type cannot have.
    pub const fn checked(self) -> Self {
        assert!(
            !matches!(self.kind, Kind::Decimal) || self.precision > 0,
            "a `Decimal` field wants its digits: #[column(precision = 10, scale = 2)]"
        );
        assert!(
            matches!(self.kind, Kind::Text) || self.max_length.is_none(),
            "`max_length` is for text columns"
        );
        self
    }
}

/// An index.
#[derive(Debug, Clone, Copy)]
pub struct IndexDef {
    /// Its name.
    pub name: &'static str,
    /// Its columns or expressions, as SQL: `created_at DESC`, `lower(title)`.
    pub parts: &'static [&'static str],
    /// Whether it is unique.
    pub unique: bool,
    /// Condition of a partial index, as SQL.
    pub filter: Option<&'static str>,
}

impl IndexDef {
    /// An index of all rows, in which values may repeat.
    pub const fn new(name: &'static str, parts: &'static [&'static str]) -> Self {
        Self { name, parts, unique: false, filter: None }
    }

    /// Makes it unique.
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Makes it partial.
    pub const fn filtered(mut self, filter: &'static str) -> Self {
        self.filter = Some(filter);
        self
    }
}

/// A condition of the default scope.
#[derive(Debug, Clone, Copy)]
pub struct ScopeDef {
    /// The capability that brings it.
    pub capability: &'static str,
    /// The column it tests.
    pub column: &'static str,
    /// The test, as SQL: `IS NULL`.
    pub test: &'static str,
}

impl ScopeDef {
    /// The condition, as SQL.
    pub(crate) fn sql(&self) -> String {
        format!("\"{}\" {}", self.column, self.test)
    }
}

/// A part of the default order.
#[derive(Debug, Clone, Copy)]
pub struct OrderDef {
    /// The column's name.
    pub column: &'static str,
    /// Whether the largest comes first.
    pub descending: bool,
}
