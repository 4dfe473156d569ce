//! Typed columns, and what can be said of them in `filter`, `order_by`, `update` and `values`.

use std::marker::PhantomData;
use std::ops::Deref;

use crate::backend::{self, Backend};
use crate::error::{Result, ValidationErrors};
use crate::expr::{Compare, Condition, Expr, Like, Operand};
use crate::field::{FieldType, TextType};
use crate::model::Model;
use crate::queryset::{Subquery, Values};
use crate::relation::Path;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::Value;

/// The column of model `M` for a field of type `T`.
pub struct Column<M, T> {
    column: ColumnRef,
    types: PhantomData<fn() -> (M, T)>,
}

/// A column of a query's rows, or of rows that they refer to.
#[derive(Debug, Clone, Copy)]
pub struct ColumnRef {
    pub(crate) def: &'static ColumnDef,
    /// The way to the row that has it.
    pub(crate) path: Path,
}

impl ColumnRef {
    /// Whether it may be NULL in a query: also where its row may not be there.
    pub(crate) fn is_nullable(&self) -> bool {
        self.def.nullable || !self.path.is_root()
    }
}

impl Deref for ColumnRef {
    type Target = ColumnDef;

    fn deref(&self) -> &ColumnDef {
        self.def
    }
}

/// Refuses to write the columns of rows that a row refers to.
pub(crate) fn refuse_others(table: &TableDef, columns: impl Iterator<Item = ColumnRef>) -> Result<()> {
    let mut errors = ValidationErrors::new(table.model);
    for column in columns.filter(|column| !column.path.is_root()) {
        let way = column.path.alias();
        errors.add(way, format!("leads to another row: write its {} through its own model", column.field));
    }
    errors.into_result()
}

impl From<&'static ColumnDef> for ColumnRef {
    fn from(def: &'static ColumnDef) -> Self {
        Self { def, path: Path::ROOT }
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M, T> std::fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.column.name)
    }
}

