//! OpenAPI 3.1 of view sets, from the same declarations that they answer by.

use axum::http::header;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, ParameterStyle,
    PathItem,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ComponentsBuilder, Object, ObjectBuilder, Schema, SchemaFormat,
    SchemaType, Type,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, Content, Info, OpenApi, Paths, Ref, RefOr, Required, Response, ResponseBuilder,
    SecurityRequirement,
};

use super::problem::method_not_allowed;
use super::viewset::{Access, Action, Lookup, MAX_LINKS, ViewSet, name_of};
use crate::column::ColumnRef;
use crate::fields::required;
use crate::model::Writable;
use crate::table::ColumnDef;
use crate::users::UserModel;
use crate::value::Kind;

const JSON: &str = "application/json";
const PROBLEM: &str = "Problem";

/// The description of an API: view sets, and operations of its own. Every operation can answer with a problem.
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
}

impl ApiDoc {
    /// An API of that title and version, without operations.
    pub fn new(title: &str, version: &str) -> Self {
        let mut api = OpenApi::new(Info::new(title, version), Paths::new());
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let session = ApiKey::Cookie(ApiKeyValue::new("__Host-session"));
        let components = ComponentsBuilder::new()
            .schema(PROBLEM, problem())
            .security_scheme("bearer", SecurityScheme::Http(bearer))
            .security_scheme("session", SecurityScheme::ApiKey(session));
        api.components = Some(components.build());
        api.security = Some(vec![
            SecurityRequirement::default(),
            SecurityRequirement::new("bearer", [""; 0]),
            SecurityRequirement::new("session", [""; 0]),
        ]);
        Self { api }
    }

    /// Adds the operations of a view set.
    pub fn view_set<M: Writable + Clone, U: UserModel>(mut self, set: &ViewSet<M, U>) -> Self {
        let model = M::TABLE.model;
        let (_, _, shown) = set.declared();
        let mut row = ObjectBuilder::new().description(Some(M::TABLE.doc));
        for (_, column) in shown.columns() {
            row = row.property(column.field, schema(column, column.nullable, false)).required(column.field);
        }
        for (name, schema) in shown.computed() {
            row = row.property(name, schema.clone()).required(name);
        }
        let (related, links) = set.others();
        if let Some(related) = related {
            for (name, schema) in &related.components {
                self = self.schema(name, schema.clone());
            }
            if let RefOr::T(Schema::Object(members)) = &related.members {
                let required = members.required.iter();
                row = members
                    .properties
                    .iter()
                    .fold(row, |row, (name, schema)| row.property(name, schema.clone()));
                row = required.fold(row, |row, name| row.required(name));
            }
        }
        let needed = required::<M>();
        self = self.schema(model, row).schema(&format!("{model}Page"), page(model));
        for action in [Action::Create, Action::Replace, Action::Patch] {
            let none_else = AdditionalProperties::<Schema>::FreeForm(false);
            let mut input = ObjectBuilder::new().additional_properties(Some(none_else));
            for column in set.writable_in(action) {
                input = input.property(column.field, schema(column, column.nullable, true));
                if action != Action::Patch && needed.iter().any(|needed| needed.field == column.field) {
                    input = input.required(column.field);
                }
            }
            for list in links {
                let items = schema(list.column, false, true);
                input =
                    input.property(list.name, ArrayBuilder::new().items(items).max_items(Some(MAX_LINKS)));
            }
            self = self.schema(&format!("{model}{action:?}"), input);
        }
        for action in Action::ALL.into_iter().filter(|action| *set.access(*action) != Access::Nobody) {
            self = self.action(set, action);
        }
        self
    }

