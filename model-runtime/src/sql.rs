//! A statement in the making: text with `$1`, `$2`, … and the values to bind.

use std::fmt;
use std::ops::Range;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::backend::Backend;
use crate::column::ColumnRef;
use crate::error::{Error, Result};
use crate::expr::Operand;
use crate::record::Recording;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::{Kind, Value};

/// A statement with its values. `Display` shows both, but for the values of masked columns.
#[derive(Clone, PartialEq)]
pub struct Sql {
    dialect: Dialect,
    text: String,
    values: Vec<Value<'static>>,
    /// Which of the values are not shown.
    masked: Vec<usize>,
    /// How many values are bound before these, by other means.
    before: usize,
    /// The alias of the query's own table, where its columns want it.
    root: Option<&'static str>,
    reads: Reads,
}

/// Room for what usually follows the start of a statement, in bytes.
const CAPACITY: usize = 256;

/// `$1`, `$2`, ….
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placeholder(usize);

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.0)
    }
}

/// The tables that a statement reads, as far as it is known.
#[derive(Clone, Default)]
pub(crate) struct Reads {
    tables: Vec<&'static TableDef>,
    /// There is SQL of the user's.
    others: bool,
}

/// The text tells what is read.
impl PartialEq for Reads {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Reads {
    /// The tables, each once, where all are of cached models.
    #[cfg(feature = "cache")]
    pub(crate) fn of_cached_models(&self, of: &TableDef) -> Result<Vec<&'static TableDef>> {
        let refused = |reason| Err(Error::NotCacheable { model: of.model, reason });
        if self.others {
            return refused("it has SQL of its own, whose tables are not known".to_owned());
        }
        let mut tables: Vec<&'static TableDef> = Vec::new();
        for table in &self.tables {
            if table.cache.is_none() {
                return refused(format!("it reads {0}, which is not `#[cached]`; make it so", table.model));
            }
            if tables.iter().all(|known| known.name != table.name) {
                tables.push(table);
            }
        }
        Ok(tables)
    }
}

impl Sql {
    pub(crate) fn new(dialect: Dialect, text: &str) -> Self {
        let mut start = String::with_capacity(text.len() + CAPACITY);
        start.push_str(text);
        Self {
            dialect,
            text: start,
            values: Vec::new(),
            masked: Vec::new(),
            before: 0,
            root: None,
            reads: Reads::default(),
        }
    }

    /// A statement whose first `before` values are bound by other means.
    pub(crate) fn after(dialect: Dialect, before: usize) -> Self {
        Self { before, ..Self::new(dialect, "") }
    }

    /// The dialect it is written in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The statement.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values of `$1`, `$2`, ….
    pub fn values(&self) -> &[Value<'static>] {
        &self.values
    }

    #[cfg(feature = "cache")]
    pub(crate) fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Says that it reads a table.
    pub(crate) fn reading(&mut self, table: &'static TableDef) {
        self.reads.tables.push(table);
    }

