//! Figures of many rows: `count`, `sum`, `avg`, `min`, `max`, of a queryset or of each of its groups.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr};

use rust_decimal::Decimal;

use super::read::Query;
use super::{QuerySet, nulls};
use crate::arithmetic::Number;
use crate::backend::{self, Backend};
use crate::column::{Column, ColumnRef, OneOrMore, Selection};
use crate::db::{Db, Op};
use crate::error::{Error, Result};
use crate::expr::{Compare, Operand};
use crate::field::FieldType;
use crate::model::Model;
use crate::relation::{Joins, Path, ROOT};
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::Kind;

/// A figure of many rows of `M`, of type `T`.
pub struct Aggregate<M, T> {
    figure: Figure,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Aggregate<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Aggregate<M, T> {}

impl<M, T> fmt::Debug for Aggregate<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sql = Sql::new(Dialect::Postgres, "");
        self.figure.render(&mut sql);
        f.write_str(sql.text())
    }
}

#[derive(Debug, Clone, Copy)]
struct Figure {
    function: Function,
    /// What it is of; without, rows are counted.
    of: Option<ColumnRef>,
    /// How the result is read.
    result: ColumnDef,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

impl Figure {
    fn path(&self) -> Option<Path> {
        self.of.map(|column| column.path)
    }

    fn render(&self, sql: &mut Sql) {
        let Some(column) = self.of else { return sql.push("COUNT(*)") };
        let name = sql.fragment(|sql| sql.column(column));
        let decimal = column.kind == Kind::Decimal;
        sql.push(&match (self.function, sql.dialect()) {
            (Function::Count, _) => format!("COUNT({name})"),
            (Function::CountDistinct, _) => format!("COUNT(DISTINCT {name})"),
            (Function::Min, _) => format!("MIN({name})"),
            (Function::Max, _) => format!("MAX({name})"),
            // PostgreSQL's sum of 64 bits is numeric; one that does not fit again is an error there too.
            (Function::Sum, Dialect::Postgres) if self.result.kind == Kind::BigInt => {
                format!("SUM({name})::bigint")
            }
            (Function::Sum, Dialect::Postgres) if self.result.kind == Kind::Double => {
                format!("SUM({name}::double precision)")
            }
            (Function::Sum, _) => format!("SUM({name})"),
            (Function::Avg, Dialect::Postgres) if decimal => format!("ROUND(AVG({name}), {})", column.scale),
            (Function::Avg, Dialect::Sqlite) if decimal => format!("CAST(ROUND(AVG({name})) AS INTEGER)"),
            (Function::Avg, Dialect::Postgres) => format!("AVG({name})::double precision"),
            (Function::Avg, Dialect::Sqlite) => format!("AVG({name})"),
        });
    }
}

/// How many rows.
pub fn count<M: Model>() -> Aggregate<M, i64> {
    Aggregate::new::<i64>(Function::Count, None)
}

impl<M, T> Aggregate<M, T> {
    fn new<R: FieldType>(function: Function, of: Option<ColumnRef>) -> Self {
        let mut result = ColumnDef::new::<R>("figure");
        if let Some(column) = of {
            (result.precision, result.scale) = (column.precision, column.scale);
        }
        Self { figure: Figure { function, of, result }, types: PhantomData }
    }
}

/// The type of a sum, and that of an average.
#[diagnostic::on_unimplemented(
    message = "there is no sum and no average of `{Self}`",
    label = "not a number",
    note = "`sum` and `avg` are for columns of i16, i32, i64, f32, f64 and Decimal; `min`, `max` and `count` for all"
)]
pub trait Summed: Number {
    /// Integers are summed in 64 bits, floats in double precision.
    type Sum: FieldType;
    /// Of decimals a decimal at the column's scale, else a float.
    type Avg: FieldType;
}

macro_rules! summed {
    ($($ty:ty => $sum:ty, $avg:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Summed for $ty {
            type Sum = $sum;
            type Avg = $avg;
        }
    )*};
}

summed! {
    i16 => i64, f64;
    i32 => i64, f64;
    i64 => i64, f64;
    f32 => f64, f64;
    f64 => f64, f64;
    Decimal => Decimal, Decimal;
}

#[diagnostic::do_not_recommend]
impl<T: Summed> Summed for Option<T> {
    type Sum = T::Sum;
    type Avg = T::Avg;
}

