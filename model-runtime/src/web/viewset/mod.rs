//! `ViewSet`: a REST API of a model, declared once.

mod access;
mod actions;
mod filter;
mod links;
mod members;
mod pagination;
mod related;
mod representation;
mod work;

pub use access::{Access, Action};
pub use filter::TextColumns;
pub(super) use filter::{Declared, Lookup, name_of};
pub(super) use links::{LinkList, MAX_LINKS};
pub(super) use pagination::Pagination;
pub(super) use representation::{Representation, Shown};

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::capability::soft_delete::{SoftDelete, SoftDeleteRow};
use crate::column::{Column, ColumnList};
use crate::error::Result;
use crate::field::FieldType;
use crate::many_to_many::Through;
use crate::model::{Model, Writable};
use crate::queryset::{Cursors, Pages, QuerySet};
use crate::table::ColumnDef;
use crate::users::{User, UserModel};
use crate::value::Value;
use related::{Load, Related};
use work::Work;

type Assign<U> = Arc<dyn Fn(&U) -> Value<'static> + Send + Sync>;
type Visible<M, U> = Arc<dyn Fn(Option<&U>) -> QuerySet<M> + Send + Sync>;
type WithDeleted<M> = fn(QuerySet<M>) -> QuerySet<M>;
type Restore<M> = for<'a> fn(&'a mut M, &'a mut Work) -> BoxFuture<'a, Result<bool>>;

/// A REST API of a model: list, create, retrieve, replace, patch, delete, restore. What filters, searches, orders and is read-only
/// is said by columns, so that a wrong one does not compile; JSON is read and written by the table's metadata.
///
/// Anyone reads; writing takes the model's permissions, unless [`allow`](Self::allow) says otherwise. Its routes want the layer of
/// [`Web`](super::Web) around them. Cheap to clone: handlers of further routes can have it as their state.
///
/// ```
/// # use model_runtime::{prelude::*, users::User, web::{Access, Action, ViewSet, Web}};
/// #[mixins]
/// #[derive(Debug, Clone, Model)]
/// #[model(table = "posts", unchecked)]
/// #[timestamps]
/// #[soft_delete]
/// struct Post {
///     title: String,
///     #[column(default = 0)]
///     views: i32,
///     author_id: Uuid,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// let posts = ViewSet::<Post>::new("/api/posts")
///     .filter(|p| (p.author_id, p.created_at))
///     .search(|p| p.title)
///     .order(|p| (p.created_at, p.views))
///     .read_only(|p| p.views)
///     .owned_by(|p| p.author_id)
///     .allow([Action::Create], Access::SignedIn)
///     .allow([Action::Patch, Action::Delete], Access::Owner)
///     .restorable();
/// let app: axum::Router = posts.router().layer(Web::new(db, User::manager()).layer());
/// # let _ = app; Ok(()) }
/// ```
///
/// What is no column of the model, or no text to search in, does not compile:
///
/// ```compile_fail,E0609
/// # use model_runtime::{prelude::*, web::ViewSet};
/// # #[mixins] #[derive(Debug, Clone, Model)] #[model(unchecked)] struct Tag { name: String }
/// let tags = ViewSet::<Tag>::new("/api/tags").filter(|t| t.title);
/// ```
///
/// ```compile_fail,E0277
/// # use model_runtime::{prelude::*, web::ViewSet};
/// # #[mixins] #[derive(Debug, Clone, Model)] #[model(unchecked)] struct Tag { name: String, rank: i32 }
/// let tags = ViewSet::<Tag>::new("/api/tags").search(|t| (t.name, t.rank));
/// ```
pub struct ViewSet<M, U = User> {
    inner: Arc<Inner<M, U>>,
}

