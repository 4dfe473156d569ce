//! OpenAPI 3.1 of view sets, from the same declarations that they answer by.

mod name;
mod parameters;
mod schema;
mod security;

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use axum::{Extension, Router};
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{
    Components, Content, Info, OpenApi, Paths, Ref, RefOr, Required, Response, ResponseBuilder,
};

pub use parameters::{key, list_parameters};

use super::problem::{Problem, WebResult, method_not_allowed};
use super::viewset::{Access, Action, ViewSet};
use crate::model::Writable;
use crate::users::UserModel;
use name::Name;

const JSON: &str = "application/json";
const PROBLEM: &str = "Problem";

/// The description of an API: view sets, and operations of its own. Every operation says who may ask it, and can answer with a
/// problem.
///
/// ```
/// # use model_runtime::{prelude::*, users::User, web::{ApiDoc, ViewSet}};
/// # #[mixins] #[derive(Debug, Clone, Model)] #[model(unchecked)] struct Post { title: String }
/// let posts = ViewSet::<Post>::new("/api/posts");
/// let doc = ApiDoc::new("Blog", "1.0.0").view_set(&posts);
/// let app: axum::Router = posts.router().merge(doc.router("/api/openapi.json"));
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct ApiDoc {
    api: OpenApi,
    view_sets: Vec<Name>,
    operations: BTreeSet<(String, HttpMethod)>,
    ids: BTreeSet<String>,
}

impl ApiDoc {
    /// An API of that title and version, without operations.
    pub fn new(title: &str, version: &str) -> Self {
        let mut api = OpenApi::new(Info::new(title, version), Paths::new());
        let components = ComponentsBuilder::new().schema(PROBLEM, schema::problem());
        api.components = Some(security::schemes(components).build());
        Self { api, view_sets: Vec::new(), operations: BTreeSet::new(), ids: BTreeSet::new() }
    }

    /// Adds the operations of a view set. They and its schemas have the model's name: `post_list`, `PostPage`. Those of a further view
    /// set of the model have what its path has besides, `post_drafts_list` for `/api/drafts`, and so have its schemas that differ.
    ///
    /// # Panics
    /// As [`schema`](Self::schema) and [`operation`](Self::operation) do.
    pub fn view_set<M: Writable + Clone, U: UserModel>(mut self, set: &ViewSet<M, U>) -> Self {
        for (name, schema) in set.components() {
            self = self.schema(name, schema.clone());
        }
        let name = Name::new(M::TABLE.model, set.root(), &self.view_sets);
        let row = self.add_of(&name, "", schema::row(set));
        let page = self.add_of(&name, "Page", schema::page(&row));
        for action in Action::ALL {
            let access = set.access(action).clone();
            let input = match action {
                _ if access == Access::Nobody => continue,
                Action::Create | Action::Replace | Action::Patch => {
                    let input = self.add_of(&name, &format!("{action:?}"), schema::input(set, action));
                    Some(body(Ref::from_schema_name(input)))
                }
                _ => None,
            };
            let (method, path, operation) = of_action(set, action, (&row, &page));
            let operation = operation.operation_id(Some(name.operation(action))).request_body(input);
            self = self.operation(access, method, &path, operation.build());
        }
        self.view_sets.push(name);
        self
    }

    /// Adds an operation of the program's own, and who may ask it: where it is not anyone, it says that it takes a bearer token, or a
    /// session with, where it writes, its token.
    ///
    /// # Panics
    /// Where the document has it already, or another of its `operationId`.
    pub fn operation(
        mut self,
        access: Access,
        method: HttpMethod,
        path: &str,
        mut operation: Operation,
    ) -> Self {
        if access == Access::Nobody {
            return self;
        }
        let id = operation.operation_id.clone();
        let is_new = self.operations.insert((path.to_owned(), method.clone()));
        assert!(is_new, "the document has an operation of that method at {path} already");
        if let Some(id) = id {
            assert!(self.ids.insert(id.clone()), "the document has an operation {id} already");
        }
        let content = Content::new(Some(Ref::from_schema_name(PROBLEM)));
        let problem =
            ResponseBuilder::new().description("A problem").content("application/problem+json", content);
        operation.responses.responses.insert("default".to_owned(), RefOr::T(problem.build()));
        operation.security = Some(security::security(&access, &method));
        let paths = self.api.paths.paths.entry(path.to_owned()).or_default();
        paths.merge_operations(PathItem::new(method, operation));
        self
    }