    /// Says that it reads what nobody knows.
    pub(crate) fn reading_others(&mut self) {
        self.reads.others = true;
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A name, quoted. Names come from the derive, never from input.
    pub(crate) fn name(&mut self, name: &str) {
        let quote = quote(self.dialect);
        self.text.push(quote);
        self.text.push_str(name);
        self.text.push(quote);
    }

    /// Has the columns of the query's own table qualified from now on; returns what was before.
    pub(crate) fn qualify(&mut self, root: Option<&'static str>) -> Option<&'static str> {
        std::mem::replace(&mut self.root, root)
    }

    pub(crate) fn column(&mut self, column: impl Into<ColumnRef>) {
        let column = column.into();
        if let Some(why) = column.path.refusal() {
            self.bind(Value::Invalid(why));
        }
        match (column.path.is_root(), self.root) {
            (false, _) => self.qualified(&column.path.alias(), column.name),
            (true, Some(root)) => self.qualified(root, column.name),
            (true, None) => self.name(column.name),
        }
    }

    pub(crate) fn qualified(&mut self, alias: &str, name: &str) {
        self.name(alias);
        self.push(".");
        self.name(name);
    }

    /// What stands before the columns of the query's own table: nothing, or its alias and a point.
    pub(crate) fn before_column(&self) -> &'static str {
        match self.root {
            Some(_) => ROOT_BEFORE,
            None => "",
        }
    }

    /// Where the text ends.
    pub(crate) fn end(&self) -> usize {
        self.text.len()
    }

    /// Writes a part of the text once more.
    pub(crate) fn repeat(&mut self, part: Range<usize>) {
        self.text.extend_from_within(part);
    }

    /// What `write` writes, taken off again; the values that it binds stay, so the text can stand anywhere in the
    /// statement, also more than once.
    pub(crate) fn fragment(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let start = self.text.len();
        write(self);
        self.text.split_off(start)
    }

    /// A whole number as a literal: SQLite prepares a statement again each time when its LIMIT is bound.
    pub(crate) fn number(&mut self, number: u64) {
        self.text.push_str(itoa::Buffer::new().format(number));
    }

    /// The statement behind this text.
    pub(crate) fn behind(mut self, text: &str) -> Self {
        self.text.insert_str(0, text);
        self
    }

    pub(crate) fn bind(&mut self, value: Value<'static>) {
        let placeholder = self.placeholder(value);
        self.push_placeholder(placeholder);
    }

    pub(crate) fn push_placeholder(&mut self, Placeholder(number): Placeholder) {
        self.text.push('$');
        self.number(number as u64);
    }

    /// Binds what meets a column.
    pub(crate) fn bind_for(&mut self, column: &ColumnDef, value: Value<'static>) {
        if column.recording == Recording::Mask {
            self.masked.push(self.values.len());
        }
        self.bind(value);
    }

    /// Writes a value that SQLite does not look at. Where it has statistics of the column that a bound value meets, it
    /// would prepare the statement again for every other value.
    pub(crate) fn unseen(&mut self, write: impl FnOnce(&mut Self)) {
        if self.dialect == Dialect::Postgres {
            return write(self);
        }
        self.push("(SELECT ");
        write(self);
        self.push(")");
    }

    /// The placeholder of a further value, to be written wherever it is used.
    pub(crate) fn placeholder(&mut self, value: Value<'static>) -> Placeholder {
        self.values.push(value);
        Placeholder(self.before + self.values.len())
    }

    /// The right-hand side of an assignment to `column`. A decimal column of a finer scale is rounded to this one's,
    /// halves away from zero, so that what is compared is what is stored.
    pub(crate) fn assigned(&mut self, column: &ColumnDef, operand: &Operand) {
        match operand {
            Operand::Column(other) if column.kind == Kind::Decimal && other.scale > column.scale => {
                let name = self.fragment(|sql| sql.column(*other));
                self.push(&rounded(&name, other.scale, column.scale, self.dialect));
            }
            operand => self.operand(column, operand),
        }
    }

    /// The right-hand side of a comparison with `column`.
    pub(crate) fn operand(&mut self, column: &ColumnDef, operand: &Operand) {
        match operand {
            Operand::Value(value) => self.bind_for(column, value.clone().stored(column, self.dialect)),
            Operand::Column(other) => self.scaled_column(*other, Some(column.scale)),
            Operand::Computed(computed) => computed.render(self, column),
            Operand::Sql(text) => self.push(text),
        }
    }

    /// A column, on SQLite brought to the scale of the decimal column that it meets where that is finer.
    pub(crate) fn scaled_column(&mut self, column: ColumnRef, meets: Option<u32>) {
        let finer = match meets {
            Some(scale) if self.dialect == Dialect::Sqlite && column.kind == Kind::Decimal => {
                scale.saturating_sub(column.scale)
            }
            _ => 0,
        };
        self.column(column);
        if finer > 0 {
            self.push(" * ");
            self.number(10_u64.pow(finer));
        }
    }

    /// The statement and its values as sqlx takes them.
    pub(crate) fn into_statement<B: Backend>(self) -> Result<(SqlStr, B::Arguments)> {
        let (sql, values) = self.into_parts();
        Ok((sql, arguments::<B>(values)?))
    }

    /// The statement as sqlx takes it, and its values.
    pub(crate) fn into_parts(mut self) -> (SqlStr, Vec<Value<'static>>) {
        let values = std::mem::take(&mut self.values);
        (self.into_sql_str(), values)
    }

    /// The statement as sqlx takes it. This is the crate's only `AssertSqlSafe`: the text is made of the derive's
    /// constants, of names from the metadata and of numbers; all else is bound.
    pub(crate) fn into_sql_str(self) -> SqlStr {
        AssertSqlSafe(self.text).into_sql_str()
    }
}

/// [`ROOT`](crate::relation::ROOT) and a point.
const ROOT_BEFORE: &str = "t.";

/// What stands around a name.
fn quote(dialect: Dialect) -> char {
    match dialect {
        Dialect::Postgres => '"',
        // In double quotes SQLite would take an unknown name for a text.
        Dialect::Sqlite => '`',
    }
}

/// A name in quotes.
pub(crate) fn quoted(name: &str, dialect: Dialect) -> String {
    let quote = quote(dialect);
    format!("{quote}{name}{quote}")
}

/// All columns of a table, in their order, for `Model::read`.
pub(crate) fn columns_of(table: &TableDef, dialect: Dialect) -> String {
    table.columns.iter().map(|column| quoted(column.name, dialect)).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for (i, value) in self.values.iter().enumerate() {
            let separator = if i == 0 { " -- " } else { ", " };
            let masked = self.masked.contains(&i);
            let value: &dyn fmt::Display = if masked { &"***" } else { value };
            write!(f, "{separator}${} = {value}", i + 1)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A decimal column at a coarser scale. SQLite's integer division cuts towards zero.
fn rounded(column: &str, from: u32, to: u32, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("ROUND({column}, {to})"),
        Dialect::Sqlite => {
            let unit = 10_u64.pow(from - to);
            let half = unit / 2;
            format!("(({column} + CASE WHEN {column} < 0 THEN -{half} ELSE {half} END) / {unit})")
        }
    }
}

/// The arguments of a statement.
pub(crate) fn arguments<'v, B: Backend>(values: impl IntoIterator<Item = Value<'v>>) -> Result<B::Arguments> {
    let mut arguments = B::Arguments::default();
    bind::<B>(&mut arguments, values)?;
    Ok(arguments)
}

/// Adds values to the arguments of a statement.
pub(crate) fn bind<'v, B: Backend>(
    arguments: &mut B::Arguments,
    values: impl IntoIterator<Item = Value<'v>>,
) -> Result<()> {
    values.into_iter().try_for_each(|value| {
        B::bind(arguments, value).map_err(|source| Error::Database(sqlx::Error::Encode(source)))
    })
}