    fn action<M: Writable + Clone, U: UserModel>(self, set: &ViewSet<M, U>, action: Action) -> Self {
        let model = M::TABLE.model;
        let (method, below, summary, status, answer) = match action {
            Action::List => (HttpMethod::Get, "/", "A page of the rows", "200", Some("Page")),
            Action::Create => (HttpMethod::Post, "/", "Makes a row", "201", Some("")),
            Action::Retrieve => (HttpMethod::Get, "/{id}/", "A row", "200", Some("")),
            Action::Replace => (HttpMethod::Put, "/{id}/", "Replaces a row", "200", Some("")),
            Action::Patch => (HttpMethod::Patch, "/{id}/", "Changes fields of a row", "200", Some("")),
            Action::Delete => (HttpMethod::Delete, "/{id}/", "Deletes a row", "204", None),
            Action::Restore => {
                (HttpMethod::Post, "/{id}/restore/", "Restores a deleted row", "200", Some(""))
            }
        };
        let mut operation = OperationBuilder::new()
            .tag(model)
            .summary(Some(summary))
            .operation_id(Some(format!("{model}_{action:?}").to_lowercase()));
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
        operation = match action {
            Action::Create | Action::Replace | Action::Patch => {
                operation.request_body(Some(body(Ref::from_schema_name(format!("{model}{action:?}")))))
            }
            _ => operation,
        };
        let response = match answer {
            Some(suffix) => json_response(summary, Ref::from_schema_name(format!("{model}{suffix}"))),
            None => Response::new(summary),
        };
        self.operation(method, &set.path(below), operation.response(status, response).build())
    }

    /// Adds an operation of the program's own.
    pub fn operation(mut self, method: HttpMethod, path: &str, mut operation: Operation) -> Self {
        let content = Content::new(Some(Ref::from_schema_name(PROBLEM)));
        let problem =
            ResponseBuilder::new().description("A problem").content("application/problem+json", content);
        operation.responses.responses.insert("default".to_owned(), RefOr::T(problem.build()));
        let item = PathItem::new(method, operation);
        match self.api.paths.paths.get_mut(path) {
            Some(known) => known.merge_operations(item),
            None => drop(self.api.paths.paths.insert(path.to_owned(), item)),
        }
        self
    }

    /// Adds a schema, for operations to refer to.
    pub fn schema(mut self, name: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        let components = self.api.components.get_or_insert_with(Components::new);
        components.schemas.insert(name.to_owned(), schema.into());
        self
    }

    /// The description.
    pub fn openapi(&self) -> &OpenApi {
        &self.api
    }

    /// The route that serves it.
    pub fn router<S: Clone + Send + Sync + 'static>(&self, path: &str) -> Router<S> {
        // Numbers, texts and lists: there is nothing in it that cannot be JSON.
        let document = axum::body::Bytes::from(self.api.to_json().unwrap_or_default());
        let serve = |Extension(document): Extension<axum::body::Bytes>| async move {
            ([(header::CONTENT_TYPE, JSON)], document)
        };
        Router::new()
            .route(path, get(serve).layer(Extension(document)))
            .method_not_allowed_fallback(method_not_allowed)
    }
}

/// A JSON answer.
pub fn json_response(description: &str, schema: impl Into<RefOr<Schema>>) -> Response {
    ResponseBuilder::new().description(description).content(JSON, Content::new(Some(schema))).build()
}

/// A JSON body, which must be there.
pub fn body(schema: impl Into<RefOr<Schema>>) -> RequestBody {
    RequestBodyBuilder::new().required(Some(Required::True)).content(JSON, Content::new(Some(schema))).build()
}

/// The parameter that names a row in a path.
pub fn key<M: Writable>() -> Parameter {
    let schema = schema(M::TABLE.key(), false, true);
    let key = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path).required(Required::True);
    key.schema(Some(schema)).build()
}

/// The parameters of a list: filters, the search, the order, the page.
pub fn list_parameters<M: Writable + Clone, U: UserModel>(set: &ViewSet<M, U>) -> Vec<Parameter> {
    let (declared, pagination, _) = set.declared();
    let query = |name: &str, schema: RefOr<Schema>| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .schema(Some(schema))
    };
    // Values with commas between them.
    let list = |name: &str, items: Object, most: usize| {
        let array = ArrayBuilder::new().items(items).min_items(Some(1)).max_items(Some(most));
        query(name, array.into()).style(Some(ParameterStyle::Form)).explode(Some(false)).build()
    };
    let mut parameters = Vec::new();
    for filter in &declared.filters {
        let name = filter.name.as_str();
        parameters.push(match filter.lookup {
            Lookup::Compare(_) => query(name, schema(&filter.column, false, true).into()).build(),
            Lookup::In => list(name, schema(&filter.column, false, true), 100),
            Lookup::IsNull => query(name, ObjectBuilder::new().schema_type(Type::Boolean).into()).build(),
        });
    }
    if !declared.search.is_empty() {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(NO_NUL))
            .max_length(Some(declared.search_length));
        parameters.push(query("search", text.into()).build());
    }
    if !declared.order.is_empty() {
        let names = declared.order.iter().map(|column: &ColumnRef| name_of(*column));
        let names: Vec<String> = names.flat_map(|name| [name.clone(), format!("-{name}")]).collect();
        let most = declared.order.len();
        let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build();
        parameters.push(list("ordering", name, most));
    }
    let number = |least: usize| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least));
    parameters.push(query("page", number(1).into()).build());
    let most = usize::try_from(pagination.max_size).unwrap_or(usize::MAX);
    parameters.push(query("page_size", number(1).maximum(Some(most)).into()).build());
    if pagination.cursors.is_some() {
        let cursor = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[A-Za-z0-9_-]*$"));
        parameters.push(query("cursor", cursor.into()).build());
    }
    parameters
}

