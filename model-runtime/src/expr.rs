//! Conditions, as a tree that is rendered to SQL when the database is known.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};
use std::sync::Arc;

use crate::arithmetic::Computed;
use crate::column::ColumnRef;
use crate::field::FieldType;
use crate::json_path::{self, JsonStep, JsonTest};
use crate::queryset::{Subquery, push_with};
use crate::relation::Joins;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, Role};
use crate::value::{Kind, Value};

/// A condition on the rows of model `M`. Combine with `&`, `|` and `!`.
#[must_use = "a condition does nothing until a queryset filters by it"]
pub struct Condition<M> {
    expr: Expr,
    model: PhantomData<fn() -> M>,
}

impl<M> Condition<M> {
    pub(crate) fn new(expr: Expr) -> Self {
        Self { expr, model: PhantomData }
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }
}

impl<M> Clone for Condition<M> {
    fn clone(&self) -> Self {
        Self::new(self.expr.clone())
    }
}

impl<M> fmt::Debug for Condition<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sql = Sql::new(Dialect::Postgres, "");
        self.expr.render(&mut sql);
        sql.fmt(f)
    }
}

impl<M> BitAnd for Condition<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::new(Expr::All(vec![self.expr, other.expr]))
    }
}

impl<M> BitOr for Condition<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(Expr::Any(vec![self.expr, other.expr]))
    }
}

impl<M> Not for Condition<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Expr::Not(Box::new(self.expr)))
    }
}

/// The right-hand side of a comparison or an assignment.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A value to bind.
    Value(Value<'static>),
    /// Another column of the row.
    Column(ColumnRef),
    /// A number computed from the row.
    Computed(Arc<Computed>),
    /// SQL of the library's own, over the row `t`.
    #[doc(hidden)]
    Sql(String),
}

impl Operand {
    /// The ways to other rows that it takes.
    pub(crate) fn joins(&self, joins: &mut Joins) {
        match self {
            Self::Value(_) | Self::Sql(_) => {}
            Self::Column(column) => joins.add(column.path),
            Self::Computed(computed) => computed.joins(joins),
        }
    }

    /// Whether it may be NULL by what the row holds.
    pub(crate) fn is_nullable(&self) -> bool {
        match self {
            Self::Value(value) => value.is_null(),
            Self::Column(column) => column.is_nullable(),
            Self::Computed(computed) => computed.is_nullable(),
            Self::Sql(_) => true,
        }
    }