    /// Adds a schema, for operations to refer to.
    ///
    /// # Panics
    /// Where the document has a different one of that name.
    pub fn schema(mut self, name: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        self.add(name, schema.into());
        self
    }

    fn add(&mut self, name: &str, schema: RefOr<Schema>) {
        let components = self.api.components.get_or_insert_with(Components::new);
        let known = components.schemas.get(name);
        assert!(
            known.is_none_or(|known| *known == schema),
            "the document has a different schema {name} already: name one of them by `#[schema(as = …)]`"
        );
        components.schemas.insert(name.to_owned(), schema);
    }

    /// Adds a schema of a view set, and returns its name: as the model's first view set has it, unless that has a different one.
    fn add_of(&mut self, set: &Name, suffix: &str, schema: impl Into<RefOr<Schema>>) -> String {
        let (schema, first) = (schema.into(), set.first_schema(suffix));
        let known = self.api.components.as_ref().and_then(|components| components.schemas.get(&first));
        let name = if known == Some(&schema) { first } else { set.schema(suffix) };
        self.add(&name, schema);
        name
    }

    /// The description.
    pub fn openapi(&self) -> &OpenApi {
        &self.api
    }

    /// The route that serves it.
    pub fn router<S: Clone + Send + Sync + 'static>(&self, path: &str) -> Router<S> {
        let document = self.api.to_json().map(Bytes::from).map_err(|error| Problem::internal(&error));
        let serve = |Extension(document): Extension<WebResult<Bytes>>| async move {
            document.map(|document| ([(header::CONTENT_TYPE, JSON)], document))
        };
        Router::new()
            .route(path, get(serve).layer(Extension(document)))
            .method_not_allowed_fallback(method_not_allowed)
    }
}

/// What an action is asked by, and answers.
fn of_action<M: Writable + Clone, U: UserModel>(
    set: &ViewSet<M, U>,
    action: Action,
    (row, page): (&str, &str),
) -> (HttpMethod, String, OperationBuilder) {
    let (method, below, summary, status, answer) = match action {
        Action::List => (HttpMethod::Get, "/", "A page of the rows", "200", Some(page)),
        Action::Create => (HttpMethod::Post, "/", "Makes a row", "201", Some(row)),
        Action::Retrieve => (HttpMethod::Get, "/{id}/", "A row", "200", Some(row)),
        Action::Replace => (HttpMethod::Put, "/{id}/", "Replaces a row", "200", Some(row)),
        Action::Patch => (HttpMethod::Patch, "/{id}/", "Changes fields of a row", "200", Some(row)),
        Action::Delete => (HttpMethod::Delete, "/{id}/", "Deletes a row", "204", None),
        Action::Restore => (HttpMethod::Post, "/{id}/restore/", "Restores a deleted row", "200", Some(row)),
    };
    let who = security::who::<M>(action, set.access(action), set.is_owned());
    let mut operation = OperationBuilder::new().tag(M::TABLE.model).summary(Some(summary)).description(who);
    if below.contains("{id}") {
        operation = operation.parameter(key::<M>());
    }
    if set.wants_if_match(action) {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let tag = ParameterBuilder::new().name("If-Match").parameter_in(ParameterIn::Header);
        operation = operation.parameter(tag.required(Required::True).schema(Some(text)));
    }
    if action == Action::List {
        operation = list_parameters(set).into_iter().fold(operation, OperationBuilder::parameter);
    }
    if action == Action::Retrieve {
        operation = operation.response("304", Response::new("it is as it was"));
    }
    let response = match answer {
        Some(schema) => json_response(summary, Ref::from_schema_name(schema)),
        None => Response::new(summary),
    };
    (method, set.path(below), operation.response(status, response))
}

/// A JSON answer.
pub fn json_response(description: &str, schema: impl Into<RefOr<Schema>>) -> Response {
    ResponseBuilder::new().description(description).content(JSON, Content::new(Some(schema))).build()
}

/// A JSON body, which must be there.
pub fn body(schema: impl Into<RefOr<Schema>>) -> RequestBody {
    RequestBodyBuilder::new().required(Some(Required::True)).content(JSON, Content::new(Some(schema))).build()
}
