//! The API's OpenAPI document, at `/api/openapi.json`.

use model_runtime::web::openapi::{body, json_response, key, list_parameters};
use model_runtime::web::utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn,
};
use model_runtime::web::utoipa::openapi::schema::{
    AdditionalProperties, Object, ObjectBuilder, Schema, SchemaType, Type,
};
use model_runtime::web::utoipa::openapi::{Ref, Required, Response};
use model_runtime::web::{Access, ApiDoc, ViewSet};

use crate::blog::Post;

pub(super) fn document(posts: &ViewSet<Post>) -> ApiDoc {
    let (id, page) = (key::<Post>(), Ref::from_schema_name("PostPage"));
    let post =
        |operation: &str| OperationBuilder::new().tag("Post").operation_id(Some(format!("post_{operation}")));
    let user = |operation: &str| OperationBuilder::new().tag("User").operation_id(Some(operation));
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let number = || ObjectBuilder::new().schema_type(Type::Integer);

    let published = object([("status", text())]);
    let publish = post("publish").summary(Some("Publishes a post")).parameter(id.clone());
    let viewed = object([("views_count", number())]);
    let view = post("increment_views").summary(Some("Counts a view")).parameter(id);
    let most_viewed =
        ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some("A post, or null"));
    let figures = object([
        ("total", number()),
        ("published", number()),
        ("draft", number()),
        ("archived", number()),
        ("total_views", number()),
        ("most_viewed", most_viewed),
    ]);
    let days = ParameterBuilder::new()
        .name("days")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .schema(Some(number().minimum(Some(0usize)).maximum(Some(u32::MAX as usize))));
    let recent = post("recent").summary(Some("Posts of the last days, 7 unless it is said")).parameter(days);
    let recent = list_parameters(posts).into_iter().fold(recent, OperationBuilder::parameter);

    let signed_in = || json_response("Who is signed in", Ref::from_schema_name("SignedIn"));
    let nullable = || ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]));
    let doc = ApiDoc::new("Blog", env!("CARGO_PKG_VERSION")).view_set(posts);
    // A user with a second factor gets a token for the code instead.
    let session = ObjectBuilder::new()
        .property("id", text())
        .property("email", text())
        .property("name", text())
        .property("csrf_token", nullable())
        .property("code_required", text());
    let operations = [
        (
            Access::SignedIn,
            HttpMethod::Post,
            "/api/posts/{id}/publish/",
            publish.response("200", json_response("It is published", published)),
        ),
        (
            Access::Anyone,
            HttpMethod::Post,
            "/api/posts/{id}/increment_views/",
            view.response("200", json_response("How often it was looked at", viewed)),
        ),
        (
            Access::Anyone,
            HttpMethod::Get,
            "/api/posts/stats/",
            post("stats").response("200", json_response("Figures of all posts", figures)),
        ),
        (
            Access::Anyone,
            HttpMethod::Get,
            "/api/posts/recent/",
            recent.response("200", json_response("A page of them", page)),
        ),
        (
            Access::Anyone,
            HttpMethod::Post,
            "/api/login/",
            user("login").request_body(Some(body(input(["email", "password"])))).response("200", signed_in()),
        ),
        (
            Access::Anyone,
            HttpMethod::Post,
            "/api/login/code/",
            user("login_code")
                .request_body(Some(body(input(["token", "code"]))))
                .response("200", signed_in()),
        ),
        (
            Access::Anyone,
            HttpMethod::Post,
            "/api/logout/",
            user("logout").response("204", Response::new("Nobody is signed in")),
        ),
        (Access::SignedIn, HttpMethod::Get, "/api/me/", user("me").response("200", signed_in())),
        (
            Access::SignedIn,
            HttpMethod::Post,
            "/api/tokens/",
            user("token").request_body(Some(body(input(["name"])))).response(
                "201",
                json_response("A bearer token, told once", object([("name", text()), ("token", text())])),
            ),
        ),
    ];
    let doc = doc.schema("SignedIn", session);
    operations.into_iter().fold(doc, |doc, (access, method, path, operation)| {
        doc.operation(access, method, path, operation.build())
    })
}

/// An object that has all of these members.
fn object<const N: usize>(members: [(&str, ObjectBuilder); N]) -> Object {
    let object = ObjectBuilder::new();
    members
        .into_iter()
        .fold(object, |object, (name, schema)| object.property(name, schema).required(name))
        .build()
}

/// An object of texts, and nothing else.
fn input<const N: usize>(members: [&str; N]) -> Object {
    let none_else = AdditionalProperties::<Schema>::FreeForm(false);
    let object = ObjectBuilder::new().additional_properties(Some(none_else));
    let text = || ObjectBuilder::new().schema_type(Type::String);
    members.into_iter().fold(object, |object, name| object.property(name, text()).required(name)).build()
}