/// Figures of a column leave NULL out; of no rows they are `None`.
impl<M: Model, T: FieldType> Column<M, T> {
    /// The sum. An integer's that does not fit into 64 bits is the database's error.
    pub fn sum<S: FieldType>(self) -> Aggregate<M, Option<S>>
    where
        T: Summed<Sum = S>,
    {
        Aggregate::new::<Option<S>>(Function::Sum, Some(self.reference()))
    }

    /// The average.
    pub fn avg<A: FieldType>(self) -> Aggregate<M, Option<A>>
    where
        T: Summed<Avg = A>,
    {
        Aggregate::new::<Option<A>>(Function::Avg, Some(self.reference()))
    }

    /// The smallest value.
    pub fn min(self) -> Aggregate<M, Option<T>> {
        Aggregate::new::<Option<T>>(Function::Min, Some(self.reference()))
    }

    /// The largest value.
    pub fn max(self) -> Aggregate<M, Option<T>> {
        Aggregate::new::<Option<T>>(Function::Max, Some(self.reference()))
    }

    /// How many rows have a value.
    pub fn count(self) -> Aggregate<M, i64> {
        Aggregate::new::<i64>(Function::Count, Some(self.reference()))
    }

    /// How many values there are.
    pub fn count_distinct(self) -> Aggregate<M, i64> {
        Aggregate::new::<i64>(Function::CountDistinct, Some(self.reference()))
    }
}

/// Figures to compute, as a tuple (one figure: its value), for `aggregate`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no figure of many rows",
    label = "not a figure",
    note = "write `count()`, `p.views_count.sum()`, `.avg()`, `.min()`, `.max()`; several are a tuple of at most eight"
)]
pub trait Figures<M>: Copy + Send + Sync + 'static {
    /// The tuple of their types.
    type Out: Send + 'static;

    #[doc(hidden)]
    fn render(&self, sql: &mut Sql);

    #[doc(hidden)]
    fn paths(&self) -> Vec<Path>;

    /// Reads them from the columns of a row behind the first `before`.
    #[doc(hidden)]
    fn read<B: Backend>(&self, row: &B::Row, before: usize) -> sqlx::Result<Self::Out>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: FieldType> Figures<M> for Aggregate<M, T> {
    type Out = T;

    fn render(&self, sql: &mut Sql) {
        self.figure.render(sql);
    }

    fn paths(&self) -> Vec<Path> {
        self.figure.path().into_iter().collect()
    }

    fn read<B: Backend>(&self, row: &B::Row, before: usize) -> sqlx::Result<T> {
        backend::read::<B, T>(row, before, &self.figure.result)
    }
}

