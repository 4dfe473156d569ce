//! SQL of the user's own: as a condition of a queryset, or as a whole query that gives rows of a model, or tuples.

use std::marker::PhantomData;

use super::QuerySet;
use super::read::Query;
use crate::backend::{self, Backend};
use crate::expr::{Condition, Expr};
use crate::field::FieldType;
use crate::model::Model;
use crate::sql::{Sql, quoted};
use crate::table::{ANY_SCALE, ColumnDef, Dialect, TableDef};
use crate::value::Value;

/// A row that SQL of one's own gives: a tuple of what fields can hold (of one: `(i64,)`), an `Option` where it may be NULL.
///
/// A column of another type is an error that names it. On SQLite a `Decimal` cannot be read so: there it is a whole number of the
/// column's units, which SQL does not tell; read an `i64`.
pub trait RawRow: Sized + Send + 'static {
    #[doc(hidden)]
    fn read<B: Backend>(row: &B::Row) -> sqlx::Result<Self>;
}

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

        impl<$($T: FieldType),+> RawRow for ($($T,)+) {
            fn read<DB: Backend>(row: &DB::Row) -> sqlx::Result<Self> {
                let (given, wanted) = (sqlx::Row::len(row), [$($i),+].len());
                if given != wanted {
                    let why = format!("the query gives {given} columns, and {wanted} are read");
                    return Err(sqlx::Error::Decode(why.into()));
                }
                Ok(($(column::<DB, $T>(row, $i)?,)+))
            }
        }
    };
}

/// Reads a column of which only the type is known that it should have.
fn column<B: Backend, T: FieldType>(row: &B::Row, index: usize) -> sqlx::Result<T> {
    let column = const { ColumnDef { scale: ANY_SCALE, ..ColumnDef::new::<T>("of the query") } };
    match B::other_type(row, index, T::KIND)? {
        None => backend::read::<B, T>(row, index, &column),
        Some(other) => Err(sqlx::Error::ColumnDecode {
            index: (index + 1).to_string(),
            source: format!("it is {other}, which is not read as {}", std::any::type_name::<T>()).into(),
        }),
    }
}

tuples!(A 0);
tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 E 4);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);

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

/// A query in SQL whose rows are tuples. Made by [`Model::raw_values`].
#[must_use = "it does nothing until it is fetched"]
#[derive(Debug, Clone)]
pub struct RawTuples<M, T> {
    sql: &'static str,
    values: Vec<Value<'static>>,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> RawTuples<M, T> {
    pub(crate) fn new(sql: &'static str, values: Vec<Value<'static>>) -> Self {
        Self { sql, values, types: PhantomData }
    }
}

impl<M: Model, T: RawRow> Query for RawTuples<M, T> {
    type Item = T;

    fn table() -> &'static TableDef {
        M::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, "");
        push_with(&mut sql, self.sql, &self.values);
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<T> {
        T::read::<B>(row)
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
