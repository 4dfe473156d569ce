//! What a view set answers.

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use serde_json::value::RawValue;

use super::ViewSet;
use super::access::{Access, Action};
use super::links::{self, SetLinks};
use super::pagination::json;
use super::work::Work;
use crate::capability::permissions::UserPermissions;
use crate::column::ColumnRef;
use crate::db::Db;
use crate::error::{Error, ValidationErrors, excerpt};
use crate::expr::{Compare, Expr, Operand};
use crate::field::FieldType;
use crate::fields::{Fields, Members};
use crate::model::{Model, Writable};
use crate::queryset::{Query, QuerySet};
use crate::table::ColumnDef;
use crate::users::UserModel;
use crate::web::accept::accept_json;
use crate::web::body;
use crate::web::caller::Caller;
use crate::web::etag;
use crate::web::problem::{Problem, WebResult, method_not_allowed};
use crate::web::row_id::RowId;
use crate::write::SaveOnly;

impl<M: Writable + Clone, U: UserModel> ViewSet<M, U> {
    /// The routes. Further ones are put beside them: `.route(&posts.path("/{id}/publish/"), post(publish))`.
    ///
    /// # Panics
    /// Where a row would be shown with two members of one name, or where none could be created, since a field that has no default
    /// cannot be given.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.check_names();
        self.check_required();
        let is_open = |action: Action| *self.access(action) != Access::Nobody;
        let mut list: MethodRouter<Self> = MethodRouter::new();
        let mut row: MethodRouter<Self> = MethodRouter::new();
        if is_open(Action::List) {
            list = list.get(Self::list);
        }
        if is_open(Action::Create) {
            list = list.post(Self::create);
        }
        if is_open(Action::Retrieve) {
            row = row.merge(get(Self::retrieve));
        }
        if is_open(Action::Replace) {
            row = row.put(Self::replace);
        }
        if is_open(Action::Patch) {
            row = row.patch(Self::patch);
        }
        if is_open(Action::Delete) {
            row = row.delete(Self::delete);
        }
        // Around each, and not around the router: paths that it does not have are not its own to answer.
        let [list, row] = [list, row].map(|methods| methods.layer(from_fn(accept_json)));
        let mut router = Router::new().route(&self.path("/"), list).route(&self.path("/{id}/"), row);
        if is_open(Action::Restore) {
            let restore = post(Self::restore).layer(from_fn(accept_json));
            router = router.route(&self.path("/{id}/restore/"), restore);
        }
        router.method_not_allowed_fallback(method_not_allowed).with_state(self.clone())
    }

    /// The row of a key as a path has it, for the caller to do this with.
    ///
    /// # Errors
    /// 401 and 403 where they may not, 404 where there is none.
    pub async fn find(&self, id: &str, action: Action, caller: &Caller<U>) -> WebResult<M> {
        let mut work = Work::on(caller.db());
        self.admit(action, caller, &mut work).await?;
        let row = self.row_of(id, self.rows_of(caller))?.fetch_optional(&mut work).await?;
        let row = row.ok_or_else(|| Problem::not_found(M::TABLE.model))?;
        self.admit_to(&row, action, caller, &mut work).await?;
        Ok(row)
    }

    /// The rows that there are for the caller.
    pub fn rows_of(&self, caller: &Caller<U>) -> QuerySet<M> {
        (self.inner.visible)(caller.user())
    }

    /// The answer that shows a row.
    ///
    /// # Errors
    /// The database's, where it is shown with others; 500 where a value of it cannot be shown.
    pub async fn answer(&self, status: StatusCode, row: &M, caller: &Caller<U>) -> WebResult {
        let members = self.members(row, &mut Work::on(caller.db())).await?;
        self.respond(status, row, &members)
    }

    /// A row as JSON.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub async fn to_json(&self, row: &M, caller: &Caller<U>) -> WebResult<Box<RawValue>> {
        let members = self.members(row, &mut Work::on(caller.db())).await?;
        let shown = self.inner.shown.of(row, &members)?;
        serde_json::from_slice(&shown.json).map_err(|error| Problem::internal(&error))
    }

    /// The further members that a row is shown with.
    async fn members(&self, row: &M, work: &mut Work) -> WebResult<String> {
        if self.inner.related.is_none() {
            return Ok(String::new());
        }
        // Whatever the scope: a write may have taken the row out of it.
        let rows = QuerySet::<M>::of_key(row.id());
        let found = self.inner.load.one(rows, work).await?;
        found.map(|(_, members)| members).ok_or_else(|| Problem::not_found(M::TABLE.model))
    }

    fn respond(&self, status: StatusCode, row: &M, members: &str) -> WebResult {
        let shown = self.inner.shown.of(row, members)?;
        let tag = etag::etag(row, &shown);
        tagged(status, json(shown.json), &tag)
    }

    /// The answer that shows a page of rows, by the query string of the address. Parameters in `others` are the caller's own.
    ///
    /// # Errors
    /// 400 with all parameters that are refused; 404 where there is no such page.
    pub async fn page(&self, rows: QuerySet<M>, uri: &Uri, others: &[&str], caller: &Caller<U>) -> WebResult {
        self.page_of(rows, uri, others, &mut Work::on(caller.db())).await
    }

    async fn page_of(&self, rows: QuerySet<M>, uri: &Uri, others: &[&str], work: &mut Work) -> WebResult {
        let pagination = &self.inner.pagination;
        let parameters = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
        let parameters: Vec<(String, String)> = parameters.collect();
        let mut errors = ValidationErrors::new(M::TABLE.model);
        for (name, text) in &parameters {
            if [name, text].iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
                errors.add(excerpt(name), "is no UTF-8");
            }
        }
        let known = |name: &str| pagination.knows(name) || others.contains(&name);
        let rows = self.inner.declared.apply(rows, &parameters, known, &mut errors);
        let asked = pagination.read(&parameters, &mut errors);
        if !errors.errors().is_empty() {
            return Err(Problem::bad_request(errors));
        }
        pagination.answer(rows, asked, uri, &*self.inner.load, &self.inner.shown, work).await
    }

    async fn list(State(set): State<Self>, caller: Caller<U>, OriginalUri(uri): OriginalUri) -> WebResult {
        let mut work = Work::on(caller.db());
        set.admit(Action::List, &caller, &mut work).await?;
        let rows = set.listed(&caller, &mut work).await?;
        set.page_of(rows, &uri, &[], &mut work).await
    }

    /// The rows that the list has: where it goes by their owner the caller's own, unless they have the permission.
    async fn listed(&self, caller: &Caller<U>, work: &mut Work) -> WebResult<QuerySet<M>> {
        let rows = self.rows_of(caller);
        if *self.access(Action::List) != Access::Owner {
            return Ok(rows);
        }
        let (user, code) = (caller.signed_in()?, Action::List.permission::<M>());
        match self.inner.owner {
            None => caller.require_perm_on(&code, work).await.map(|()| rows),
            Some(_) if user.has_perm(&code, work).await? => Ok(rows),
            Some(owner) => Ok(of_value(rows, owner, &user.id())),
        }
    }

    async fn retrieve(
        State(set): State<Self>,
        caller: Caller<U>,
        RowId(id): RowId,
        headers: HeaderMap,
    ) -> WebResult {
        let mut work = Work::on(caller.db());
        set.admit(Action::Retrieve, &caller, &mut work).await?;
        let rows = set.row_of(&id, set.rows_of(&caller))?;
        let found = set.inner.load.one(rows, &mut work).await?;
        let (row, members) = found.ok_or_else(|| Problem::not_found(M::TABLE.model))?;
        set.admit_to(&row, Action::Retrieve, &caller, &mut work).await?;
        let shown = set.inner.shown.of(&row, &members)?;
        let tag = etag::etag(&row, &shown);
        if etag::is_known(&headers, &tag) {
            return tagged(StatusCode::NOT_MODIFIED, ().into_response(), &tag);
        }
        tagged(StatusCode::OK, json(shown.json), &tag)
    }

    async fn create(
        State(set): State<Self>,
        caller: Caller<U>,
        OriginalUri(uri): OriginalUri,
        request: Request,
    ) -> WebResult {
        let (mut work, mut fields, links) = set.fields(Action::Create, request, &caller).await?;
        for (column, value) in &set.inner.on_create {
            fields.give(column, &value(caller.signed_in()?));
        }
        let mut row: M = fields.into_row()?;
        if !links.is_empty() {
            work = work.begin().await?;
        }
        Box::pin(row.insert(&mut work)).await?;
        let members = set.link(&row, links, &mut work).await?;
        work.commit().await?;
        let mut response = set.respond(StatusCode::CREATED, &row, &members)?;
        let location = HeaderValue::try_from(format!("{}{}/", uri.path(), row.id()));
        let location = location.map_err(|error| Problem::internal(&error))?;
        response.headers_mut().insert(header::LOCATION, location);
        Ok(response)
    }

    async fn replace(
        State(set): State<Self>,
        caller: Caller<U>,
        RowId(id): RowId,
        request: Request,
    ) -> WebResult {
        set.update(Action::Replace, caller, id, request).await
    }

    async fn patch(
        State(set): State<Self>,
        caller: Caller<U>,
        RowId(id): RowId,
        request: Request,
    ) -> WebResult {
        set.update(Action::Patch, caller, id, request).await
    }

    async fn update(&self, action: Action, caller: Caller<U>, id: String, request: Request) -> WebResult {
        let headers = request.headers().clone();
        let (work, mut fields, links) = self.fields(action, request, &caller).await?;
        let (rows, begins) = (self.row_of(&id, self.rows_of(&caller))?, !links.is_empty());
        let (mut row, mut work) = self.hold(action, &caller, &headers, rows, work, begins).await?;
        if action == Action::Replace {
            fields.require::<M>(&self.writable_in(action));
        }
        // Not what others may have written since the row was read.
        let given = fields.columns();
        fields.set(&mut row)?;
        let save = (&mut work).run(SaveOnly::new(&mut row, given).with_hooks());
        Box::pin(save).await.map_err(|error| conflict(error, &headers))?;
        let members = self.link(&row, links, &mut work).await?;
        work.commit().await?;
        self.respond(StatusCode::OK, &row, &members)
    }

    async fn delete(
        State(set): State<Self>,
        caller: Caller<U>,
        RowId(id): RowId,
        headers: HeaderMap,
    ) -> WebResult {
        let mut work = Work::on(caller.db());
        set.admit(Action::Delete, &caller, &mut work).await?;
        let rows = set.row_of(&id, set.rows_of(&caller))?;
        let (mut row, mut work) = set.hold(Action::Delete, &caller, &headers, rows, work, false).await?;
        Box::pin(row.delete(&mut work)).await?;
        work.commit().await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    async fn restore(
        State(set): State<Self>,
        caller: Caller<U>,
        RowId(id): RowId,
        headers: HeaderMap,
    ) -> WebResult {
        let mut work = Work::on(caller.db());
        set.admit(Action::Restore, &caller, &mut work).await?;
        let Some((restore, with_deleted)) = set.inner.restore else {
            return Err(Problem::not_found(M::TABLE.model));
        };
        let rows = set.row_of(&id, with_deleted(set.rows_of(&caller)))?;
        let (mut row, mut work) = set.hold(Action::Restore, &caller, &headers, rows, work, false).await?;
        restore(&mut row, &mut work).await?;
        let members = set.members(&row, &mut work).await?;
        work.commit().await?;
        set.respond(StatusCode::OK, &row, &members)
    }

    /// What the body of a request gives that may be made: fields, and the rows to link to.
    async fn fields(
        &self,
        action: Action,
        request: Request,
        caller: &Caller<U>,
    ) -> WebResult<(Work, Fields, Vec<SetLinks<M>>)> {
        self.admit_caller(action, caller)?;
        // Before a connection is taken: a body can take its time.
        let json = body::json(request).await?;
        let mut work = Work::on(caller.db());
        self.admit(action, caller, &mut work).await?;
        let Members(mut given) = body::read(&json, StatusCode::BAD_REQUEST)?;
        let (links, refused) = links::take(&self.inner.links, &mut given, caller, &mut work).await?;
        let mut fields = Fields::new::<M>(given).read_only(self.read_only_in(action));
        refused.into_iter().for_each(|(name, why)| fields.refuse(name, why));
        Ok((work, fields, links))
    }

    /// Links the row as it was given, and returns the further members that it is shown with.
    async fn link(&self, row: &M, links: Vec<SetLinks<M>>, work: &mut Work) -> WebResult<String> {
        for set in links {
            set(row, work).await?;
        }
        self.members(row, work).await
    }

    /// The row, to be written. Where the request says which state of it is meant, or where the work begins something of several
    /// writes, it is held until the work is committed.
    async fn hold(
        &self,
        action: Action,
        caller: &Caller<U>,
        headers: &HeaderMap,
        rows: QuerySet<M>,
        mut work: Work,
        begins: bool,
    ) -> WebResult<(M, Work)> {
        let is_conditional = etag::has_condition(headers);
        if self.wants_if_match(action) && !headers.contains_key(header::IF_MATCH) {
            let detail = "say by If-Match which state of the row is meant: its ETag";
            return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, detail));
        }
        if is_conditional || begins {
            work = work.begin().await?;
        }
        let row = match work {
            Work::Pool(_) | Work::Connection(_) => rows.clone().fetch_optional(&mut work).await?,
            Work::Transaction(_) => rows.clone().select_for_update().fetch_optional(&mut work).await?,
        };
        let row = row.ok_or_else(|| Problem::not_found(M::TABLE.model))?;
        self.admit_to(&row, action, caller, &mut work).await?;
        if is_conditional {
            // Read behind the lock, so that whoever waited for it sees what was written meanwhile.
            let shown = match self.inner.related {
                Some(_) => self.inner.load.one(rows, &mut work).await?,
                None => None,
            };
            let members = shown.as_ref().map_or("", |(_, members)| members);
            etag::check(headers, &row, &self.inner.shown.of(&row, members)?)?;
        }
        Ok((row, work))
    }

    fn row_of(&self, id: &str, rows: QuerySet<M>) -> WebResult<QuerySet<M>> {
        let id: M::Id = id.parse().map_err(|_| Problem::not_found(M::TABLE.model))?;
        Ok(of_key(rows, &id))
    }
}

/// The answer of that status, with the tag of the row that it is about.
fn tagged(status: StatusCode, body: Response, tag: &str) -> WebResult {
    let tag = HeaderValue::try_from(tag).map_err(|error| Problem::internal(&error))?;
    Ok((status, [(header::ETAG, tag)], body).into_response())
}

/// Of these rows the one of a key.
fn of_key<M: Model>(rows: QuerySet<M>, id: &M::Id) -> QuerySet<M> {
    of_value(rows, M::TABLE.key(), id)
}

/// Of these rows those that have a value in a column.
fn of_value<M: Model, T: FieldType>(rows: QuerySet<M>, column: &'static ColumnDef, value: &T) -> QuerySet<M> {
    rows.filter_expr(Expr::Compare {
        column: ColumnRef::from(column),
        op: Compare::Eq,
        operand: Operand::Value(value.to_value().into_owned()),
    })
}

/// A version that moved on between the check and the write is a condition that failed.
fn conflict(error: Error, headers: &HeaderMap) -> Problem {
    match error {
        Error::Conflict { .. } if etag::has_condition(headers) => {
            Problem::new(StatusCode::PRECONDITION_FAILED, error.to_string())
        }
        error => error.into(),
    }
}