macro_rules! tuples {
    ($($T:ident $i:tt)+) => {
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($T: FieldType),+> Figures<M> for ($(Aggregate<M, $T>,)+) {
            type Out = ($($T,)+);

            fn render(&self, sql: &mut Sql) {
                $(
                    if $i > 0 {
                        sql.push(", ");
                    }
                    self.$i.figure.render(sql);
                )+
            }

            fn paths(&self) -> Vec<Path> {
                [$(self.$i.figure.path()),+].into_iter().flatten().collect()
            }

            fn read<DB: Backend>(&self, row: &DB::Row, before: usize) -> sqlx::Result<Self::Out> {
                Ok(($(backend::read::<DB, $T>(row, before + $i, &self.$i.figure.result)?,)+))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M> OneOrMore<FigureOrder<M>> for ($(tuples!(@ $T FigureOrder<M>),)+) {
            fn into_vec(self) -> Vec<FigureOrder<M>> {
                vec![$(self.$i),+]
            }
        }
    };
    (@ $T:ident $ty:ty) => { $ty };
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
    /// Figures of all rows, in one query: `aggregate(|p| (count(), p.views_count.sum()), &db)`.
    ///
    /// # Errors
    /// The database's.
    pub fn aggregate<'c, D, F>(
        self,
        figures: impl FnOnce(M::Columns) -> F,
        db: D,
    ) -> impl Future<Output = Result<F::Out>> + Send
    where
        F: Figures<M>,
        D: Db<'c, Aggregated<M, F>, Out = F::Out>,
    {
        db.run(Aggregated { query: self, figures: figures(M::COLUMNS) })
    }

    /// Puts the rows into groups that have the same values of these columns, for figures of each:
    /// `group_by(|o| o.status).aggregate(|o| (count(), o.total.sum())).fetch_all(&db)`.
    pub fn group_by<K: Selection<M>>(self, keys: impl FnOnce(M::Columns) -> K) -> Groups<M, K> {
        Groups { query: self, keys: keys(M::COLUMNS) }
    }
}

/// Computes figures.
pub struct Aggregated<M, F> {
    query: QuerySet<M>,
    figures: F,
}

impl<B: Backend, M: Model, F: Figures<M>> Op<B> for Aggregated<M, F> {
    type Out = F::Out;

    async fn run(self, connection: &mut B::Connection) -> Result<F::Out> {
        let mut sql = Sql::new(B::DIALECT, "SELECT ");
        let mut joins = self.query.joins();
        self.figures.paths().into_iter().for_each(|path| joins.add(path));
        sql.qualify((!joins.is_empty()).then_some(ROOT));
        self.figures.render(&mut sql);
        sql.push(" FROM ");
        self.query.render_rows(&mut sql, &joins);
        let (sql, arguments) = sql.into_statement::<B>()?;
        let row = B::fetch_optional(connection, sql, arguments).await?;
        let row = row.ok_or(Error::Database(sqlx::Error::RowNotFound))?;
        Ok(self.figures.read::<B>(&row, 0)?)
    }
}

/// Rows in groups. Made by [`QuerySet::group_by`].
#[must_use = "it does nothing until figures of it are fetched"]
pub struct Groups<M, K> {
    query: QuerySet<M>,
    keys: K,
}

impl<M: Model, K: Selection<M>> Groups<M, K> {
    /// Figures of each group, beside what its rows have in common, ordered by that.
    pub fn aggregate<F: Figures<M>>(self, figures: impl FnOnce(M::Columns) -> F) -> GroupFigures<M, K, F> {
        let Self { query, keys } = self;
        GroupFigures {
            query,
            keys,
            figures: figures(M::COLUMNS),
            having: None,
            order: Vec::new(),
            limit: None,
        }
    }
}

/// Figures of groups: a query whose items are `(what the group has in common, figures)`.
#[must_use = "it does nothing until it is fetched"]
pub struct GroupFigures<M, K, F> {
    query: QuerySet<M>,
    keys: K,
    figures: F,
    having: Option<Having<M>>,
    order: Vec<FigureOrder<M>>,
    limit: Option<u64>,
}

impl<M: Model, K: Selection<M>, F: Figures<M>> GroupFigures<M, K, F> {
    /// Only groups whose figures meet the condition: `having(|o| count().ge(2) & o.total.sum().gt(total))`.
    pub fn having(mut self, condition: impl FnOnce(M::Columns) -> Having<M>) -> Self {
        let condition = condition(M::COLUMNS);
        self.having = Some(match self.having {
            Some(earlier) => earlier & condition,
            None => condition,
        });
        self
    }

    /// Orders the groups by figures: `order_by(|o| o.total.sum().desc())`, or a tuple; what they have in common comes
    /// behind, so that the order is complete.
    pub fn order_by<O: OneOrMore<FigureOrder<M>>>(mut self, order: impl FnOnce(M::Columns) -> O) -> Self {
        self.order = order(M::COLUMNS).into_vec();
        self
    }

    /// At most `count` groups.
    pub fn limit(self, count: u64) -> Self {
        Self { limit: Some(count), ..self }
    }
}

impl<M: Model, K: Selection<M>, F: Figures<M>> Query for GroupFigures<M, K, F> {
    type Item = (K::Out, F::Out);

    fn table() -> &'static TableDef {
        M::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, "SELECT ");
        let keys = self.keys.columns();
        let mut joins = self.query.joins();
        keys.iter().for_each(|key| joins.add(key.path));
        self.figures.paths().into_iter().for_each(|path| joins.add(path));
        self.order.iter().filter_map(|order| order.figure.path()).for_each(|path| joins.add(path));
        self.having.iter().for_each(|having| having.test.joins(&mut joins));
        sql.qualify((!joins.is_empty()).then_some(ROOT));
        let list = |sql: &mut Sql| {
            for (i, column) in keys.iter().enumerate() {
                if i > 0 {
                    sql.push(", ");
                }
                sql.column(*column);
            }
        };
        list(&mut sql);
        sql.push(", ");
        self.figures.render(&mut sql);
        sql.push(" FROM ");
        self.query.render_rows(&mut sql, &joins);
        sql.push(" GROUP BY ");
        list(&mut sql);
        if let Some(Having { test, .. }) = &self.having {
            sql.push(" HAVING ");
            test.render(&mut sql);
        }
        sql.push(" ORDER BY ");
        for order in &self.order {
            order.figure.render(&mut sql);
            if order.descending {
                sql.push(" DESC");
            }
            if dialect == Dialect::Postgres {
                sql.push(nulls(order.descending));
            }
            sql.push(", ");
        }
        for (i, column) in keys.iter().enumerate() {
            if i > 0 {
                sql.push(", ");
            }
            sql.column(*column);
            if column.is_nullable() && dialect == Dialect::Postgres {
                sql.push(nulls(false));
            }
        }
        if let Some(limit) = self.limit {
            sql.push(" LIMIT ");
            sql.number(limit);
        }
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<Self::Item> {
        let keys = self.keys.columns().len();
        Ok((self.keys.read::<B>(row)?, self.figures.read::<B>(row, keys)?))
    }

    fn at_most(mut self, count: u64) -> Self {
        self.limit = Some(self.limit.map_or(count, |limit| limit.min(count)));
        self
    }

    fn unordered(self) -> Self {
        self
    }
}

