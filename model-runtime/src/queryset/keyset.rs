//! `keyset`: pages that go on from a row, named by a cursor, and not from a number of rows.

use std::future::Future;
use std::marker::PhantomData;

use super::cursor::{Cursors, of_text, to_text};
use super::page::{Pages, require_positive};
use crate::backend::Backend;
use crate::column::ColumnRef;
use crate::db::{Db, Op};
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::{Compare, Expr, Operand};
use crate::model::Model;
use crate::record::Recording;
use crate::value::Value;

/// A part of an order: the column, and whether it descends.
type Part = (ColumnRef, bool);

/// Pages of rows by cursor. Made by [`Pages::keyset`].
///
/// ```
/// # use model_runtime::{Cursors, prelude::*};
/// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] struct Tag { name: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&[Tag::table()], &db).await?;
/// # for name in ["a", "b", "c"] { Tag::builder().name(name).create(&db).await?; }
/// # let secret = "0123456789abcdef0123456789abcdef";
/// let cursors = Cursors::new(secret)?;
/// let mut names = Vec::new();
/// let mut cursor: Option<String> = None;
/// loop {
///     let tags = Tag::objects().order_by(|t| t.name.asc());
///     let page = tags.keyset(2, &cursors).after(cursor.as_deref())?.fetch(&db).await?;
///     names.extend(page.items.into_iter().map(|tag| tag.name));
///     cursor = page.next;
///     if cursor.is_none() {
///         break;
///     }
/// }
/// assert_eq!(names, ["a", "b", "c"]);
/// # Ok(()) }
/// ```
///
/// Where the order goes one way and no column of it is nullable, an index on its columns and the key finds each page at
/// once. With a nullable column that descends, the database may go past the rows before the page.
///
/// The cursor shows the row's values in the order to whoever decodes it, which is why a masked column cannot be in it.
/// Filters are not in the cursor: it names a place, and grants nothing.
#[must_use = "it does nothing until it is fetched"]
pub struct Keyset<M, S> {
    rows: S,
    size: u64,
    cursors: Cursors,
    after: Option<Expr>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, S: Pages<M>> Keyset<M, S> {
    pub(super) fn new(rows: S, size: u64, cursors: Cursors) -> Self {
        Self { rows, size, cursors, after: None, model: PhantomData }
    }

    /// Goes on behind the row of a cursor, the `next` of another page; from the start where that is `None`.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `cursor`, where it was changed, was signed with another secret, or is of another
    /// model or order; and as [`fetch`](Self::fetch).
    pub fn after<'a>(mut self, cursor: impl Into<Option<&'a str>>) -> Result<Self> {
        let Some(cursor) = cursor.into() else { return Ok(Self { after: None, ..self }) };
        let order = self.order()?;
        let text = self.cursors.open(cursor);
        let text = text.ok_or_else(|| {
            invalid::<M>(
                "cursor",
                "was changed or signed with another secret; start again from the first page",
            )
        })?;
        let values = values_of::<M>(&text, &order).ok_or_else(|| {
            invalid::<M>("cursor", "is of another list or another order; start again from the first page")
        })?;
        Ok(Self { after: Some(behind(&order, values)), ..self })
    }

    /// Reads the page: one statement, and one for each relation that is prefetched.
    ///
    /// # Errors
    /// [`Error::Validation`] where the size is 0, the queryset is a slice, or its order has a column of another row or
    /// a masked one.
    pub fn fetch<'c, D>(self, db: D) -> impl Future<Output = Result<KeysetPage<S::Item>>> + Send
    where
        D: Db<'c, Self, Out = KeysetPage<S::Item>>,
    {
        db.run(self)
    }

    /// The query that reads the page, and one row more to know whether there is a next: for
    /// [`explain`](super::Query::explain).
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub fn into_rows(mut self) -> Result<S> {
        self.order()?;
        let queryset = self.rows.queryset();
        queryset.ordered();
        queryset.filters.extend(self.after);
        queryset.limit = Some(self.size.saturating_add(1).min(super::MAX_ROWS));
        Ok(self.rows)
    }

    /// The order, where a cursor can hold it.
    fn order(&mut self) -> Result<Vec<Part>> {
        let mut errors = ValidationErrors::new(M::TABLE.model);
        require_positive("size", self.size, &mut errors);
        let queryset = self.rows.queryset();
        if queryset.is_sliced() {
            errors.add(
                "limit",
                "cuts off rows that pages by cursor would come to: leave `limit` and `offset` out",
            );
        }
        if queryset.rank.is_some() {
            errors.add(
                "order_by",
                "is missing: a cursor cannot hold the relevance, by which the rows are ordered",
            );
        }
        let order = queryset.clone().ordered();
        for (column, _) in &order {
            if !column.path.is_root() {
                let by = format!(
                    "goes by the {} of another row: a cursor holds the row's own columns",
                    column.field
                );
                errors.add("order_by", by);
            } else if column.recording == Recording::Mask {
                let by = format!("goes by {}, which is masked, and a cursor would show it", column.field);
                errors.add("order_by", by);
            }
        }
        errors.into_result()?;
        Ok(order)
    }
}

