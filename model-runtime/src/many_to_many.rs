//! `#[many_to_many]`: rows that are linked by the rows of a third model.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::marker::PhantomData;

use crate::atomic::{self, Steps};
use crate::backend::{self, Backend};
use crate::column::Column;
use crate::db::{Db, Op};
use crate::error::Result;
use crate::expr::{Expr, is_one_of};
use crate::field::{FieldType, Key};
use crate::model::{Model, Writable};
use crate::queryset::{self, Query, QuerySet, Rows, Subquery, refuse_slice};
use crate::relation::ROOT;
use crate::sql::Sql;
use crate::table::{Dialect, TableDef};
use crate::value::Value;
use crate::write::BulkCreate;

/// How rows of `M` and rows of `R` are linked by rows of `L`. `#[many_to_many(Tag, through = PostTag)]` makes one:
/// `Post::TAGS`.
pub struct Through<M: Model, L: Model, R: Model> {
    pub(crate) from: Column<L, M::Id>,
    pub(crate) to: Column<L, R::Id>,
    make: fn(M::Id, R::Id) -> L,
}

impl<M: Model, L: Model, R: Model> Clone for Through<M, L, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model, L: Model, R: Model> Copy for Through<M, L, R> {}

impl<M: Model, L: Model, R: Model> Through<M, L, R> {
    #[doc(hidden)]
    pub const fn new(from: Column<L, M::Id>, to: Column<L, R::Id>, make: fn(M::Id, R::Id) -> L) -> Self {
        Self { from, to, make }
    }

    /// The links of one row.
    pub fn of(self, row: &M) -> ManyToMany<L, R> {
        let (from, make) = (row.id(), self.make);
        ManyToMany {
            links: Links {
                existing: L::objects().filter(|_| self.from.eq(from)),
                target: self.to,
                make: Box::new(move |to| make(from, to)),
            },
            target: PhantomData,
        }
    }
}

/// The rows of `R` that one row is linked to. Each link is a row of `L`, and audited where `L` is.
#[must_use = "it does nothing until rows are added, removed or read"]
pub struct ManyToMany<L: Model, R: Model> {
    links: Links<L, R::Id>,
    target: PhantomData<fn() -> R>,
}

impl<L: Writable, R: Model> ManyToMany<L, R> {
    /// Links rows. Returns how many were not; linking again is nothing.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) where a row is gone; nothing is linked then.
    pub fn add<'r, 'c, D>(
        self,
        rows: impl IntoIterator<Item = &'r R>,
        db: D,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, ChangeLinks<L, R::Id>, Out = u64>,
    {
        db.run(ChangeLinks { links: self.links, change: Change::Add(keys(rows)) })
    }

    /// Takes links away, as the links' own `delete` does. Returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn remove<'r, 'c, D>(
        self,
        rows: impl IntoIterator<Item = &'r R>,
        db: D,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, ChangeLinks<L, R::Id>, Out = u64>,
    {
        db.run(ChangeLinks { links: self.links, change: Change::Remove(keys(rows)) })
    }

    /// Links these rows and no others. Returns how many links were added or taken away.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn set<'r, 'c, D>(
        self,
        rows: impl IntoIterator<Item = &'r R>,
        db: D,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, ChangeLinks<L, R::Id>, Out = u64>,
    {
        db.run(ChangeLinks { links: self.links, change: Change::Set(keys(rows)) })
    }

    /// Takes all links away. Returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn clear<'c, D>(self, db: D) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, ChangeLinks<L, R::Id>, Out = u64>,
    {
        db.run(ChangeLinks { links: self.links, change: Change::Set(Vec::new()) })
    }

    /// Whether that row is linked.
    ///
    /// # Errors
    /// The database's.
    pub fn contains<'c, D>(self, row: &R, db: D) -> impl Future<Output = Result<bool>> + Send
    where
        D: Db<'c, queryset::Exists<L>, Out = bool>,
    {
        let (id, Links { existing, target, .. }) = (row.id(), self.links);
        existing.filter(|_| target.eq(id)).exists(db)
    }

    /// The linked rows, to be narrowed, read or written: `post.tags().all().filter(|t| t.name.starts_with("r"))`.
    pub fn all(self) -> QuerySet<R> {
        let Links { existing, target, .. } = self.links;
        let query = Subquery::of(existing.values(|_| target));
        R::objects().filter_expr(Expr::InQuery { column: R::TABLE.key().into(), query })
    }
}

fn keys<'r, R: Model>(rows: impl IntoIterator<Item = &'r R>) -> Vec<R::Id> {
    rows.into_iter().map(Model::id).collect()
}

