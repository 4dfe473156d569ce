//! Numbers that the database computes from a row's columns: `p.stock - 3`, so that no other write comes in between
//! (rule 28).

use std::marker::PhantomData;
use std::ops::{Add, Mul, Sub};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::column::{Column, IntoOperand};
use crate::expr::Operand;
use crate::field::FieldType;
use crate::relation::Joins;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect};
use crate::value::{Kind, Value};

/// Whether a row differs whatever it holds, once these columns of it are set.
pub(crate) fn all_differ(set: &[(&'static ColumnDef, Operand)]) -> bool {
    set.iter().any(
        |(column, operand)| matches!(operand, Operand::Computed(computed) if computed.differs_from(column)),
    )
}

/// A type that the database computes with: integers, floats, `Decimal`, and an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "the database does not compute with `{Self}`",
    label = "not a number",
    note = "`+`, `-` and `*` are for columns of i16, i32, i64, f32, f64 and Decimal"
)]
pub trait Number: FieldType {}

macro_rules! numbers {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $ty {}
    )*};
}

numbers!(i16 i32 i64 f32 f64 Decimal);

#[diagnostic::do_not_recommend]
impl<T: Number> Number for Option<T> {}

/// A number computed from the columns of a row of `M`, of the type `T`: `p.price * 2`. It can be compared with, and set.
#[derive(Debug)]
pub struct Expression<M, T> {
    operand: Operand,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Expression<M, T> {
    fn clone(&self) -> Self {
        Self { operand: self.operand.clone(), types: PhantomData }
    }
}

impl<M, T> Expression<M, T> {
    fn new(left: Operand, operator: Operator, right: Operand) -> Self {
        Self { operand: Operand::Computed(Arc::new(Computed { left, operator, right })), types: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOperand<T> for Expression<M, T> {
    fn into_operand(self) -> Operand {
        self.operand
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOperand<Option<T>> for Expression<M, T> {
    fn into_operand(self) -> Operand {
        self.operand
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $operator:ident;)*) => {$(
        impl<M, T: Number, R: IntoOperand<T>> $trait<R> for Column<M, T> {
            type Output = Expression<M, T>;

            fn $method(self, right: R) -> Expression<M, T> {
                Expression::new(Operand::Column(self.reference()), Operator::$operator, right.into_operand())
            }
        }

        impl<M, T: Number, R: IntoOperand<T>> $trait<R> for Expression<M, T> {
            type Output = Self;

            fn $method(self, right: R) -> Self {
                Self::new(self.operand, Operator::$operator, right.into_operand())
            }
        }
    )*};
}

operators! {
    Add add Plus;
    Sub sub Minus;
    Mul mul Times;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Plus,
    Minus,
    Times,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Computed {
    left: Operand,
    operator: Operator,
    right: Operand,
}

impl Computed {
    /// Whether it may be NULL.
    pub(crate) fn is_nullable(&self) -> bool {
        self.left.is_nullable() || self.right.is_nullable()
    }

    /// Whether it is another number than `column` holds, whatever that is: a whole number, not 0, added to it or taken off.
    fn differs_from(&self, column: &ColumnDef) -> bool {
        let is_column =
            matches!(self.left, Operand::Column(left) if left.path.is_root() && left.name == column.name);
        let by = match self.right {
            Operand::Value(Value::SmallInt(by)) => by.into(),
            Operand::Value(Value::Integer(by)) => by.into(),
            Operand::Value(Value::BigInt(by)) => by,
            _ => 0,
        };
        is_column && !column.nullable && by != 0 && self.operator != Operator::Times
    }

    pub(crate) fn joins(&self, joins: &mut Joins) {
        self.left.joins(joins);
        self.right.joins(joins);
    }

    /// Writes it as `column` holds it: decimals at the column's scale, each product rounded to it.
    pub(crate) fn render(&self, sql: &mut Sql, column: &ColumnDef) {
        let operator = match self.operator {
            Operator::Plus => " + ",
            Operator::Minus => " - ",
            Operator::Times if column.kind == Kind::Decimal => return self.render_product(sql, column),
            Operator::Times => " * ",
        };
        sql.push("(");
        sql.assigned(column, &self.left);
        sql.push(operator);
        sql.assigned(column, &self.right);
        sql.push(")");
    }

    /// A product of decimals, rounded to the column's scale.
    fn render_product(&self, sql: &mut Sql, column: &ColumnDef) {
        let [left, right] =
            [&self.left, &self.right].map(|operand| sql.fragment(|sql| sql.assigned(column, operand)));
        sql.push(&match sql.dialect() {
            Dialect::Postgres => format!("ROUND({left} * {right}, {})", column.scale),
            Dialect::Sqlite if column.scale > 0 => {
                let unit = 10_u64.pow(column.scale);
                let half = unit / 2;
                format!(
                    "(({left} * {right} + CASE WHEN ({left} < 0) <> ({right} < 0) THEN -{half} ELSE {half} END) / {unit})"
                )
            }
            Dialect::Sqlite => format!("({left} * {right})"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_differs_where_a_number_is_added_to_the_column_itself() {
        static COLUMN: ColumnDef = ColumnDef::new::<i32>("stock");
        static OTHER: ColumnDef = ColumnDef::new::<i32>("sold");
        static NULLABLE: ColumnDef = ColumnDef::new::<Option<i32>>("stock");
        let differs = |column: &'static ColumnDef, left: &'static ColumnDef, operator, right| {
            let (left, right) = (Operand::Column(left.into()), Operand::Value(right));
            all_differ(&[(column, Operand::Computed(Arc::new(Computed { left, operator, right })))])
        };
        let one = || Value::Integer(1);
        assert!(differs(&COLUMN, &COLUMN, Operator::Plus, one()));
        assert!(differs(&COLUMN, &COLUMN, Operator::Minus, one()));
        assert!(!differs(&COLUMN, &COLUMN, Operator::Times, one()));
        assert!(!differs(&COLUMN, &COLUMN, Operator::Plus, Value::Integer(0)));
        assert!(!differs(&COLUMN, &COLUMN, Operator::Plus, Value::Double(1.0)), "1e300 + 1 is 1e300");
        assert!(!differs(&COLUMN, &OTHER, Operator::Plus, one()));
        assert!(!differs(&NULLABLE, &NULLABLE, Operator::Plus, one()));
    }
}