    /// The operand as a write of `column` takes it.
    pub(crate) fn normalised(self, column: &ColumnDef) -> Self {
        match self {
            Self::Value(Value::Decimal(mut decimal)) => {
                decimal.normalise(column);
                Self::Value(Value::Decimal(decimal))
            }
            other => other,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Compare {
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Ne => " <> ",
            Self::Lt => " < ",
            Self::Le => " <= ",
            Self::Gt => " > ",
            Self::Ge => " >= ",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Like {
    Contains,
    ContainsAnyCase,
    StartsWith,
    EndsWith,
    Pattern,
}

#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Compare {
        column: ColumnRef,
        op: Compare,
        operand: Operand,
    },
    Like {
        column: ColumnRef,
        like: Like,
        text: String,
    },
    In {
        column: ColumnRef,
        values: Value<'static>,
    },
    InQuery {
        column: ColumnRef,
        query: Subquery,
    },
    /// That the query finds the key.
    Exists {
        key: ColumnRef,
        query: Subquery,
    },
    IsNull {
        column: ColumnRef,
        negated: bool,
    },
    /// Columns compared together: `(a, b) < (1, 2)`.
    #[cfg(feature = "cursors")]
    Row {
        columns: Vec<ColumnRef>,
        op: Compare,
        values: Vec<Value<'static>>,
    },
    /// A JSON object that has this key.
    HasKey {
        column: ColumnRef,
        key: String,
    },
    /// A value within JSON.
    Json {
        column: ColumnRef,
        steps: Vec<JsonStep>,
        test: JsonTest,
    },
    /// SQL of the user's, with a value for each `{}`.
    Sql {
        sql: &'static str,
        values: Vec<Value<'static>>,
    },
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    /// The same condition, for which no index is used.
    #[cfg(feature = "cursors")]
    Tested(Box<Expr>),
    /// SQL of the derive's or a capability's, in which `{t}` stands before each column of the rows.
    Raw(Cow<'static, str>),
    /// Such SQL, with one value wherever `{}` stands.
    Template(String, Value<'static>),
    /// SQL of a capability's that each dialect has its own of.
    Fragment(Fragment),
}

/// A part of a statement, written when the dialect is known.
#[derive(Clone)]
pub(crate) struct Fragment(Arc<dyn Fn(&mut Sql) + Send + Sync>);

impl Fragment {
    pub(crate) fn new(write: impl Fn(&mut Sql) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    pub(crate) fn render(&self, sql: &mut Sql) {
        (self.0)(sql);
    }
}

impl fmt::Debug for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sql = Sql::new(Dialect::Postgres, "");
        self.render(&mut sql);
        sql.fmt(f)
    }
}

impl Expr {
    /// The ways to other rows that it takes.
    pub(crate) fn joins(&self, joins: &mut Joins) {
        match self {
            Self::Compare { column, operand, .. } => {
                joins.add(column.path);
                operand.joins(joins);
            }
            Self::Like { column, .. }
            | Self::In { column, .. }
            | Self::InQuery { column, .. }
            | Self::Exists { key: column, .. }
            | Self::IsNull { column, .. }
            | Self::Json { column, .. }
            | Self::HasKey { column, .. } => joins.add(column.path),
            #[cfg(feature = "cursors")]
            Self::Row { columns, .. } => columns.iter().for_each(|column| joins.add(column.path)),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.joins(joins)),
            Self::Not(part) => part.joins(joins),
            #[cfg(feature = "cursors")]
            Self::Tested(part) => part.joins(joins),
            Self::Sql { .. } | Self::Raw(_) | Self::Template(..) | Self::Fragment(_) => {}
        }
    }

    /// Writes the condition. It is true, or it is false or NULL; nothing above tells these two apart.
    pub(crate) fn render(&self, sql: &mut Sql) {
        match self {
            Self::Compare { column, op, operand } => compare(sql, *column, *op, operand),
            Self::Like { column, like, text } => matches(sql, *column, *like, text),
            Self::In { column, values } => is_in(sql, *column, values),
            Self::InQuery { column, query } => {
                sql.column(*column);
                sql.push(" IN (");
                query.render(sql);
                sql.push(")");
            }
            Self::Exists { key, query } => query.render_exists(sql, *key),
            Self::IsNull { column, negated } => {
                sql.column(*column);
                sql.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            #[cfg(feature = "cursors")]
            Self::Row { columns, op, values } => row(sql, columns, *op, values),
            Self::HasKey { column, key } => has_key(sql, *column, key),
            Self::Json { column, steps, test } => json_path::render(sql, *column, steps, test),
            Self::Sql { sql: text, values } => {
                sql.push("(");
                let text = text.replace("{t}", sql.before_column());
                push_with(sql, &text, values);
                sql.push(")");
            }
            Self::All(parts) => joined(sql, parts, " AND "),
            Self::Any(parts) => joined(sql, parts, " OR "),
            // It is never NULL, and PostgreSQL joins by this form only.
            Self::Not(part) if matches!(**part, Self::Exists { .. }) => {
                sql.push("NOT ");
                part.render(sql);
            }
            // NULL counts as false, so its negation is true: two-valued, like the same filter in memory.
            Self::Not(part) => {
                sql.push("(");
                part.render(sql);
                sql.push(") IS NOT TRUE");
            }
            #[cfg(feature = "cursors")]
            Self::Tested(part) => {
                sql.push("(");
                part.render(sql);
                sql.push(") IS TRUE");
            }
            Self::Raw(text) => sql.push(&text.replace("{t}", sql.before_column())),
            Self::Template(template, value) => {
                let placeholder = sql.placeholder(value.clone());
                let text =
                    template.replace("{t}", sql.before_column()).replace("{}", &placeholder.to_string());
                sql.push(&text);
            }
            Self::Fragment(fragment) => fragment.render(sql),
        }
    }
}

fn joined(sql: &mut Sql, parts: &[Expr], separator: &str) {
    sql.push("(");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            sql.push(separator);
        }
        part.render(sql);
    }
    sql.push(")");
}

fn compare(sql: &mut Sql, column: ColumnRef, op: Compare, operand: &Operand) {
    let null_matters = match operand {
        Operand::Value(value) if value.is_null() => {
            match op {
                Compare::Eq => {
                    sql.column(column);
                    sql.push(" IS NULL");
                }
                Compare::Ne => {
                    sql.column(column);
                    sql.push(" IS NOT NULL");
                }
                _ => sql.push("FALSE"),
            }
            return;
        }
        Operand::Value(_) => op == Compare::Ne && column.is_nullable(),
        operand => column.is_nullable() || operand.is_nullable(),
    };
    let meets = match operand {
        Operand::Column(other) => Some(other.scale),
        Operand::Value(_) | Operand::Computed(_) | Operand::Sql(_) => None,
    };
    sql.scaled_column(column, meets);
    sql.push(match op {
        Compare::Eq if null_matters => " IS NOT DISTINCT FROM ",
        Compare::Ne if null_matters => " IS DISTINCT FROM ",
        op => op.sql(),
    });
    if op == Compare::Eq && column.role == Role::Key && matches!(operand, Operand::Value(_)) {
        return sql.unseen(|sql| sql.operand(&column, operand));
    }
    sql.operand(&column, operand);
}

#[cfg(feature = "cursors")]
fn row(sql: &mut Sql, columns: &[ColumnRef], op: Compare, values: &[Value<'static>]) {
    for (i, column) in columns.iter().enumerate() {
        sql.push(if i == 0 { "(" } else { ", " });
        sql.column(*column);
    }
    sql.push(")");
    sql.push(op.sql());
    for (i, (column, value)) in columns.iter().zip(values).enumerate() {
        sql.push(if i == 0 { "(" } else { ", " });
        sql.bind_for(column, value.clone().stored(column, sql.dialect()));
    }
    sql.push(")");
}

fn is_in(sql: &mut Sql, column: ColumnRef, values: &Value<'static>) {
    sql.column(column);
    is_one_of(sql, &column, values.clone());
}

/// Behind a column: that it is one of these values.
pub(crate) fn is_one_of(sql: &mut Sql, column: &ColumnDef, values: Value<'static>) {
    let values = values.stored(column, sql.dialect());
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push(" = ANY(");
            sql.bind_for(column, values);
            sql.push(if column.kind == Kind::Json { "::jsonb[])" } else { ")" });
        }
        Dialect::Sqlite => {
            let item = match column.kind {
                Kind::Uuid | Kind::Bytes => "unhex(value)",
                _ => "value",
            };
            sql.push(" IN (SELECT ");
            sql.push(item);
            sql.push(" FROM json_each(");
            sql.bind_for(column, values);
            sql.push("))");
        }
    }
}