/// A condition on the figures of a group. Combine with `&` and `|`.
#[must_use = "a condition does nothing until groups are chosen by it"]
#[derive(Debug, Clone)]
pub struct Having<M> {
    test: Test,
    model: PhantomData<fn() -> M>,
}

#[derive(Debug, Clone)]
enum Test {
    Compare(Box<Figure>, Compare, Operand),
    All(Box<[Test; 2]>),
    Any(Box<[Test; 2]>),
}

impl Test {
    fn joins(&self, joins: &mut Joins) {
        match self {
            Self::Compare(figure, ..) => figure.path().into_iter().for_each(|path| joins.add(path)),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.joins(joins)),
        }
    }

    fn render(&self, sql: &mut Sql) {
        let (parts, between) = match self {
            Self::Compare(figure, op, operand) => {
                figure.render(sql);
                sql.push(op.sql());
                let Operand::Value(value) = operand else { return sql.push("NULL") };
                sql.bind(value.clone().stored(&figure.result, sql.dialect()));
                return;
            }
            Self::All(parts) => (parts, " AND "),
            Self::Any(parts) => (parts, " OR "),
        };
        sql.push("(");
        parts[0].render(sql);
        sql.push(between);
        parts[1].render(sql);
        sql.push(")");
    }
}

impl<M> BitAnd for Having<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self { test: Test::All(Box::new([self.test, other.test])), model: PhantomData }
    }
}

impl<M> BitOr for Having<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { test: Test::Any(Box::new([self.test, other.test])), model: PhantomData }
    }
}

/// An order by a figure.
#[derive(Debug)]
pub struct FigureOrder<M> {
    figure: Figure,
    descending: bool,
    model: PhantomData<fn() -> M>,
}

#[diagnostic::do_not_recommend]
impl<M> OneOrMore<FigureOrder<M>> for FigureOrder<M> {
    fn into_vec(self) -> Vec<FigureOrder<M>> {
        vec![self]
    }
}

/// Comparisons with NULL, the figure of no values, are false.
impl<M: Model, T: FieldType> Aggregate<M, T> {
    fn compare(self, op: Compare, value: T) -> Having<M> {
        let operand = Operand::Value(value.to_value().into_owned());
        Having { test: Test::Compare(Box::new(self.figure), op, operand), model: PhantomData }
    }

    /// Equal.
    pub fn eq(self, value: impl Into<T>) -> Having<M> {
        self.compare(Compare::Eq, value.into())
    }

    /// Not equal.
    pub fn ne(self, value: impl Into<T>) -> Having<M> {
        self.compare(Compare::Ne, value.into())
    }

    /// Less than.
    pub fn lt(self, value: impl Into<T>) -> Having<M> {
        self.compare(Compare::Lt, value.into())
    }

    /// Less than or equal.
    pub fn le(self, value: impl Into<T>) -> Having<M> {
        self.compare(Compare::Le, value.into())
    }

    /// Greater than.
    pub fn gt(self, value: impl Into<T>) -> Having<M> {
        self.compare(Compare::Gt, value.into())
    }

    /// Greater than or equal.
    pub fn ge(self, value: impl Into<T>) -> Having<M> {
        self.compare(Compare::Ge, value.into())
    }

    /// Smallest first.
    pub fn asc(self) -> FigureOrder<M> {
        FigureOrder { figure: self.figure, descending: false, model: PhantomData }
    }

    /// Largest first.
    pub fn desc(self) -> FigureOrder<M> {
        FigureOrder { figure: self.figure, descending: true, model: PhantomData }
    }
}