struct Inner<M, U> {
    path: &'static str,
    declared: Declared,
    pagination: Pagination,
    shown: Representation<M>,
    load: Arc<dyn Load<M>>,
    related: Option<RefOr<Schema>>,
    components: Vec<(String, RefOr<Schema>)>,
    links: Vec<LinkList<M, U>>,
    read_only: Vec<&'static str>,
    access: HashMap<Action, Access>,
    owner: Option<&'static ColumnDef>,
    on_create: Vec<(&'static ColumnDef, Assign<U>)>,
    visible: Visible<M, U>,
    restore: Option<(Restore<M>, WithDeleted<M>)>,
    require_if_match: bool,
}

impl<M, U> Clone for ViewSet<M, U> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<M, U> Clone for Inner<M, U> {
    fn clone(&self) -> Self {
        Self {
            declared: self.declared.clone(),
            pagination: self.pagination.clone(),
            shown: self.shown.clone(),
            load: Arc::clone(&self.load),
            related: self.related.clone(),
            components: self.components.clone(),
            links: self.links.clone(),
            read_only: self.read_only.clone(),
            access: self.access.clone(),
            on_create: self.on_create.clone(),
            visible: Arc::clone(&self.visible),
            ..*self
        }
    }
}

impl<M, U> fmt::Debug for ViewSet<M, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { path, declared, pagination, shown, read_only, access, .. } = &*self.inner;
        f.debug_struct("ViewSet")
            .field("path", path)
            .field("declared", declared)
            .field("pagination", pagination)
            .field("shown", shown)
            .field("read_only", read_only)
            .field("access", access)
            .finish_non_exhaustive()
    }
}

impl<M: Writable + Clone, U: UserModel> ViewSet<M, U> {
    /// The rows of the model, below this path: `/api/posts` has the list at `/api/posts/` and a row at `/api/posts/{id}/`.
    pub fn new(path: &'static str) -> Self {
        let access = Action::ALL
            .map(|action| (action, if action.is_read() { Access::Anyone } else { Access::Permission }));
        let inner = Inner {
            path: path.trim_end_matches('/'),
            declared: Declared { search_length: 200, ..Declared::default() },
            pagination: Pagination { size: 20, max_size: 100, cursors: None },
            shown: Representation::default(),
            load: Arc::new(Related { with: |rows| rows, members: |_: &M| () }),
            related: None,
            components: Vec::new(),
            links: Vec::new(),
            read_only: Vec::new(),
            access: access.into(),
            owner: None,
            on_create: Vec::new(),
            visible: Arc::new(|_| M::objects()),
            restore: None,
            require_if_match: false,
        };
        Self { inner: Arc::new(inner) }
    }

    fn with(mut self, change: impl FnOnce(&mut Inner<M, U>)) -> Self {
        change(Arc::make_mut(&mut self.inner));
        self
    }

    /// The columns that the list can be filtered by: `?status=draft`, `?views__gte=10`, `?author_id__in=…,…`, `?category_id__isnull=true`.
    pub fn filter<L: ColumnList<M>>(self, columns: impl FnOnce(M::Columns) -> L) -> Self {
        let columns = columns(M::COLUMNS).columns();
        self.with(|set| set.declared.filters = columns.into_iter().flat_map(filter::filters_of).collect())
    }

    /// The columns that `?search=` looks in: each of its words must be in one of them, in any case of its letters.
    pub fn search<L: TextColumns<M>>(self, columns: impl FnOnce(M::Columns) -> L) -> Self {
        let columns = columns(M::COLUMNS).columns();
        self.with(|set| set.declared.search = columns)
    }

    /// How many characters a search may have: 200, unless it is set.
    pub fn search_length(self, characters: usize) -> Self {
        self.with(|set| set.declared.search_length = characters)
    }

    /// The columns that the list can be put in order by: `?ordering=-created_at,title`. Without, it comes in the model's order.
    pub fn order<L: ColumnList<M>>(self, columns: impl FnOnce(M::Columns) -> L) -> Self {
        let columns = columns(M::COLUMNS).columns();
        self.with(|set| set.declared.order = columns)
    }

    /// Fields that are shown and not taken, beside the key and what capabilities manage.
    pub fn read_only<L: ColumnList<M>>(self, columns: impl FnOnce(M::Columns) -> L) -> Self {
        let columns = columns(M::COLUMNS).columns();
        self.with(|set| set.read_only.extend(columns.iter().map(|column| column.def.field)))
    }

