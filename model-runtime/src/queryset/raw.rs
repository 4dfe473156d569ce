//! SQL of the user's own: as a condition of a queryset, or as a whole query that gives rows of a model.

use std::marker::PhantomData;

use super::QuerySet;
use super::read::Query;
use crate::backend::Backend;
use crate::expr::{Condition, Expr};
use crate::field::FieldType;
use crate::model::Model;
use crate::sql::{Sql, quoted};
use crate::table::{Dialect, TableDef};
use crate::value::Value;

/// Values for SQL of one's own: anything that a field can hold, as a tuple (of one: `(value,)`), or `()`.
pub trait RawValues {
    #[doc(hidden)]
    fn into_values(self) -> Vec<Value<'static>>;
}

impl RawValues for () {
    fn into_values(self) -> Vec<Value<'static>> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($($T:ident $i:tt)+) => {
        impl<$($T: FieldType),+> RawValues for ($($T,)+) {
            fn into_values(self) -> Vec<Value<'static>> {
                vec![$(self.$i.to_value().into_owned()),+]
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 E 4);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5);

impl<M: Model> QuerySet<M> {
    /// Only rows that meet a condition in SQL, with a value for each `{}`, in order. `{t}` stands before a column of the
    /// rows, which a query with joins wants: `filter_sql("length({t}title) > {}", (10_i64,))`.
    ///
    /// The text is the program's own, not input: it is `'static`.
    pub fn filter_sql(self, sql: &'static str, values: impl RawValues) -> Self {
        let condition: Condition<M> = Condition::new(Expr::Sql { sql, values: values.into_values() });
        self.filter_expr(condition.into_expr())
    }
}

/// A query in SQL whose rows are rows of `M`. Made by [`Model::raw`].
#[must_use = "it does nothing until it is fetched"]
#[derive(Debug, Clone)]
pub struct RawQuery<M> {
    sql: &'static str,
    values: Vec<Value<'static>>,
    model: PhantomData<fn() -> M>,
}

impl<M> RawQuery<M> {
    pub(crate) fn new(sql: &'static str, values: Vec<Value<'static>>) -> Self {
        Self { sql, values, model: PhantomData }
    }
}

impl<M: Model> Query for RawQuery<M> {
    type Item = M;

    fn table() -> &'static TableDef {
        M::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let columns = M::TABLE.columns.iter().map(|column| format!("t.{}", quoted(column.name, dialect)));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let mut sql = Sql::new(dialect, "");
        push_with(&mut sql, &self.sql.replace("{columns}", &columns), &self.values);
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<M> {
        M::read::<B>(row, 0)
    }

    /// The statement is as it is; what is not wanted is not read.
    fn at_most(self, _: u64) -> Self {
        self
    }

    fn unordered(self) -> Self {
        self
    }
}

/// SQL with a value for each `{}`. One too few or too many is an error when the statement is bound.
pub(crate) fn push_with(sql: &mut Sql, text: &str, values: &[Value<'static>]) {
    sql.reading_others();
    let mut parts = text.split("{}");
    sql.push(parts.next().unwrap_or_default());
    let mut values = values.iter();
    for part in parts {
        let value = values.next().cloned();
        sql.bind(value.unwrap_or_else(|| Value::Invalid(format!("{text:?} has more {{}} than values"))));
        sql.push(part);
    }
    if values.next().is_some() {
        sql.bind(Value::Invalid(format!("{text:?} has fewer {{}} than values")));
    }
}
