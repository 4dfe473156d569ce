//! Pages of rows, by number (`page`) and by cursor (`keyset`).

use std::future::Future;
use std::marker::PhantomData;

use super::prefetch::{Prefetch, Rows};
use super::read::{Count, Query};
use super::select_related::SelectRelated;
use super::{MAX_ROWS, QuerySet};
use crate::backend::Backend;
use crate::column::ColumnRef;
use crate::db::{Db, Op};
use crate::error::{Result, ValidationErrors};
use crate::many_to_many::PrefetchMany;
use crate::model::Model;
use crate::relation::Related;

/// Rows that can be read page by page, with what comes with them: a queryset, and what `select_related` and
/// `prefetch_related` make of it.
pub trait Pages<M: Model>: Rows<M> {
    #[doc(hidden)]
    fn queryset(&mut self) -> &mut QuerySet<M>;

    /// The page of that number, from 1 on, of at most `size` rows. Rows without an order come in that of their keys.
    ///
    /// The database goes past all rows before the page, so that far pages take long; `keyset` (cargo feature
    /// `cursors`) does not. Where the size comes from outside, limit it.
    ///
    /// ```
    /// # use model_runtime::prelude::*;
    /// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] struct Tag { name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
    /// # let db = Pool::connect("sqlite::memory:").await?;
    /// # model_runtime::schema::create_tables(&[Tag::table()], &db).await?;
    /// # for name in ["a", "b", "c"] { Tag::builder().name(name).create(&db).await?; }
    /// let page = Tag::objects().order_by(|t| t.name.asc()).page(2, 2).fetch(&db).await?;
    /// assert_eq!((page.items.len(), page.total, page.pages()), (1, 3, 2));
    /// assert!(page.has_previous() && !page.has_next());
    /// # Ok(()) }
    /// ```
    fn page(self, number: u64, size: u64) -> Paged<M, Self> {
        Paged { rows: self, number, size, model: PhantomData }
    }

    /// Pages of at most `size` rows in the queryset's order: the first, or the one [after](super::Keyset::after) a
    /// cursor. Each page takes as long as the first where an index has the order. Rows that come and go meanwhile
    /// move no other; one whose own place in the order changes may be shown twice, or not at all.
    #[cfg(feature = "cursors")]
    fn keyset(self, size: u64, cursors: &super::Cursors) -> super::Keyset<M, Self> {
        super::Keyset::new(self, size, cursors.clone())
    }
}

impl<M: Model> Pages<M> for QuerySet<M> {
    fn queryset(&mut self) -> &mut QuerySet<M> {
        self
    }
}

impl<M: Model, L: Related<M>> Pages<M> for SelectRelated<M, L> {
    fn queryset(&mut self) -> &mut QuerySet<M> {
        &mut self.query
    }
}

impl<M: Model, S: Pages<M>, C: Model> Pages<M> for Prefetch<M, S, C> {
    fn queryset(&mut self) -> &mut QuerySet<M> {
        self.rows.queryset()
    }
}

impl<M: Model, S: Pages<M>, L: Model, R: Model> Pages<M> for PrefetchMany<M, S, L, R> {
    fn queryset(&mut self) -> &mut QuerySet<M> {
        self.rows.queryset()
    }
}

impl<M: Model> QuerySet<M> {
    /// Puts rows without an order in that of their keys; returns the order, complete.
    pub(super) fn ordered(&mut self) -> Vec<(ColumnRef, bool)> {
        let mut order = self.complete_order();
        if order.is_empty() {
            order.push((M::TABLE.key().into(), false));
        }
        self.order = Some(order.clone());
        order
    }

    /// Of these rows those behind the first `start`, at most `count`.
    fn narrow(&mut self, start: u64, count: u64) {
        let left = self.limit.map_or(count, |limit| limit.saturating_sub(start).min(count));
        self.offset = self.offset.saturating_add(start).min(MAX_ROWS);
        self.limit = Some(left.min(MAX_ROWS));
    }
}

/// Adds an error where a number that counts from 1 is 0.
pub(super) fn require_positive(field: &str, number: u64, errors: &mut ValidationErrors) {
    if number == 0 {
        errors.add(field, "is 0, and must be at least 1");
    }
}

/// One page of rows, by its number. Made by [`Pages::page`].
#[must_use = "it does nothing until it is fetched"]
pub struct Paged<M, S> {
    rows: S,
    number: u64,
    size: u64,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, S: Pages<M>> Paged<M, S> {
    /// Reads the page, and how many rows there are: two statements, and one for each relation that is prefetched. A
    /// page beyond the last is empty. (Between the statements others may write; in a transaction that is
    /// `REPEATABLE READ` they agree.)
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) where the number or the size is 0.
    pub fn fetch<'c, D>(self, db: D) -> impl Future<Output = Result<Page<S::Item>>> + Send
    where
        D: Db<'c, Self, Out = Page<S::Item>>,
    {
        db.run(self)
    }
}

impl<B: Backend, M: Model, S: Pages<M>> Op<B> for Paged<M, S> {
    type Out = Page<S::Item>;

    async fn run(mut self, connection: &mut B::Connection) -> Result<Page<S::Item>> {
        let (number, size) = (self.number, self.size);
        let mut errors = ValidationErrors::new(M::TABLE.model);
        require_positive("page", number, &mut errors);
        require_positive("size", size, &mut errors);
        errors.into_result()?;
        let queryset = self.rows.queryset();
        let all = queryset.clone().unordered();
        let total = Op::<B>::run(Count::new(all), connection).await?;
        queryset.ordered();
        queryset.narrow((number - 1).saturating_mul(size), size);
        let items = self.rows.load::<B>(connection).await?;
        Ok(Page { items, number, size, total })
    }
}

/// A page of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Its number, from 1 on.
    pub number: u64,
    /// How many items a page has, but for the last.
    pub size: u64,
    /// How many items there are on all pages.
    pub total: u64,
}

impl<T> Page<T> {
    /// How many pages there are; none where there are no items.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size.max(1))
    }

    /// Whether there is a page behind this one.
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }

    /// Whether there is a page before this one.
    pub fn has_previous(&self) -> bool {
        self.number > 1 && self.total > 0
    }
}
