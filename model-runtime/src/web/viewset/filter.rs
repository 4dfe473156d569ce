//! What a query string asks of a list: filters, a search, an order. Everything that is wrong is told at once.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::Column;
use crate::column::{ColumnList, ColumnRef};
use crate::error::{ValidationErrors, excerpt};
use crate::expr::{Compare, Expr, Like, Operand};
use crate::field::TextType;
use crate::fields::refusal;
use crate::model::Model;
use crate::queryset::QuerySet;
use crate::table::ColumnDef;
use crate::validate::check_one;
use crate::value::{Kind, Value};

/// The parameters of every list.
pub(super) const SEARCH: &str = "search";
pub(super) const ORDERING: &str = "ordering";

/// Most words of a search.
const MAX_WORDS: usize = 10;

/// Most values of a list in a filter.
const MAX_VALUES: usize = 100;

/// Text columns: one, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "a search is in text columns",
    label = "not all of these are text columns"
)]
pub trait TextColumns<M>: ColumnList<M> {}

impl<M: Model, T: TextType> TextColumns<M> for Column<M, T> {}

macro_rules! tuples {
    ($($($T:ident)+;)+) => {$(
        impl<M: Model, $($T: TextType),+> TextColumns<M> for ($(Column<M, $T>,)+) {}
    )+};
}

tuples!(A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;);

/// A parameter that filters.
#[derive(Debug, Clone)]
pub(in crate::web) struct Filter {
    pub name: String,
    pub column: ColumnRef,
    pub lookup: Lookup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Lookup {
    Compare(Compare),
    In,
    IsNull,
}

/// By which a query string names the column.
pub(in crate::web) fn name_of(column: ColumnRef) -> String {
    if column.path.is_root() {
        column.field.to_owned()
    } else {
        format!("{}.{}", column.path.alias(), column.field)
    }
}

/// The parameters that filter by a column.
pub(super) fn filters_of(column: ColumnRef) -> Vec<Filter> {
    let name = name_of(column);
    let mut filters = Vec::new();
    let mut add =
        |suffix: &str, lookup| filters.push(Filter { name: format!("{name}{suffix}"), column, lookup });
    if !matches!(column.kind, Kind::Json | Kind::Bytes) {
        add("", Lookup::Compare(Compare::Eq));
        add("__in", Lookup::In);
    }
    if !matches!(column.kind, Kind::Json | Kind::Bytes | Kind::Bool | Kind::Uuid | Kind::Ip | Kind::Text) {
        add("__gt", Lookup::Compare(Compare::Gt));
        add("__gte", Lookup::Compare(Compare::Ge));
        add("__lt", Lookup::Compare(Compare::Lt));
        add("__lte", Lookup::Compare(Compare::Le));
    }
    if column.is_nullable() {
        add("__isnull", Lookup::IsNull);
    }
    filters
}

impl Filter {
    fn condition(&self, text: &str) -> Result<Expr, String> {
        let column = self.column;
        Ok(match self.lookup {
            Lookup::Compare(op) => {
                Expr::Compare { column, op, operand: Operand::Value(value_of(&column, text)?) }
            }
            Lookup::In => {
                let values: Vec<_> =
                    text.split(',').map(|text| value_of(&column, text)).collect::<Result<_, _>>()?;
                if values.len() > MAX_VALUES {
                    return Err(format!("has {} values, {MAX_VALUES} are allowed", values.len()));
                }
                Expr::In { column, values: Value::Array(column.kind, values) }
            }
            Lookup::IsNull => match text {
                "true" => Expr::IsNull { column, negated: false },
                "false" => Expr::IsNull { column, negated: true },
                _ => return Err("is neither true nor false".to_owned()),
            },
        })
    }
}

/// A value of the column, from a query string.
fn value_of(column: &ColumnDef, text: &str) -> Result<Value<'static>, String> {
    let read = match column.kind {
        Kind::Bool => text.parse().map(Value::Bool).ok(),
        Kind::SmallInt => text.parse().map(Value::SmallInt).ok(),
        Kind::Integer => text.parse().map(Value::Integer).ok(),
        Kind::BigInt => text.parse().map(Value::BigInt).ok(),
        Kind::Real => text.parse().ok().filter(|v: &f32| v.is_finite()).map(Value::Real),
        Kind::Double => text.parse().ok().filter(|v: &f64| v.is_finite()).map(Value::Double),
        Kind::Text => Some(Value::Text(text.to_owned().into())),
        Kind::Uuid => text.parse().map(Value::Uuid).ok(),
        Kind::Timestamp => {
            DateTime::parse_from_rfc3339(text).map(|v| Value::Timestamp(v.with_timezone(&Utc))).ok()
        }
        Kind::Date => text.parse().map(Value::Date).ok(),
        Kind::Decimal => text.parse().map(Value::Decimal).ok(),
        Kind::Ip => text.parse().map(Value::Ip).ok(),
        Kind::Json | Kind::Bytes => None,
    };
    let value = read.ok_or_else(|| refusal(column, ""))?;
    check_one(column, &value)?;
    Ok(value)
}

