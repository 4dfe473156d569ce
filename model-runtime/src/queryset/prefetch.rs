//! `prefetch_related`: rows with all rows that refer to them, in one more query for each relation.

use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;

use super::QuerySet;
use super::read::FetchAll;
use super::select_related::SelectRelated;
use crate::backend::Backend;
use crate::column::{Column, ColumnRef};
use crate::db::{Db, Op};
use crate::error::{Result, ValidationErrors};
use crate::expr::Expr;
use crate::field::{FieldType, Key};
use crate::many_to_many::{PrefetchMany, Through};
use crate::model::Model;
use crate::relation::Related;
use crate::table::TableDef;
use crate::value::Value;

/// A foreign key's type: that of the other model's key, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "the column holds `{Self}`, which is no foreign key of the rows",
    label = "no foreign key of the rows"
)]
pub trait ForeignKey<K>: FieldType {}

#[diagnostic::do_not_recommend]
impl<K: Key> ForeignKey<K> for K {}

#[diagnostic::do_not_recommend]
impl<K: Key> ForeignKey<K> for Option<K> {}

/// Rows of `M` to which more can be fetched.
pub trait Rows<M: Model>: Sized + Send + 'static {
    /// A row, with what comes with it.
    type Item: Send + 'static;

    #[doc(hidden)]
    fn row(item: &Self::Item) -> &M;

    #[doc(hidden)]
    fn load<B: Backend>(
        self,
        connection: &mut B::Connection,
    ) -> impl Future<Output = Result<Vec<Self::Item>>> + Send;

    /// Fetches all rows of a queryset that refer to these by a foreign key, in one more query. The items are
    /// `(row, those that refer to it)`, in the queryset's order:
    /// `User::objects().prefetch_related(Post::objects().published(), |p| p.author_id).fetch_all(&db)`.
    fn prefetch_related<C: Model, K: ForeignKey<M::Id>>(
        self,
        others: QuerySet<C>,
        by: impl FnOnce(C::Columns) -> Column<C, K>,
    ) -> Prefetch<M, Self, C> {
        Prefetch { rows: self, others, by: by(C::COLUMNS).reference(), model: PhantomData }
    }

    /// Fetches all rows of a queryset that these are linked to, in one more query. The items are `(row, linked rows)`:
    /// `Post::objects().prefetch_many(Post::TAGS, Tag::objects()).fetch_all(&db)`.
    fn prefetch_many<L: Model, R: Model>(
        self,
        through: Through<M, L, R>,
        others: QuerySet<R>,
    ) -> PrefetchMany<M, Self, L, R> {
        PrefetchMany { rows: self, through, others }
    }
}

impl<M: Model> Rows<M> for QuerySet<M> {
    type Item = M;

    fn row(item: &M) -> &M {
        item
    }

    async fn load<B: Backend>(self, connection: &mut B::Connection) -> Result<Vec<M>> {
        Op::<B>::run(FetchAll::new(self), connection).await
    }
}

impl<M: Model, L: Related<M>> Rows<M> for SelectRelated<M, L> {
    type Item = (M, L::Out);

    fn row(item: &Self::Item) -> &M {
        &item.0
    }

    async fn load<B: Backend>(self, connection: &mut B::Connection) -> Result<Vec<Self::Item>> {
        Op::<B>::run(FetchAll::new(self), connection).await
    }
}

/// Rows with all that refer to them. Made by [`Rows::prefetch_related`].
#[must_use = "it does nothing until it is fetched"]
pub struct Prefetch<M, S, C> {
    pub(super) rows: S,
    others: QuerySet<C>,
    by: ColumnRef,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, S: Rows<M>, C: Model> Prefetch<M, S, C> {
    /// All of it, in memory: one query for the rows, and one for each relation.
    ///
    /// # Errors
    /// The database's, and [`Error::Validation`](crate::Error::Validation) where the queryset of those that refer to the
    /// rows is a slice, which could not be one for each row.
    pub fn fetch_all<'c, D>(self, db: D) -> impl Future<Output = Result<Vec<(S::Item, Vec<C>)>>> + Send
    where
        D: Db<'c, FetchPrefetched<M, Self>, Out = Vec<(S::Item, Vec<C>)>>,
    {
        db.run(FetchPrefetched::new(self))
    }
}

impl<M: Model, S: Rows<M>, C: Model> Rows<M> for Prefetch<M, S, C> {
    type Item = (S::Item, Vec<C>);

    fn row(item: &Self::Item) -> &M {
        S::row(&item.0)
    }

    async fn load<B: Backend>(self, connection: &mut B::Connection) -> Result<Vec<Self::Item>> {
        let Self { rows, others, by, .. } = self;
        refuse_slice(&others)?;
        refuse_others::<M, C>(by)?;
        let rows = rows.load::<B>(connection).await?;
        let mut found: HashMap<M::Id, Vec<C>> =
            rows.iter().map(|item| (S::row(item).id(), Vec::new())).collect();
        if !found.is_empty() {
            let keys = found.keys().map(|key| key.to_value().into_owned()).collect();
            let others = others.filter_expr(Expr::In { column: by, values: Value::Array(M::Id::KIND, keys) });
            let (position, _) = C::TABLE.position(by.name);
            for other in Op::<B>::run(FetchAll::new(others), connection).await? {
                let key = M::Id::of_value(&other.value(position));
                if let Some(row) = key.and_then(|key| found.get_mut(&key)) {
                    row.push(other);
                }
            }
        }
        let with = rows.into_iter().map(|item| {
            let others = found.remove(&S::row(&item).id()).unwrap_or_default();
            (item, others)
        });
        Ok(with.collect())
    }
}

/// The key must be read with the row, and be that of these rows.
fn refuse_others<M: Model, C: Model>(by: ColumnRef) -> Result<()> {
    let mut errors = ValidationErrors::new(C::TABLE.model);
    if !by.path.is_root() {
        errors.add(by.path.alias(), "leads to another row: prefetch by a foreign key of the rows themselves");
    } else if let Some(why) = other_target(by, M::TABLE) {
        errors.add(by.field, why);
    }
    errors.into_result()
}

/// Why a column is no foreign key to rows of this table, where it says that it is one to others.
pub(super) fn other_target(by: ColumnRef, table: &TableDef) -> Option<String> {
    let target = (by.references?.table)();
    (target.name != table.name)
        .then(|| format!("refers to {}: name a foreign key that refers to {}", target.model, table.model))
}

/// A slice would be one of all rows together.
pub(crate) fn refuse_slice<C: Model>(others: &QuerySet<C>) -> Result<()> {
    let mut errors = ValidationErrors::new(C::TABLE.model);
    if others.is_sliced() {
        errors.add(
            "limit",
            "cannot be that of rows fetched for many others: it would be shared by all of them",
        );
    }
    errors.into_result()
}

/// Fetches rows with all that refer to them.
pub struct FetchPrefetched<M, P> {
    rows: P,
    model: PhantomData<fn() -> M>,
}

impl<M, P> FetchPrefetched<M, P> {
    pub(crate) fn new(rows: P) -> Self {
        Self { rows, model: PhantomData }
    }
}

impl<B: Backend, M: Model, P: Rows<M>> Op<B> for FetchPrefetched<M, P> {
    type Out = Vec<P::Item>;

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        self.rows.load::<B>(connection).await
    }
}