/// What a column of type `T` can be compared with or set to: a `T`, a borrowed one, text for `String`, a value
/// for an `Option`, or another column of that type.
#[diagnostic::on_unimplemented(
    message = "the column holds `{T}`, and `{Self}` is no value for it",
    label = "expected `{T}`"
)]
pub trait IntoOperand<T>: Sized {
    /// The operand.
    fn into_operand(self) -> Operand;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> IntoOperand<T> for T {
    fn into_operand(self) -> Operand {
        Operand::Value(self.to_value().into_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> IntoOperand<T> for &T {
    fn into_operand(self) -> Operand {
        Operand::Value(self.to_value().into_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> IntoOperand<Option<T>> for T {
    fn into_operand(self) -> Operand {
        Operand::Value(self.to_value().into_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> IntoOperand<Option<T>> for &T {
    fn into_operand(self) -> Operand {
        Operand::Value(self.to_value().into_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoOperand<String> for &str {
    fn into_operand(self) -> Operand {
        Operand::Value(Value::Text(self.to_owned().into()))
    }
}

#[diagnostic::do_not_recommend]
impl IntoOperand<Option<String>> for &str {
    fn into_operand(self) -> Operand {
        Operand::Value(Value::Text(self.to_owned().into()))
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOperand<T> for Column<M, T> {
    fn into_operand(self) -> Operand {
        Operand::Column(self.column)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOperand<T> for Column<M, Option<T>> {
    fn into_operand(self) -> Operand {
        Operand::Column(self.column)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOperand<Option<T>> for Column<M, T> {
    fn into_operand(self) -> Operand {
        Operand::Column(self.column)
    }
}

impl<M, T> Column<M, T> {
    /// Without bounds, so that a field of a wrong type is one error, at the field.
    #[doc(hidden)]
    pub const fn new(def: &'static ColumnDef, path: Path) -> Self {
        Self { column: ColumnRef { def, path }, types: PhantomData }
    }

    /// The metadata.
    pub const fn def(self) -> &'static ColumnDef {
        self.column.def
    }

    pub(crate) fn reference(self) -> ColumnRef {
        self.column
    }
}

/// Comparisons are two-valued: with NULL on a side all are false but `ne`, and `!` turns each around.
impl<M: Model, T: FieldType> Column<M, T> {
    fn compare(self, op: Compare, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare_with(op, value.into_operand())
    }

    fn compare_with(self, op: Compare, operand: Operand) -> Condition<M> {
        Condition::new(Expr::Compare { column: self.column, op, operand })
    }

    /// Equal. `None` finds the rows where the column is NULL.
    pub fn eq(self, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare(Compare::Eq, value)
    }

    /// Not equal; NULL is not equal to any value.
    pub fn ne(self, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare(Compare::Ne, value)
    }

    /// Less than.
    pub fn lt(self, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare(Compare::Lt, value)
    }

    /// Less than or equal.
    pub fn le(self, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare(Compare::Le, value)
    }

    /// Greater than.
    pub fn gt(self, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare(Compare::Gt, value)
    }

    /// Greater than or equal.
    pub fn ge(self, value: impl IntoOperand<T>) -> Condition<M> {
        self.compare(Compare::Ge, value)
    }

    /// From `low` to `high`, both included.
    pub fn between(self, low: impl IntoOperand<T>, high: impl IntoOperand<T>) -> Condition<M> {
        self.ge(low) & self.le(high)
    }

    /// One of `values`, however many: they are one bound parameter, and `None` among them finds NULL. Or one of what a
    /// query finds: `p.author_id.is_in(User::objects().verified().values(|u| u.id))`.
    pub fn is_in(self, values: impl ValueList<M, T>) -> Condition<M> {
        values.contain(self)
    }

    /// NULL.
    pub fn is_null(self) -> Condition<M> {
        Condition::new(Expr::IsNull { column: self.column, negated: false })
    }

    /// Not NULL.
    pub fn is_not_null(self) -> Condition<M> {
        Condition::new(Expr::IsNull { column: self.column, negated: true })
    }

    /// Smallest first; NULL comes first.
    pub fn asc(self) -> Order<M> {
        Order { column: self.column, descending: false, model: PhantomData }
    }

    /// Largest first; NULL comes last.
    pub fn desc(self) -> Order<M> {
        Order { column: self.column, descending: true, model: PhantomData }
    }

    /// For `update`: sets the column to a value or to another column.
    pub fn set(self, value: impl IntoOperand<T>) -> Assignment<M> {
        Assignment { column: self.column, operand: value.into_operand(), model: PhantomData }
    }
}

/// What `is_in` looks in: values that can be compared with a column of type `T`, or a query of one such column.
#[diagnostic::on_unimplemented(
    message = "the column holds `{T}`, and `{Self}` is no list of such",
    label = "no list of `{T}`",
    note = "pass an array, a `Vec` or an iterator of values, or a query of one column: `values(|u| u.id)`"
)]
pub trait ValueList<M, T> {
    #[doc(hidden)]
    fn contain(self, column: Column<M, T>) -> Condition<M>;
}

impl<M: Model, T: FieldType, V: IntoOperand<T>, I: IntoIterator<Item = V>> ValueList<M, T> for I {
    fn contain(self, column: Column<M, T>) -> Condition<M> {
        let mut condition: Option<Condition<M>> = None;
        let mut literals = Vec::new();
        for value in self {
            match value.into_operand() {
                Operand::Value(value) if !value.is_null() => literals.push(value),
                operand => {
                    let other = column.compare_with(Compare::Eq, operand);
                    condition = Some(match condition {
                        Some(condition) => condition | other,
                        None => other,
                    });
                }
            }
        }
        let listed =
            Condition::new(Expr::In { column: column.column, values: Value::Array(T::KIND, literals) });
        match condition {
            Some(condition) => listed | condition,
            None => listed,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: FieldType, O: Model, U: SameAs<T>> ValueList<M, T> for Values<O, Column<O, U>> {
    fn contain(self, column: Column<M, T>) -> Condition<M> {
        Condition::new(Expr::InQuery { column: column.column, query: Subquery::of(self) })
    }
}

/// A column's type that can be looked for among those of another: the same, or one of both an `Option` of it.
pub trait SameAs<T>: FieldType {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> SameAs<T> for T {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> SameAs<T> for Option<T> {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> SameAs<Option<T>> for T {}

/// Text. What the user typed is matched as it stands: `%`, `_` and `*` mean themselves, but in `like`.
impl<M: Model, T: FieldType> Column<M, T> {
    fn matches(self, like: Like, text: &str) -> Condition<M> {
        Condition::new(Expr::Like { column: self.column, like, text: text.to_owned() })
    }

    /// Contains the text.
    pub fn contains(self, text: &str) -> Condition<M>
    where
        T: TextType,
    {
        self.matches(Like::Contains, text)
    }

    /// Contains the text in any case of its ASCII letters. (PostgreSQL folds other letters too, as its locale
    /// says; SQLite does not.)
    pub fn icontains(self, text: &str) -> Condition<M>
    where
        T: TextType,
    {
        self.matches(Like::ContainsAnyCase, text)
    }

    /// Begins with the text.
    pub fn starts_with(self, text: &str) -> Condition<M>
    where
        T: TextType,
    {
        self.matches(Like::StartsWith, text)
    }

    /// Ends with the text.
    pub fn ends_with(self, text: &str) -> Condition<M>
    where
        T: TextType,
    {
        self.matches(Like::EndsWith, text)
    }

    /// Matches a `LIKE` pattern in which `%` is any text, `_` any character and `\` escapes. Case counts, on
    /// SQLite too.
    pub fn like(self, pattern: &str) -> Condition<M>
    where
        T: TextType,
    {
        self.matches(Like::Pattern, pattern)
    }
}

/// One part of an order.
#[derive(Debug)]
pub struct Order<M> {
    pub(crate) column: ColumnRef,
    pub(crate) descending: bool,
    model: PhantomData<fn() -> M>,
}

/// One column set to a value, for `update`.
pub struct Assignment<M> {
    pub(crate) column: ColumnRef,
    pub(crate) operand: Operand,
    model: PhantomData<fn() -> M>,
}

impl<M> std::fmt::Debug for Assignment<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut sql = Sql::new(Dialect::Postgres, "");
        sql.column(self.column);
        sql.push(" = ");
        sql.assigned(&self.column, &self.operand);
        sql.fmt(f)
    }
}

/// One or several of a thing: the thing, a tuple of up to eight, a `Vec`, an array.
#[diagnostic::on_unimplemented(
    message = "this wants `{T}`, and `{Self}` is none",
    label = "expected `{T}`",
    note = "order by `p.title.asc()` or `p.title.desc()`, update by `p.title.set(value)`; several are a tuple of at most eight"
)]
pub trait OneOrMore<T> {
    /// All of them.
    fn into_vec(self) -> Vec<T>;
}

#[diagnostic::do_not_recommend]
impl<M> OneOrMore<Order<M>> for Order<M> {
    fn into_vec(self) -> Vec<Order<M>> {
        vec![self]
    }
}

#[diagnostic::do_not_recommend]
impl<M> OneOrMore<Assignment<M>> for Assignment<M> {
    fn into_vec(self) -> Vec<Assignment<M>> {
        vec![self]
    }
}

#[diagnostic::do_not_recommend]
impl<T> OneOrMore<T> for Vec<T> {
    fn into_vec(self) -> Vec<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, const N: usize> OneOrMore<T> for [T; N] {
    fn into_vec(self) -> Vec<T> {
        self.into()
    }
}

/// Columns by name, whatever their types: for `save_only`.
pub trait ColumnList<M> {
    /// The columns.
    fn columns(&self) -> Vec<ColumnRef>;
}

impl<M: Model, T: FieldType> ColumnList<M> for Column<M, T> {
    fn columns(&self) -> Vec<ColumnRef> {
        vec![self.column]
    }
}

/// Columns to read as a tuple (one column: its value), for `values`.
pub trait Selection<M>: ColumnList<M> + Send + Sync + 'static {
    /// The tuple of their types.
    type Out: Send + 'static;

    /// Reads a row of these columns.
    #[doc(hidden)]
    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<Self::Out>;
}

impl<M: Model, T: FieldType> Selection<M> for Column<M, T> {
    type Out = T;

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<T> {
        backend::read::<B, T>(row, 0, self.column.def)
    }
}

macro_rules! tuples {
    ($($T:ident $i:tt)+) => {
        impl<M: Model, $($T: FieldType),+> ColumnList<M> for ($(Column<M, $T>,)+) {
            fn columns(&self) -> Vec<ColumnRef> {
                vec![$(self.$i.column),+]
            }
        }

        impl<M: Model, $($T: FieldType),+> Selection<M> for ($(Column<M, $T>,)+) {
            type Out = ($($T,)+);

            fn read<DB: Backend>(&self, row: &DB::Row) -> sqlx::Result<Self::Out> {
                Ok(($(backend::read::<DB, $T>(row, $i, self.$i.column.def)?,)+))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M> OneOrMore<Order<M>> for ($(tuples!(@ $T Order<M>),)+) {
            fn into_vec(self) -> Vec<Order<M>> {
                vec![$(self.$i),+]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M> OneOrMore<Assignment<M>> for ($(tuples!(@ $T Assignment<M>),)+) {
            fn into_vec(self) -> Vec<Assignment<M>> {
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