/// No text has the character U+0000.
const NO_NUL: &str = "^[^\\x00]*$";

/// The schema of a column's values.
fn schema(column: &ColumnDef, nullable: bool, is_input: bool) -> Object {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let format = |format: &str| text().format(Some(SchemaFormat::Custom(format.to_owned())));
    let integer = |least: i64, most: i64| {
        let bound = |number: i64| isize::try_from(number).unwrap_or_default();
        let integer = ObjectBuilder::new().schema_type(Type::Integer);
        integer.minimum(Some(bound(least))).maximum(Some(bound(most)))
    };
    let (mut types, object) = match column.kind {
        Kind::Bool => (vec![Type::Boolean], ObjectBuilder::new()),
        Kind::SmallInt => (vec![Type::Integer], integer(i16::MIN.into(), i16::MAX.into())),
        Kind::Integer => (vec![Type::Integer], integer(i32::MIN.into(), i32::MAX.into())),
        Kind::BigInt => (vec![Type::Integer], integer(i64::MIN, i64::MAX)),
        Kind::Real | Kind::Double => (vec![Type::Number], ObjectBuilder::new()),
        Kind::Text if column.choices.is_empty() => {
            let length = column.max_length.and_then(|length| usize::try_from(length).ok());
            // What tools show, where the pattern would have them make up something.
            let example: String = "string".chars().take(length.unwrap_or(usize::MAX)).collect();
            (vec![Type::String], text().max_length(length).pattern(Some(NO_NUL)).examples([json!(example)]))
        }
        Kind::Text => {
            let choices = column.choices.iter().map(|choice| json!(choice));
            let null = nullable.then_some(serde_json::Value::Null);
            (vec![Type::String], text().enum_values(Some(choices.chain(null))))
        }
        Kind::Uuid => (vec![Type::String], format("uuid")),
        Kind::Timestamp => (vec![Type::String], format("date-time")),
        Kind::Date => (vec![Type::String], format("date")),
        Kind::Decimal => {
            let types = if is_input { vec![Type::String, Type::Number] } else { vec![Type::String] };
            (types, text().pattern(Some("^-?[0-9]+([.][0-9]+)?$")))
        }
        Kind::Json => return ObjectBuilder::new().schema_type(SchemaType::AnyValue).build(),
        Kind::Bytes => (vec![Type::String], text().pattern(Some("^([0-9a-fA-F]{2})*$"))),
        Kind::Ip => (vec![Type::String], text()),
    };
    if nullable {
        types.push(Type::Null);
    }
    let object = match types.as_slice() {
        [one] => object.schema_type(one.clone()),
        _ => object.schema_type(SchemaType::Array(types)),
    };
    let doc = (!column.doc.is_empty()).then_some(column.doc);
    object.description(doc).build()
}

fn page(model: &str) -> ObjectBuilder {
    let link = || ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]));
    let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0usize));
    ObjectBuilder::new()
        .property(
            "count",
            count.description(Some("How many rows there are on all pages; not of pages by cursor.")),
        )
        .property("next", link())
        .required("next")
        .property("previous", link())
        .required("previous")
        .property("results", ArrayBuilder::new().items(Ref::from_schema_name(model)))
        .required("results")
}

/// RFC 9457, with `errors` for the fields.
fn problem() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let error = ObjectBuilder::new()
        .property("field", text())
        .required("field")
        .property("message", text())
        .required("message");
    ObjectBuilder::new()
        .property("type", text())
        .required("type")
        .property("title", text())
        .required("title")
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .required("status")
        .property("detail", text())
        .required("detail")
        .property("errors", ArrayBuilder::new().items(error))
        .property("more_errors", ObjectBuilder::new().schema_type(Type::Integer))
}
