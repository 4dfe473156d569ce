//! Filters on what a JSON column holds: `p.settings.at("theme").at("dark").eq(true)`, `p.settings.has_key("theme")`.

use std::marker::PhantomData;

use crate::canonical_json::canonical_json;
use crate::column::{Column, ColumnRef};
use crate::expr::{Compare, Condition, Expr};
use crate::field::{FieldType, Json};
use crate::model::Model;
use crate::sql::{Placeholder, Sql};
use crate::table::Dialect;
use crate::value::{Kind, Value};

/// JSON columns: `at` and `has_key` work on them.
#[diagnostic::on_unimplemented(
    message = "this filter is for JSON columns, and the column holds `{Self}`",
    label = "not a JSON column"
)]
pub trait JsonType: FieldType {}

impl JsonType for serde_json::Value {}
impl<T> JsonType for Json<T> where Self: FieldType {}
impl<T: JsonType> JsonType for Option<T> {}

/// A step into JSON: the member of an object by its key, or an item of an array by its number, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonStep {
    /// A member.
    Key(String),
    /// An item.
    Index(u32),
}

impl From<&str> for JsonStep {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<u32> for JsonStep {
    fn from(index: u32) -> Self {
        Self::Index(index)
    }
}

impl<M: Model, T: FieldType> Column<M, T> {
    /// A value within the JSON.
    pub fn at(self, step: impl Into<JsonStep>) -> JsonPath<M>
    where
        T: JsonType,
    {
        JsonPath { column: self.reference(), steps: vec![step.into()], model: PhantomData }
    }

    /// The JSON is an object that has this key.
    pub fn has_key(self, key: &str) -> Condition<M>
    where
        T: JsonType,
    {
        Condition::new(Expr::HasKey { column: self.reference(), key: key.to_owned() })
    }
}

/// A value within the JSON of a column. Where it is not there, only `is_null` is true of it; numbers, texts and booleans
/// are never equal to each other, and less or more only among their own kind.
#[derive(Debug, Clone)]
pub struct JsonPath<M> {
    column: ColumnRef,
    steps: Vec<JsonStep>,
    model: PhantomData<fn() -> M>,
}

impl<M> JsonPath<M> {
    /// A value within that value.
    pub fn at(mut self, step: impl Into<JsonStep>) -> Self {
        self.steps.push(step.into());
        self
    }

    fn test(&self, test: JsonTest) -> Condition<M> {
        Condition::new(Expr::Json { column: self.column, steps: self.steps.clone(), test })
    }

    /// Equal: `eq("dark")`, `eq(3)`, `eq(true)`, `eq(json!({"a": 1}))`. Of a JSON null ask `is_null`.
    pub fn eq(self, value: impl Into<serde_json::Value>) -> Condition<M> {
        self.test(JsonTest::Compare(Compare::Eq, value.into()))
    }

    /// There, and less than a number or a text.
    pub fn lt(self, value: impl Into<serde_json::Value>) -> Condition<M> {
        self.test(JsonTest::Compare(Compare::Lt, value.into()))
    }

    /// There, and less than a number or a text, or equal.
    pub fn le(self, value: impl Into<serde_json::Value>) -> Condition<M> {
        self.test(JsonTest::Compare(Compare::Le, value.into()))
    }

    /// There, and more than a number or a text.
    pub fn gt(self, value: impl Into<serde_json::Value>) -> Condition<M> {
        self.test(JsonTest::Compare(Compare::Gt, value.into()))
    }

    /// There, and more than a number or a text, or equal.
    pub fn ge(self, value: impl Into<serde_json::Value>) -> Condition<M> {
        self.test(JsonTest::Compare(Compare::Ge, value.into()))
    }