/// The links of one row.
pub(crate) struct Links<L, K> {
    /// Those that there are.
    pub(crate) existing: QuerySet<L>,
    /// The key of the row that a link leads to.
    pub(crate) target: Column<L, K>,
    /// A new link.
    pub(crate) make: Box<dyn Fn(K) -> L + Send + Sync>,
}

impl<L: Writable, K: Key> Links<L, K> {
    /// Adds those that are missing, in a transaction of the caller's.
    pub(crate) async fn add<B: Backend>(&self, connection: &mut B::Connection, keys: &[K]) -> Result<u64> {
        let target = self.target;
        let wanted = self.existing.clone().filter(|_| target.is_in(keys.iter().copied()));
        let has = queryset::all::<B, _>(connection, wanted.values(|_| target)).await?;
        let missing: BTreeSet<K> = keys.iter().copied().filter(|key| !has.contains(key)).collect();
        let missing: Vec<L> = missing.into_iter().map(&self.make).collect();
        let count = missing.len() as u64;
        Op::<B>::run(BulkCreate::new(missing), connection).await?;
        Ok(count)
    }

    /// Takes those to these rows away.
    pub(crate) async fn remove<B: Backend>(&self, connection: &mut B::Connection, keys: &[K]) -> Result<u64> {
        let target = self.target;
        let these = self.existing.clone().filter(|_| target.is_in(keys.iter().copied()));
        Op::<B>::run(these.deletion(), connection).await
    }

    /// Takes those to all other rows away.
    async fn keep<B: Backend>(&self, connection: &mut B::Connection, keys: &[K]) -> Result<u64> {
        let target = self.target;
        let others = self.existing.clone().exclude(|_| target.is_in(keys.iter().copied()));
        Op::<B>::run(others.deletion(), connection).await
    }
}

/// What becomes of the links.
enum Change<K> {
    Add(Vec<K>),
    Remove(Vec<K>),
    Set(Vec<K>),
}

/// Changes the links of a row.
pub struct ChangeLinks<L, K> {
    links: Links<L, K>,
    change: Change<K>,
}

impl<B: Backend, L: Writable, K: Key> Steps<B> for ChangeLinks<L, K> {
    type Out = u64;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<u64> {
        match &self.change {
            Change::Add(keys) => self.links.add::<B>(connection, keys).await,
            Change::Remove(keys) => self.links.remove::<B>(connection, keys).await,
            Change::Set(keys) => {
                let removed = self.links.keep::<B>(connection, keys).await?;
                Ok(removed + self.links.add::<B>(connection, keys).await?)
            }
        }
    }
}

impl<B: Backend, L: Writable, K: Key> Op<B> for ChangeLinks<L, K> {
    type Out = u64;

    fn begins(&self) -> bool {
        true
    }

    async fn run(mut self, connection: &mut B::Connection) -> Result<u64> {
        atomic::retried::<B, _>(&mut self, connection, atomic::is_taken).await
    }
}

/// Rows with all that they are linked to. Made by [`Rows::prefetch_many`].
#[must_use = "it does nothing until it is fetched"]
pub struct PrefetchMany<M: Model, S, L: Model, R: Model> {
    pub(crate) rows: S,
    pub(crate) through: Through<M, L, R>,
    pub(crate) others: QuerySet<R>,
}