/// What a list can be asked for.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Declared {
    pub filters: Vec<Filter>,
    pub search: Vec<ColumnRef>,
    pub order: Vec<ColumnRef>,
    pub search_length: usize,
}

impl Declared {
    /// The rows that the parameters ask for. Parameters that `others` knows are left to it.
    pub(super) fn apply<M: Model>(
        &self,
        mut rows: QuerySet<M>,
        parameters: &[(String, String)],
        others: impl Fn(&str) -> bool,
        errors: &mut ValidationErrors,
    ) -> QuerySet<M> {
        let mut seen = BTreeSet::new();
        for (name, text) in parameters {
            if !seen.insert(name) {
                errors.add(excerpt(name), "is given twice");
                continue;
            }
            let asked = match name.as_str() {
                SEARCH if !self.search.is_empty() => self.search(text).map(|condition| match condition {
                    Some(condition) => rows.clone().filter_expr(condition),
                    None => rows.clone(),
                }),
                ORDERING if !self.order.is_empty() => {
                    self.order(text).map(|order| rows.clone().in_order(order))
                }
                name => match self.filters.iter().find(|filter| filter.name == name) {
                    Some(filter) => {
                        filter.condition(text).map(|condition| rows.clone().filter_expr(condition))
                    }
                    None if others(name) => continue,
                    None => Err("is no parameter of this list".to_owned()),
                },
            };
            match asked {
                Ok(asked) => rows = asked,
                Err(why) => errors.add(excerpt(name), why),
            }
        }
        rows
    }

    /// Each word is in one of the columns.
    fn search(&self, text: &str) -> Result<Option<Expr>, String> {
        let length = text.chars().count();
        if length > self.search_length {
            return Err(format!("has {length} characters, {} are allowed", self.search_length));
        }
        if text.contains('\0') {
            return Err("contains the character U+0000, which no text has".to_owned());
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() > MAX_WORDS {
            return Err(format!("has {} words, {MAX_WORDS} are allowed", words.len()));
        }
        let of_word = |word: &&str| {
            let like = |column: &ColumnRef| Expr::Like {
                column: *column,
                like: Like::ContainsAnyCase,
                text: (*word).to_owned(),
            };
            Expr::Any(self.search.iter().map(like).collect())
        };
        Ok((!words.is_empty()).then(|| Expr::All(words.iter().map(of_word).collect())))
    }

    fn order(&self, text: &str) -> Result<Vec<(ColumnRef, bool)>, String> {
        let mut order: Vec<(ColumnRef, bool)> = Vec::new();
        for part in text.split(',') {
            let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            let Some(column) = self.order.iter().find(|column| name_of(**column) == name) else {
                let known: Vec<String> = self.order.iter().map(|column| name_of(*column)).collect();
                return Err(format!("names {:?}, none of {}", excerpt(name), known.join(", ")));
            };
            if order.iter().any(|(known, _)| name_of(*known) == name) {
                return Err(format!("names {name} twice"));
            }
            order.push((*column, descending));
        }
        Ok(order)
    }
}