    /// Fields that are neither shown nor taken. Masked fields and change logs are never shown.
    pub fn hide<L: ColumnList<M>>(self, columns: impl FnOnce(M::Columns) -> L) -> Self {
        let fields: Vec<&'static str> =
            columns(M::COLUMNS).columns().iter().map(|column| column.def.field).collect();
        self.with(|set| {
            set.read_only.extend(&fields);
            set.shown.hide(fields.into_iter());
        })
    }

    /// Shows something that is computed of a row: `.show("is_published", |post| post.is_published())`.
    pub fn show<T: Serialize + ToSchema>(
        self,
        name: &'static str,
        value: impl Fn(&M) -> T + Send + Sync + 'static,
    ) -> Self {
        let write = move |row: &M, json: &mut Vec<u8>| serde_json::to_writer(json, &value(row));
        self.with(|set| {
            T::schemas(&mut set.components);
            set.shown.compute(name, T::schema(), Arc::new(write));
        })
    }

    /// Shows rows with members of other rows: those that they refer to, read in the same statement, and those that are prefetched,
    /// in one more for each relation, however many rows there are.
    ///
    /// ```
    /// # use model_runtime::{prelude::*, users::User, web::{ViewSet, utoipa}};
    /// # #[mixins] #[derive(Debug, Clone, Model)] #[model(unchecked)]
    /// # struct Post { title: String, #[belongs_to(User, on_delete = protect)] author_id: Uuid }
    /// #[derive(serde::Serialize, utoipa::ToSchema)]
    /// struct Names {
    ///     author_name: String,
    /// }
    ///
    /// let posts = ViewSet::<Post>::new("/api/posts").related(
    ///     |posts| posts.select_related(|p| p.author()),
    ///     |(_, author)| Names { author_name: author.get_full_name() },
    /// );
    /// ```
    ///
    /// # Panics
    /// Where what is made of an item is no struct, by its schema.
    pub fn related<S: Pages<M>, T: Serialize + ToSchema + 'static>(
        self,
        with: impl Fn(QuerySet<M>) -> S + Send + Sync + 'static,
        members: impl Fn(&S::Item) -> T + Send + Sync + 'static,
    ) -> Self {
        let schema = T::schema();
        assert!(
            related::has_members(&schema),
            "related() shows the members of a struct, and {} is none",
            std::any::type_name::<T>(),
        );
        self.with(|set| {
            T::schemas(&mut set.components);
            set.load = Arc::new(Related { with, members });
            set.related = Some(schema);
        })
    }

    /// Takes a list of the rows that one is linked to, each by a column that is unique: with `.links("tags", Post::TAGS, |t| t.slug)`
    /// a post is given `"tags": ["rust"]`, and linked to these and no others. Where the list is not given, its links stay.
    /// [`related`](Self::related) shows them. Whoever may write the row may link it to every live row, also where a view set shows
    /// them fewer: [`links_among`](Self::links_among) says which.
    ///
    /// # Panics
    /// Where the column is neither the key nor unique by itself: a value would then link to several rows.
    pub fn links<L: Writable, R: Model, T: FieldType>(
        self,
        name: &'static str,
        through: Through<M, L, R>,
        by: impl FnOnce(R::Columns) -> Column<R, T>,
    ) -> Self {
        self.links_among(name, through, by, |_| R::objects())
    }

    /// As [`links`](Self::links), among the rows that there are for a user, or for nobody. Another is answered as one that is unknown.
    ///
    /// ```
    /// # use model_runtime::{prelude::*, users::User, web::ViewSet};
    /// # #[mixins] #[derive(Debug, Clone, Model)] #[model(table = "labels", unchecked)]
    /// # struct Label { #[column(unique)] name: String, owner_id: Uuid }
    /// # #[mixins] #[derive(Debug, Clone, Model)] #[model(table = "post_labels", unchecked)]
    /// # struct PostLabel {
    /// #     #[belongs_to(Post, on_delete = cascade)] post_id: Uuid,
    /// #     #[belongs_to(Label, on_delete = cascade)] label_id: Uuid,
    /// # }
    /// # #[mixins] #[derive(Debug, Clone, Model)] #[model(table = "posts", unchecked)] #[many_to_many(Label, through = PostLabel)]
    /// # struct Post { title: String }
    /// let posts = ViewSet::<Post>::new("/api/posts").links_among("labels", Post::LABELS, |label| label.name, |user| {
    ///     Label::objects().filter(|label| label.owner_id.is_in(user.map(|user| user.id)))
    /// });
    /// # let _ = posts;
    /// ```
    ///
    /// # Panics
    /// As `links` does.
    pub fn links_among<L: Writable, R: Model, T: FieldType>(
        self,
        name: &'static str,
        through: Through<M, L, R>,
        by: impl FnOnce(R::Columns) -> Column<R, T>,
        rows: impl Fn(Option<&U>) -> QuerySet<R> + Send + Sync + 'static,
    ) -> Self {
        let list = LinkList::new(name, through, by(R::COLUMNS), rows);
        self.with(|set| set.links.push(list))
    }

    /// What a new row gets besides what is given: `.on_create(|p| p.author_id, |user| user.id)`. The column cannot be given then, and
    /// whoever creates a row is signed in.
    pub fn on_create<T: FieldType>(
        self,
        column: impl FnOnce(M::Columns) -> Column<M, T>,
        value: impl Fn(&U) -> T + Send + Sync + 'static,
    ) -> Self {
        let column = column(M::COLUMNS).def();
        let value: Assign<U> = Arc::new(move |user| value(user).to_value().into_owned());
        self.with(|set| set.on_create.push((column, value)))
    }

    /// Whose a row is: the column gets the key of who creates it, cannot be given, and [`Access::Owner`] goes by it.
    pub fn owned_by(self, column: impl FnOnce(M::Columns) -> Column<M, U::Id>) -> Self {
        let column = column(M::COLUMNS);
        self.read_only(|_| column)
            .on_create(|_| column, |user| user.id())
            .with(|set| set.owner = Some(column.def()))
    }

    /// Which rows there are for a user, or for nobody: of all that the view set does, nothing reaches another.
    pub fn rows(self, rows: impl Fn(Option<&U>) -> QuerySet<M> + Send + Sync + 'static) -> Self {
        self.with(|set| set.visible = Arc::new(rows))
    }

    /// Who may do these.
    pub fn allow(self, actions: impl IntoIterator<Item = Action>, access: Access) -> Self {
        self.with(|set| set.access.extend(actions.into_iter().map(|action| (action, access.clone()))))
    }

    /// Deleted rows can be restored, by `POST …/{id}/restore/`. One that is not deleted stays as it is.
    pub fn restorable(self) -> Self
    where
        M: SoftDelete,
    {
        self.with(|set| {
            set.restore = Some((|row, work| row.restore(work), QuerySet::all_with_deleted));
        })
    }

    /// How many rows a page has, unless `?page_size=` says, and how many it may have. 20 and 100, unless they are set.
    pub fn page_size(self, size: u64, max: u64) -> Self {
        self.with(|set| {
            (set.pagination.size, set.pagination.max_size) = (size.clamp(1, max.max(1)), max.max(1))
        })
    }

    /// Pages can be had by cursor too: `?cursor=` is the first, `?before=` the last; `next` and `previous` lead on. See [`Pages::keyset`](crate::Pages::keyset).
    pub fn cursors(self, cursors: Cursors) -> Self {
        self.with(|set| set.pagination.cursors = Some(cursors))
    }

    /// A write of a row must say by `If-Match` which state of it is meant, else it is 428.
    pub fn require_if_match(self) -> Self {
        self.with(|set| set.require_if_match = true)
    }

    /// The path of the list or, with `below`, of something below it: `posts.path("/{id}/publish/")`.
    pub fn path(&self, below: &str) -> String {
        format!("{}{below}", self.inner.path)
    }

    /// The path of the list, without the slash at its end.
    pub(super) fn root(&self) -> &'static str {
        self.inner.path
    }
}

/// Whether the column holds that key.
fn holds<M: Model, T: FieldType>(row: &M, column: &ColumnDef, key: &T) -> bool {
    let (position, _) = M::TABLE.position(column.name);
    row.value(position) == key.to_value()
}