impl<M: Model, S: Rows<M>, L: Model, R: Model> PrefetchMany<M, S, L, R> {
    /// All of it, in memory: one query for the rows, and one for each relation.
    ///
    /// # Errors
    /// The database's, and [`Error::Validation`](crate::Error::Validation) where the queryset of the linked rows is a slice,
    /// which could not be one for each row.
    pub fn fetch_all<'c, D>(self, db: D) -> impl Future<Output = Result<Vec<(S::Item, Vec<R>)>>> + Send
    where
        D: Db<'c, queryset::FetchPrefetched<M, Self>, Out = Vec<(S::Item, Vec<R>)>>,
    {
        db.run(queryset::FetchPrefetched::new(self))
    }
}

impl<M: Model, S: Rows<M>, L: Model, R: Model> Rows<M> for PrefetchMany<M, S, L, R> {
    type Item = (S::Item, Vec<R>);

    fn row(item: &Self::Item) -> &M {
        S::row(&item.0)
    }

    async fn load<B: Backend>(self, connection: &mut B::Connection) -> Result<Vec<Self::Item>> {
        let Self { rows, through, others } = self;
        refuse_slice(&others)?;
        let rows = rows.load::<B>(connection).await?;
        let mut found: HashMap<M::Id, Vec<R>> = HashMap::new();
        if !rows.is_empty() {
            let keys = rows.iter().map(|item| S::row(item).id()).collect();
            for (key, other) in queryset::all::<B, _>(connection, Linked { through, others, keys }).await? {
                found.entry(key).or_default().push(other);
            }
        }
        let with = rows.into_iter().map(|item| {
            let others = found.remove(&S::row(&item).id()).unwrap_or_default();
            (item, others)
        });
        Ok(with.collect())
    }
}

/// The rows that are linked to rows of these keys, each with the key.
struct Linked<M: Model, L: Model, R: Model> {
    through: Through<M, L, R>,
    others: QuerySet<R>,
    keys: Vec<M::Id>,
}

/// The alias of the links. No column's name has a space.
const LINK: &str = "the link";

impl<M: Model, L: Model, R: Model> Query for Linked<M, L, R> {
    type Item = (M::Id, R);

    fn table() -> &'static TableDef {
        R::TABLE
    }

    fn render(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, "SELECT ");
        sql.qualify(Some(ROOT));
        for column in R::TABLE.columns {
            sql.column(column);
            sql.push(", ");
        }
        let (from, to) = (self.through.from.def(), self.through.to.def());
        sql.qualified(LINK, from.name);
        sql.push(" FROM ");
        sql.name(R::TABLE.name);
        sql.push(" AS ");
        sql.push(ROOT);
        sql.push(" JOIN ");
        sql.name(L::TABLE.name);
        sql.push(" AS ");
        sql.name(LINK);
        sql.push(" ON ");
        sql.qualified(LINK, to.name);
        sql.push(" = ");
        sql.column(R::TABLE.key());
        sql.push(" AND ");
        sql.qualified(LINK, from.name);
        let keys = self.keys.iter().map(|key| key.to_value().into_owned()).collect();
        is_one_of(&mut sql, from, Value::Array(M::Id::KIND, keys));
        for scope in L::TABLE.scopes {
            sql.push(" AND ");
            sql.qualified(LINK, scope.column);
            sql.push(" ");
            sql.push(scope.test);
        }
        self.others.joins().render(&mut sql);
        self.others.render_tail(&mut sql);
        sql
    }

    fn read<B: Backend>(&self, row: &B::Row) -> sqlx::Result<Self::Item> {
        let key = backend::read::<B, M::Id>(row, R::TABLE.columns.len(), self.through.from.def())?;
        Ok((key, R::read::<B>(row, 0)?))
    }

    fn at_most(self, _: u64) -> Self {
        self
    }

    fn unordered(self) -> Self {
        self
    }
}