    /// Not there, or a JSON null.
    pub fn is_null(&self) -> Condition<M> {
        self.test(JsonTest::IsNull)
    }
}

/// What is asked of a value within JSON.
#[derive(Debug, Clone)]
pub(crate) enum JsonTest {
    Compare(Compare, serde_json::Value),
    IsNull,
}

/// Writes the test. A value that is not there is NULL.
pub(crate) fn render(sql: &mut Sql, column: ColumnRef, steps: &[JsonStep], test: &JsonTest) {
    let name = sql.fragment(|sql| sql.column(column));
    let path = match sql.dialect() {
        Dialect::Postgres => {
            let steps = steps.iter().map(|step| match step {
                JsonStep::Key(key) => Value::Text(key.clone().into()),
                JsonStep::Index(index) => Value::Text(index.to_string().into()),
            });
            sql.placeholder(Value::Array(Kind::Text, steps.collect()))
        }
        Dialect::Sqlite => sql.placeholder(sqlite_path(steps)),
    };
    match sql.dialect() {
        Dialect::Postgres => postgres(sql, &format!("({name} #> {path})"), test),
        Dialect::Sqlite => sqlite(sql, &name, path, test),
    }
}

pub(crate) fn sqlite_path(steps: &[JsonStep]) -> Value<'static> {
    let mut path = "$".to_owned();
    for step in steps {
        match step {
            // As JSON: in a path, too, a backslash escapes.
            JsonStep::Key(key) => path += &format!(".{}", serde_json::Value::from(key.as_str())),
            JsonStep::Index(index) => path += &format!("[{index}]"),
        }
    }
    Value::Text(path.into())
}

/// A value as JSON text to be bound.
fn json(value: &serde_json::Value) -> Value<'static> {
    match canonical_json(value) {
        Ok(text) => Value::Json(text.into()),
        Err(error) => Value::Invalid(format!("cannot be written as JSON: {error}")),
    }
}

fn postgres(sql: &mut Sql, found: &str, test: &JsonTest) {
    let (op, value) = match test {
        JsonTest::IsNull => return sql.push(&format!("COALESCE({found}, 'null') = 'null'")),
        JsonTest::Compare(op, value) => (*op, value),
    };
    let bound = sql.placeholder(json(value));
    if op != Compare::Eq {
        let kind = match value {
            serde_json::Value::Number(_) => "number",
            serde_json::Value::String(_) => "string",
            _ => return sql.push(&format!("({bound}::jsonb IS NULL)")),
        };
        // In the order of bytes, as SQLite compares.
        if kind == "string" {
            let op = op.sql();
            return sql.push(&format!(
                "(jsonb_typeof({found}) = 'string' AND ({found} #>> '{{}}') COLLATE \"C\"{op}({bound}::jsonb #>> '{{}}'))"
            ));
        }
        sql.push(&format!("jsonb_typeof({found}) = '{kind}' AND "));
    }
    sql.push(&format!("{found}{}{bound}::jsonb", op.sql()));
}

fn sqlite(sql: &mut Sql, column: &str, path: Placeholder, test: &JsonTest) {
    let kind = format!("json_type({column}, {path})");
    let (op, value) = match test {
        JsonTest::IsNull => return sql.push(&format!("COALESCE({kind}, 'null') = 'null'")),
        JsonTest::Compare(op, value) => (*op, value),
    };
    let (kinds, bound) = match value {
        serde_json::Value::Number(number) => {
            let number = number.as_i64().map(Value::BigInt).or_else(|| number.as_f64().map(Value::Double));
            ("'integer', 'real'", number.unwrap_or(Value::Invalid(format!("{value} is too large"))))
        }
        serde_json::Value::String(text) => ("'text'", Value::Text(text.clone().into())),
        // These are equal or not, and never less or more.
        serde_json::Value::Bool(_) | serde_json::Value::Null if op == Compare::Eq => {
            return sql.push(&format!("{kind} = '{value}'"));
        }
        serde_json::Value::Array(_) | serde_json::Value::Object(_) if op == Compare::Eq => {
            let bound = sql.placeholder(json(value));
            return sql.push(&format!("{column} -> {path} = {bound}"));
        }
        _ => return sql.push("FALSE"),
    };
    let bound = sql.placeholder(bound);
    sql.push(&format!("({kind} IN ({kinds}) AND json_extract({column}, {path}){}{bound})", op.sql()));
}