impl<B: Backend, M: Model, S: Pages<M>> Op<B> for Keyset<M, S> {
    type Out = KeysetPage<S::Item>;

    async fn run(mut self, connection: &mut B::Connection) -> Result<KeysetPage<S::Item>> {
        let (order, cursors) = (self.order()?, self.cursors.clone());
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let mut items = self.into_rows()?.load::<B>(connection).await?;
        let more = items.len() > size;
        items.truncate(size);
        let last = items.last().filter(|_| more);
        let next = last.map(|last| place(S::row(last), &order)).transpose()?;
        Ok(KeysetPage { items, next: next.map(|place| cursors.seal(&place)) })
    }
}

/// A page of items, and where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysetPage<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page, for [`Keyset::after`]; none where this is the last. Letters, digits, `-` and `_`.
    pub next: Option<String>,
}

fn invalid<M: Model>(field: &str, why: impl Into<String>) -> Error {
    let mut errors = ValidationErrors::new(M::TABLE.model);
    errors.add(field, why);
    Error::Validation(errors)
}

/// A place in an order, as text: the model, the order, and the row's values in it.
fn place<M: Model>(row: &M, order: &[Part]) -> Result<String> {
    let values = order.iter().map(|(column, _)| {
        let (position, _) = M::TABLE.position(column.name);
        to_text(&row.value(position)).map_err(|why| invalid::<M>(column.field, why))
    });
    let values = values.collect::<Result<Vec<_>>>()?;
    Ok(serde_json::json!([M::TABLE.label, names(order), values]).to_string())
}

fn names(order: &[Part]) -> Vec<(String, bool)> {
    order.iter().map(|(column, descending)| (column.name.to_owned(), *descending)).collect()
}

/// The values of a place, where it is one of this model in this order.
fn values_of<M: Model>(place: &str, order: &[Part]) -> Option<Vec<Value<'static>>> {
    let (label, names_there, texts): (String, Vec<(String, bool)>, Vec<Option<String>>) =
        serde_json::from_str(place).ok()?;
    if label != M::TABLE.label || names_there != names(order) || texts.len() != order.len() {
        return None;
    }
    order.iter().zip(texts).map(|((column, _), text)| of_text(column.kind, text)).collect()
}

/// That a row comes behind the one with these values.
fn behind(order: &[Part], values: Vec<Value<'static>>) -> Expr {
    let one_way = order.windows(2).all(|parts| parts[0].1 == parts[1].1);
    let columns = order.iter().map(|(column, _)| *column);
    if one_way && !order.iter().any(|(column, _)| column.is_nullable()) {
        let op = if order[0].1 { Compare::Lt } else { Compare::Gt };
        return Expr::Row { columns: columns.collect(), op, values };
    }
    let parts: Vec<_> = order
        .iter()
        .zip(values)
        .map(|((column, descending), value)| Step { column: *column, descending: *descending, value })
        .collect();
    let chain = parts.iter().rev().fold(None, |rest: Option<Expr>, part| {
        let beyond = part.beyond();
        Some(match rest {
            Some(rest) => Expr::Any(vec![beyond, Expr::All(vec![part.compare(Compare::Eq), rest])]),
            None => beyond,
        })
    });
    // What an index can start from: the chain says the same of the first column, but as alternatives.
    Expr::All(parts.first().map(Step::from).into_iter().chain(chain).collect())
}

/// A value in one part of an order. NULL is the smallest.
struct Step {
    column: ColumnRef,
    descending: bool,
    value: Value<'static>,
}

impl Step {
    fn compare(&self, op: Compare) -> Expr {
        Expr::Compare { column: self.column, op, operand: Operand::Value(self.value.clone()) }
    }

    fn is_null(&self, negated: bool) -> Expr {
        Expr::IsNull { column: self.column, negated }
    }

    /// That the column is beyond the value.
    fn beyond(&self) -> Expr {
        match (self.descending, self.value.is_null()) {
            (false, true) => self.is_null(true),
            (false, false) => self.compare(Compare::Gt),
            (true, true) => Expr::Raw("FALSE".into()),
            (true, false) => self.or_null(Compare::Lt),
        }
    }

    /// That the column has the value or is beyond it.
    fn from(&self) -> Expr {
        match (self.descending, self.value.is_null()) {
            (false, true) => Expr::Raw("TRUE".into()),
            (false, false) => self.compare(Compare::Ge),
            (true, true) => self.is_null(false),
            (true, false) => self.or_null(Compare::Le),
        }
    }

    fn or_null(&self, op: Compare) -> Expr {
        let compared = self.compare(op);
        if self.column.is_nullable() { Expr::Any(vec![compared, self.is_null(false)]) } else { compared }
    }
}
