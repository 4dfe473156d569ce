//! What rows are shown with: members of rows that they refer to, or that refer to them.

use futures_util::future::BoxFuture;
use serde::Serialize;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::pagination::Place;
use super::representation::Representation;
use super::work::Work;
use crate::db::Db;
use crate::model::Model;
use crate::queryset::{Cursors, FetchPrefetched, Page, Pages, QuerySet};
use crate::web::problem::{Problem, WebResult};

/// Reads rows with all that is shown of them.
pub(super) trait Load<M>: Send + Sync {
    /// The first of the rows, with the further members that it is shown with.
    fn one<'a>(
        &'a self,
        rows: QuerySet<M>,
        work: &'a mut Work,
    ) -> BoxFuture<'a, WebResult<Option<(M, String)>>>;

    /// The page of that number and that size, and its rows as JSON.
    fn page<'a>(
        &'a self,
        rows: QuerySet<M>,
        at: (u64, u64),
        shown: &'a Representation<M>,
        work: &'a mut Work,
    ) -> BoxFuture<'a, WebResult<(Page<()>, Vec<u8>)>>;

    /// A page by cursor.
    fn keyset<'a>(
        &'a self,
        rows: QuerySet<M>,
        size: u64,
        place: (&'a Cursors, Place),
        shown: &'a Representation<M>,
        work: &'a mut Work,
    ) -> BoxFuture<'a, WebResult<KeysetPage>>;
}

/// The rows of a page by cursor, as JSON, and the cursors of the pages beside it.
pub(super) struct KeysetPage {
    pub previous: Option<String>,
    pub next: Option<String>,
    pub rows: Vec<u8>,
}

/// By what a queryset is read along with others, and what is shown of the items.
pub(super) struct Related<W, T> {
    pub with: W,
    pub members: T,
}

impl<M, S, W, T, V> Load<M> for Related<W, T>
where
    M: Model + Clone,
    S: Pages<M>,
    W: Fn(QuerySet<M>) -> S + Send + Sync,
    T: Fn(&S::Item) -> V + Send + Sync,
    V: Serialize,
{
    fn one<'a>(
        &'a self,
        rows: QuerySet<M>,
        work: &'a mut Work,
    ) -> BoxFuture<'a, WebResult<Option<(M, String)>>> {
        Box::pin(async move {
            let items = work.run(FetchPrefetched::new((self.with)(rows))).await?;
            let first = items.first();
            first.map(|item| Ok((S::row(item).clone(), members(&(self.members)(item))?))).transpose()
        })
    }

    fn page<'a>(
        &'a self,
        rows: QuerySet<M>,
        at: (u64, u64),
        shown: &'a Representation<M>,
        work: &'a mut Work,
    ) -> BoxFuture<'a, WebResult<(Page<()>, Vec<u8>)>> {
        Box::pin(async move {
            let page = (self.with)(rows).page(at.0, at.1).fetch(work).await?;
            let rows = self.show::<M, S, V>(&page.items, shown)?;
            Ok((Page { items: Vec::new(), number: page.number, size: page.size, total: page.total }, rows))
        })
    }

    fn keyset<'a>(
        &'a self,
        rows: QuerySet<M>,
        size: u64,
        (cursors, place): (&'a Cursors, Place),
        shown: &'a Representation<M>,
        work: &'a mut Work,
    ) -> BoxFuture<'a, WebResult<KeysetPage>> {
        Box::pin(async move {
            let (pages, cursor) = ((self.with)(rows).keyset(size, cursors), place.cursor.as_deref());
            let pages = if place.before { pages.before(cursor) } else { pages.after(cursor) };
            let page = pages.map_err(Problem::of_request)?.fetch(work).await?;
            let rows = self.show::<M, S, V>(&page.items, shown)?;
            Ok(KeysetPage { previous: page.previous, next: page.next, rows })
        })
    }
}

impl<W, T> Related<W, T> {
    /// The rows as JSON, with commas between them.
    fn show<M, S, V>(&self, items: &[S::Item], shown: &Representation<M>) -> WebResult<Vec<u8>>
    where
        M: Model,
        S: Pages<M>,
        T: Fn(&S::Item) -> V,
        V: Serialize,
    {
        let mut json = Vec::new();
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                json.push(b',');
            }
            shown.write(S::row(item), &members(&(self.members)(item))?, &mut json)?;
        }
        Ok(json)
    }
}

/// Whether what has this schema can be an object.
pub(super) fn has_members(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            matches!(object.schema_type, SchemaType::Type(Type::Object) | SchemaType::AnyValue)
        }
        // What may be null has no members then.
        RefOr::T(Schema::OneOf(any)) => any.items.iter().all(has_members),
        RefOr::T(Schema::Array(_)) => false,
        _ => true,
    }
}

/// The members of an object, as they stand between its braces. `()` has none.
fn members(value: &impl Serialize) -> WebResult<String> {
    let json = serde_json::to_string(value).map_err(|error| Problem::internal(&error))?;
    let members = json.strip_prefix('{').and_then(|json| json.strip_suffix('}'));
    match members {
        Some(members) => Ok(members.to_owned()),
        None if json == "null" => Ok(String::new()),
        None => Err(Problem::internal(&"what a row is shown with is no object")),
    }
}