fn has_key(sql: &mut Sql, column: ColumnRef, key: &str) {
    match sql.dialect() {
        Dialect::Postgres => {
            sql.column(column);
            sql.push(" ? ");
            sql.bind(Value::Text(key.to_owned().into()));
        }
        Dialect::Sqlite => {
            sql.push("json_type(");
            sql.column(column);
            sql.push(", ");
            sql.bind(json_path::sqlite_path(&[key.into()]));
            sql.push(") IS NOT NULL");
        }
    }
}

/// `LIKE` on PostgreSQL. On SQLite `LIKE` takes no heed of case, so what does is `GLOB` and `instr`.
fn matches(sql: &mut Sql, column: ColumnRef, like: Like, text: &str) {
    let any_case = like == Like::ContainsAnyCase;
    match sql.dialect() {
        Dialect::Sqlite if like == Like::Contains => {
            sql.push("instr(");
            sql.column(column);
            sql.push(", ");
            sql.bind_for(&column, Value::Text(text.to_owned().into()));
            sql.push(") > 0");
        }
        Dialect::Sqlite if !any_case => {
            sql.column(column);
            sql.push(" GLOB ");
            let pattern = match like {
                Like::Pattern => glob_of_like(text),
                Like::StartsWith => glob_escaped(text) + "*",
                _ => format!("*{}", glob_escaped(text)),
            };
            sql.bind_for(&column, Value::Text(pattern.into()));
        }
        _ => {
            sql.column(column);
            let any_case_postgres = any_case && sql.dialect() == Dialect::Postgres;
            sql.push(if any_case_postgres { " ILIKE " } else { " LIKE " });
            let pattern = match like {
                Like::Pattern => like_completed(text),
                Like::StartsWith => like_escaped(text) + "%",
                Like::EndsWith => format!("%{}", like_escaped(text)),
                Like::Contains | Like::ContainsAnyCase => format!("%{}%", like_escaped(text)),
            };
            sql.bind_for(&column, Value::Text(pattern.into()));
            sql.push(" ESCAPE '\\'");
        }
    }
}

fn like_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// An escape character at the end escapes nothing and means itself; PostgreSQL would refuse it.
fn like_completed(pattern: &str) -> String {
    let escapes = pattern.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if escapes % 2 == 1 { format!("{pattern}\\") } else { pattern.to_owned() }
}

fn glob_char(pattern: &mut String, c: char) {
    if matches!(c, '*' | '?' | '[') {
        pattern.extend(['[', c, ']']);
    } else {
        pattern.push(c);
    }
}

fn glob_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    text.chars().for_each(|c| glob_char(&mut escaped, c));
    escaped
}

fn glob_of_like(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => glob.push('*'),
            '_' => glob.push('?'),
            '\\' => glob_char(&mut glob, chars.next().unwrap_or('\\')),
            c => glob_char(&mut glob, c),
        }
    }
    glob
}
