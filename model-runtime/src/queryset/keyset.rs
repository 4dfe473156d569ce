//! `keyset`: pages that go on from a row, named by a cursor, and not from a number of rows.

use std::future::Future;
use std::marker::PhantomData;

use super::cursor::{Cursors, of_text, to_text};
use super::page::{Pages, require_positive};
use super::read::FetchOptional;
use crate::backend::Backend;
use crate::column::ColumnRef;
use crate::db::{Db, Op};
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::{Compare, Condition, Expr, Operand};
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
/// Where the order goes one way and no column of it is nullable, or a filter leaves NULL out, an index on its columns and the
/// key finds each page at once. With a nullable column that descends, the database may go past the rows before the page.
///
/// The cursor shows the row's values in the order to whoever decodes it, which is why a masked column cannot be in it.
/// Filters are not in the cursor: it names a place, and grants nothing.
#[must_use = "it does nothing until it is fetched"]
pub struct Keyset<M, S> {
    rows: S,
    size: u64,
    cursors: Cursors,
    /// That a row is on the far side of the cursor.
    from: Option<Expr>,
    backwards: bool,
    among: Option<(u64, Expr)>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, S: Pages<M>> Keyset<M, S> {
    pub(super) fn new(rows: S, size: u64, cursors: Cursors) -> Self {
        Self { rows, size, cursors, from: None, backwards: false, among: None, model: PhantomData }
    }

    /// Goes on behind the row of a cursor, the `next` of another page; from the start where that is `None`.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `cursor`, where it was changed, was signed with another secret, or is of another
    /// model or order; and as [`fetch`](Self::fetch).
    pub fn after<'a>(self, cursor: impl Into<Option<&'a str>>) -> Result<Self> {
        self.from(cursor.into(), false)
    }

    /// The page that ends before the row of a cursor, the `previous` of another page; the last page where that is `None`.
    /// Its rows are in the queryset's order too.
    ///
    /// # Errors
    /// As [`after`](Self::after).
    pub fn before<'a>(self, cursor: impl Into<Option<&'a str>>) -> Result<Self> {
        self.from(cursor.into(), true)
    }

    fn from(mut self, cursor: Option<&str>, backwards: bool) -> Result<Self> {
        self.backwards = backwards;
        let Some(cursor) = cursor else { return Ok(Self { from: None, ..self }) };
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
        let order = directed(order, backwards);
        let by_all = is_plain(&order, &self.rows.queryset().filters);
        Ok(Self { from: Some(behind(&order, values, by_all)), ..self })
    }

    /// Only rows that meet a condition, looked for among so many rows: a search for what no index finds, which takes the
    /// same time wherever the rows are, or whether there are any. Where they are used up, the page has fewer rows than it
    /// could, or none, and its cursor leads on.
    ///
    /// ```
    /// # use model_runtime::{Cursors, prelude::*};
    /// # #[mixins] #[derive(Debug, Model)] #[model(unchecked, order = "id")] struct Tag { id: i64, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
    /// # let db = Pool::connect("sqlite::memory:").await?;
    /// # model_runtime::schema::create_tables(&[Tag::table()], &db).await?;
    /// # for name in ["tea", "ink", "oak", "pea"] { Tag::builder().name(name).create(&db).await?; }
    /// # let cursors = Cursors::new("0123456789abcdef0123456789abcdef")?;
    /// let found = || Tag::objects().keyset(20, &cursors).among(2, |t| t.name.contains("ea"));
    /// let first = found().fetch(&db).await?;
    /// assert_eq!(first.items[0].name, "tea");
    /// let second = found().after(first.next.as_deref())?.fetch(&db).await?;
    /// assert_eq!(second.items[0].name, "pea");
    /// # Ok(()) }
    /// ```
    ///
    /// It is one statement more. The condition is tested, no index is used for it; what an index finds goes into the
    /// queryset's filters.
    pub fn among(mut self, rows: u64, condition: impl FnOnce(M::Columns) -> Condition<M>) -> Self {
        self.among = Some((rows, Expr::Tested(Box::new(condition(M::COLUMNS).into_expr()))));
        self
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
    /// [`explain`](super::Query::explain). How far a search [among](Self::among) rows goes is not in it.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub fn into_rows(mut self) -> Result<S> {
        let order = directed(self.order()?, self.backwards);
        let queryset = self.rows.queryset();
        queryset.order = Some(order);
        queryset.filters.extend(self.from);
        queryset.filters.extend(self.among.map(|(_, condition)| condition));
        queryset.limit = Some(self.size.saturating_add(1).min(super::MAX_ROWS));
        Ok(self.rows)
    }

    /// The last of the rows to look among; none where there are fewer.
    async fn end<B: Backend>(&mut self, connection: &mut B::Connection) -> Result<Option<M>> {
        let Some((rows, _)) = self.among else { return Ok(None) };
        let mut errors = ValidationErrors::new(M::TABLE.model);
        require_positive("among", rows, &mut errors);
        errors.into_result()?;
        let order = directed(self.order()?, self.backwards);
        let mut query = self.rows.queryset().clone();
        query.filters.extend(self.from.clone());
        query.order = Some(order.clone());
        let end = Op::<B>::run(FetchOptional::new(query.offset(rows - 1).limit(1)), connection).await?;
        if let Some(end) = &end {
            let values = order.iter().map(|(column, _)| value_in(end, *column).into_owned());
            let filters = &mut self.rows.queryset().filters;
            let until = up_to(&order, values.collect(), is_plain(&order, filters));
            filters.push(until);
        }
        Ok(end)
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
        let (moved, backwards) = (self.from.is_some(), self.backwards);
        let end = self.end::<B>(connection).await?;
        let mut items = self.into_rows()?.load::<B>(connection).await?;
        let more = items.len() > size;
        items.truncate(size);
        let is_cut = items.len() < size && end.is_some();
        let ahead = if more { items.last().map(S::row) } else { end.as_ref() };
        let behind = items.first().map(S::row).filter(|_| moved);
        let cursor = |row: Option<&M>| -> Result<Option<String>> {
            row.map(|row| Ok(cursors.seal(&place(row, &order)?))).transpose()
        };
        let (ahead, behind) = (cursor(ahead)?, cursor(behind)?);
        if backwards {
            items.reverse();
            return Ok(KeysetPage { items, next: behind, previous: ahead, is_cut });
        }
        Ok(KeysetPage { items, next: ahead, previous: behind, is_cut })
    }
}

