//! What a view set answers.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use serde_json::value::RawValue;

use super::access::{Access, Action};
use super::pagination::json;
use super::work::Work;
use super::{ViewSet, holds};
use crate::column::ColumnRef;
use crate::error::{Error, ValidationErrors};
use crate::expr::{Compare, Expr, Operand};
use crate::field::FieldType;
use crate::fields::Fields;
use crate::model::{Model, Writable};
use crate::queryset::{Query, QuerySet};
use crate::users::UserModel;
use crate::web::body;
use crate::web::caller::Caller;
use crate::web::etag;
use crate::web::problem::{Problem, WebResult, method_not_allowed};

impl<M: Writable + Clone, U: UserModel> ViewSet<M, U> {
    /// The routes. Further ones are put beside them: `.route(&posts.path("/{id}/publish/"), post(publish))`.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
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
        let mut router = Router::new().route(&self.path("/"), list).route(&self.path("/{id}/"), row);
        if is_open(Action::Restore) {
            router = router.route(&self.path("/{id}/restore/"), post(Self::restore));
        }
        router.method_not_allowed_fallback(method_not_allowed).with_state(self.clone())
    }

    /// The row of a key as a path has it, for the caller to do this with.
    ///
    /// # Errors
    /// 401 and 403 where they may not, 404 where there is none.
    pub async fn find(&self, id: &str, action: Action, caller: &Caller<U>) -> WebResult<M> {
        self.admit(action, caller).await?;
        let row = self.row_of(id, self.rows_of(caller))?.fetch_optional(caller.db()).await?;
        let row = row.ok_or_else(|| Problem::not_found(M::TABLE.model))?;
        self.admit_to(&row, action, caller).await?;
        Ok(row)
    }

    /// The rows that there are for the caller.
    pub fn rows_of(&self, caller: &Caller<U>) -> QuerySet<M> {
        (self.inner.visible)(caller.user())
    }

    /// The answer that shows a row.
    ///
    /// # Errors
    /// 500 where a value of it cannot be shown.
    pub fn answer(&self, status: StatusCode, row: &M) -> WebResult {
        let mut body = Vec::new();
        self.inner.shown.write(row, &mut body)?;
        let mut response = json(body);
        *response.status_mut() = status;
        if let Some(tag) = etag::etag(row).and_then(|tag| HeaderValue::try_from(tag).ok()) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }

    /// A row as JSON.
    ///
    /// # Errors
    /// 500 where a value of it cannot be shown.
    pub fn to_json(&self, row: &M) -> WebResult<Box<RawValue>> {
        let mut body = Vec::new();
        self.inner.shown.write(row, &mut body)?;
        serde_json::from_slice(&body).map_err(|error| Problem::internal(&error))
    }

    /// The answer that shows a page of rows, by the query string of the address. Parameters in `others` are the caller's own.
    ///
    /// # Errors
    /// 400 with all parameters that are refused; 404 where there is no such page.
    pub async fn page(&self, rows: QuerySet<M>, uri: &Uri, others: &[&str], caller: &Caller<U>) -> WebResult {
        let pagination = &self.inner.pagination;
        let parameters = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
        let parameters: Vec<(String, String)> = parameters.collect();
        let mut errors = ValidationErrors::new(M::TABLE.model);
        let known = |name: &str| pagination.knows(name) || others.contains(&name);
        let rows = self.inner.declared.apply(rows, &parameters, known, &mut errors);
        let asked = pagination.read(&parameters, &mut errors);
        if !errors.errors().is_empty() {
            return Err(Problem::bad_request(errors));
        }
        pagination.answer(rows, asked, uri, &self.inner.shown, caller.db()).await
    }

    async fn list(State(set): State<Self>, caller: Caller<U>, OriginalUri(uri): OriginalUri) -> WebResult {
        set.admit(Action::List, &caller).await?;
        set.page(set.rows_of(&caller), &uri, &[], &caller).await
    }

    async fn retrieve(
        State(set): State<Self>,
        caller: Caller<U>,
        id: Result<Path<String>, PathRejection>,
        headers: HeaderMap,
    ) -> WebResult {
        let row = set.find(&path::<M>(id)?, Action::Retrieve, &caller).await?;
        let mut response = set.answer(StatusCode::OK, &row)?;
        if etag::is_known(&headers, &row) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = axum::body::Body::empty();
        }
        Ok(response)
    }

    async fn create(
        State(set): State<Self>,
        caller: Caller<U>,
        OriginalUri(uri): OriginalUri,
        request: Request,
    ) -> WebResult {
        set.admit(Action::Create, &caller).await?;
        let mut fields = set.fields(Action::Create, request).await?;
        for (column, value) in &set.inner.on_create {
            fields.give(column, &value(caller.signed_in()?));
        }
        let mut row: M = fields.into_row()?;
        Box::pin(row.insert(caller.db())).await?;
        let mut response = set.answer(StatusCode::CREATED, &row)?;
        if let Ok(location) = HeaderValue::try_from(format!("{}{}/", uri.path(), row.id())) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(response)
    }

    async fn replace(
        State(set): State<Self>,
        caller: Caller<U>,
        id: Result<Path<String>, PathRejection>,
        request: Request,
    ) -> WebResult {
        set.update(Action::Replace, caller, path::<M>(id)?, request).await
    }

    async fn patch(
        State(set): State<Self>,
        caller: Caller<U>,
        id: Result<Path<String>, PathRejection>,
        request: Request,
    ) -> WebResult {
        set.update(Action::Patch, caller, path::<M>(id)?, request).await
    }

    async fn update(&self, action: Action, caller: Caller<U>, id: String, request: Request) -> WebResult {
        self.admit(action, &caller).await?;
        let headers = request.headers().clone();
        // Before the row is held: a body can take its time.
        let mut fields = self.fields(action, request).await?;
        let (mut row, mut work) = self.hold(&id, action, &caller, &headers, self.rows_of(&caller)).await?;
        if action == Action::Replace {
            fields.require::<M>(&self.writable_in(action));
        }
        fields.set(&mut row)?;
        Box::pin(row.save(&mut work)).await.map_err(|error| conflict(error, &headers))?;
        work.commit().await?;
        self.answer(StatusCode::OK, &row)
    }

    async fn delete(
        State(set): State<Self>,
        caller: Caller<U>,
        id: Result<Path<String>, PathRejection>,
        headers: HeaderMap,
    ) -> WebResult {
        set.admit(Action::Delete, &caller).await?;
        let rows = set.rows_of(&caller);
        let (mut row, mut work) = set.hold(&path::<M>(id)?, Action::Delete, &caller, &headers, rows).await?;
        Box::pin(row.delete(&mut work)).await?;
        work.commit().await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    async fn restore(
        State(set): State<Self>,
        caller: Caller<U>,
        id: Result<Path<String>, PathRejection>,
        headers: HeaderMap,
    ) -> WebResult {
        set.admit(Action::Restore, &caller).await?;
        let Some((restore, with_deleted)) = set.inner.restore else {
            return Err(Problem::not_found(M::TABLE.model));
        };
        let rows = with_deleted(set.rows_of(&caller));
        let (mut row, mut work) = set.hold(&path::<M>(id)?, Action::Restore, &caller, &headers, rows).await?;
        restore(&mut row, &mut work).await?;
        work.commit().await?;
        set.answer(StatusCode::OK, &row)
    }

    async fn fields(&self, action: Action, request: Request) -> WebResult<Fields> {
        let given: BTreeMap<String, Box<RawValue>> = body::json(request).await?;
        Ok(Fields::new::<M>(given).read_only(self.read_only_in(action)))
    }

    /// The row, to be written. Where the request says which state of it is meant, it is held until the work is committed.
    async fn hold(
        &self,
        id: &str,
        action: Action,
        caller: &Caller<U>,
        headers: &HeaderMap,
        rows: QuerySet<M>,
    ) -> WebResult<(M, Work)> {
        let is_conditional = etag::has_condition(headers);
        if self.inner.require_if_match && !is_conditional {
            let detail = "say by If-Match which state of the row is meant: its ETag";
            return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, detail));
        }
        let rows = self.row_of(id, rows)?;
        let (row, work) = if is_conditional {
            let mut transaction = caller.db().begin().await?;
            let row = rows.select_for_update().fetch_optional(&mut transaction).await?;
            (row, Work::Transaction(transaction))
        } else {
            (rows.fetch_optional(caller.db()).await?, Work::Pool(caller.db().clone()))
        };
        let row = row.ok_or_else(|| Problem::not_found(M::TABLE.model))?;
        self.admit_to(&row, action, caller).await?;
        etag::check(headers, &row)?;
        Ok((row, work))
    }

    fn row_of(&self, id: &str, rows: QuerySet<M>) -> WebResult<QuerySet<M>> {
        let id: M::Id = id.parse().map_err(|_| Problem::not_found(M::TABLE.model))?;
        Ok(rows.filter_expr(Expr::Compare {
            column: ColumnRef::from(M::TABLE.key()),
            op: Compare::Eq,
            operand: Operand::Value(id.to_value().into_owned()),
        }))
    }

    /// What can be told before the row is known.
    async fn admit(&self, action: Action, caller: &Caller<U>) -> WebResult<()> {
        match self.access(action) {
            Access::Anyone => Ok(()),
            Access::SignedIn | Access::Owner => caller.signed_in().map(drop),
            Access::Permission => caller.require_perm(&action.permission::<M>()).await,
            Access::Code(code) => caller.require_perm(code).await,
            Access::Nobody => Err(Problem::forbidden("nobody may do this")),
        }
    }

    async fn admit_to(&self, row: &M, action: Action, caller: &Caller<U>) -> WebResult<()> {
        if *self.access(action) != Access::Owner {
            return Ok(());
        }
        let user = caller.signed_in()?;
        if self.inner.owner.is_some_and(|column| holds(row, column, &user.id())) {
            return Ok(());
        }
        caller.require_perm(&action.permission::<M>()).await
    }
}

/// The key of a path. What cannot be one is no row's.
fn path<M: Model>(id: Result<Path<String>, PathRejection>) -> WebResult<String> {
    id.map(|Path(id)| id).map_err(|_| Problem::not_found(M::TABLE.model))
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