/// A page of items, and where those beside it start. Cursors are letters, digits, `-` and `_`.
///
/// A page without items has no cursor of the side that it was read from: there is no row of it to start at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysetPage<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page, for [`Keyset::after`]; none where this is the last.
    pub next: Option<String>,
    /// The cursor of the page before, for [`Keyset::before`]; none where this was read from the start.
    pub previous: Option<String>,
    /// Whether the rows that were looked [among](Keyset::among) were used up before the page was full: there may be more
    /// items beyond them, where the page was read to.
    pub is_cut: bool,
}

fn invalid<M: Model>(field: &str, why: impl Into<String>) -> Error {
    let mut errors = ValidationErrors::new(M::TABLE.model);
    errors.add(field, why);
    Error::Validation(errors)
}

/// A place in an order, as text: the model, the order, and the row's values in it.
fn place<M: Model>(row: &M, order: &[Part]) -> Result<String> {
    let values = order
        .iter()
        .map(|(column, _)| to_text(&value_in(row, *column)).map_err(|why| invalid::<M>(column.field, why)));
    let values = values.collect::<Result<Vec<_>>>()?;
    Ok(serde_json::json!([M::TABLE.label, names(order), values]).to_string())
}

fn value_in<M: Model>(row: &M, column: ColumnRef) -> Value<'_> {
    row.value(M::TABLE.position(column.name).0)
}

/// The order in which the database is to go.
fn directed(mut order: Vec<Part>, backwards: bool) -> Vec<Part> {
    order.iter_mut().for_each(|(_, descending)| *descending ^= backwards);
    order
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
fn behind(order: &[Part], values: Vec<Value<'static>>, by_all: bool) -> Expr {
    if by_all {
        let op = if order[0].1 { Compare::Lt } else { Compare::Gt };
        return Expr::Row { columns: columns(order), op, values };
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

/// That a row comes no later than the one with these values.
fn up_to(order: &[Part], values: Vec<Value<'static>>, by_all: bool) -> Expr {
    if by_all {
        let op = if order[0].1 { Compare::Ge } else { Compare::Le };
        return Expr::Row { columns: columns(order), op, values };
    }
    Expr::Not(Box::new(behind(order, values, by_all)))
}

/// Whether the columns can be compared together: the order goes one way, and none is NULL in any of the rows.
fn is_plain(order: &[Part], filters: &[Expr]) -> bool {
    let one_way = order.windows(2).all(|parts| parts[0].1 == parts[1].1);
    one_way
        && order
            .iter()
            .all(|(column, _)| !column.is_nullable() || filters.iter().any(|f| has_value(f, *column)))
}

/// Whether rows that meet the condition have a value in the column.
fn has_value(condition: &Expr, of: ColumnRef) -> bool {
    match condition {
        Expr::Compare { column, op, operand: Operand::Value(value) } => {
            let same = column.path.is_root() && column.name == of.name;
            same && *op != Compare::Ne && !value.is_null()
        }
        Expr::All(parts) => parts.iter().any(|part| has_value(part, of)),
        _ => false,
    }
}

fn columns(order: &[Part]) -> Vec<ColumnRef> {
    order.iter().map(|(column, _)| *column).collect()
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
