//! The OpenAPI document: it says what is so.

use std::collections::BTreeSet;

use axum::Router;
use examples::blog::Post;
use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::web::utoipa::openapi::path::{HttpMethod, OperationBuilder};
use model_runtime::web::utoipa::openapi::schema::{ObjectBuilder, Type};
use model_runtime::web::utoipa::{self, ToSchema};
use model_runtime::web::{Access, Action, ApiDoc, ViewSet};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use tests::on_both;

use crate::server::{Api, PASSWORD};

/// Method, path, and the operation itself.
fn operations(document: &Value) -> Vec<(Method, &str, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((method.to_uppercase().parse().unwrap(), path.as_str(), operation));
        }
    }
    operations
}

fn wants(operation: &Value) -> Vec<BTreeSet<&str>> {
    let security = operation["security"].as_array().unwrap().iter();
    security.map(|schemes| schemes.as_object().unwrap().keys().map(String::as_str).collect()).collect()
}

/// Everything that is referred to is there, and no operation has the name of another.
fn check(document: &Value) {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(document, &mut found);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let ids: Vec<&str> =
        operations(document).iter().map(|(_, _, it)| it["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

on_both! {
    async fn who_may_ask_an_operation_is_as_it_says(db) {
        let api = Api::serve(db).await;
        let user = User::superuser().email("test@example.com").build();
        let user = api.users.create_superuser(user, Some(PASSWORD), &api.db).await.unwrap();
        let document = api.get("/api/openapi.json").await.body;
        check(&document);
        assert_eq!(document.get("security"), None);
        let login = api.request(Method::POST, "/api/login/").json(&json!({"email": user.email, "password": PASSWORD}));
        let login = api.send(login).await;
        let cookie = login.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let csrf = login.body["csrf_token"].as_str().unwrap();
        let mut operations = operations(&document);
        operations.sort_by_key(|(method, path, _)| (*path == "/api/logout/", *method == Method::DELETE));
        assert_eq!(operations.len(), 28);
        for (method, path, operation) in operations {
            let id = api.post("Test Post", &user).await.id.to_string();
            let path = path.replace("{id}", &id);
            let ask = |headers: &[(&str, &str)]| {
                let request = api.request(method.clone(), &path).json(&json!({}));
                api.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
            };
            let (wants, is_read) = (wants(operation), method == Method::GET);
            let session = if is_read { ["session"].as_slice() } else { &["csrf", "session"] };
            let signed_in = [BTreeSet::from(["bearer"]), session.iter().copied().collect()];
            assert!(wants.ends_with(&signed_in) && wants.len() <= 3, "{method} {path}: {wants:?}");
            let is_open = wants[0].is_empty();
            // Whose password is none is refused too.
            let nobody = ask(&[]).await;
            assert_eq!(nobody.status == 401 && !path.starts_with("/api/login/"), !is_open, "{method} {path}: {}", nobody.body);
            let session = ask(&[("cookie", &cookie)]).await;
            assert_eq!(session.status == 403, !is_read, "{method} {path}: {}", session.body);
            let session = ask(&[("cookie", &cookie), ("x-csrf-token", csrf)]).await;
            assert!(!matches!(session.status.as_u16(), 401 | 403), "{method} {path}: {}", session.body);
        }
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!((&schemes["csrf"]["in"], &schemes["csrf"]["name"]), (&json!("header"), &json!("x-csrf-token")));
    }

    async fn whoever_may_make_a_row_of_their_own_is_signed_in(db) {
        let posts = ViewSet::<Post>::new("/api/posts").owned_by(|p| p.author_id).allow([Action::Create], Access::Anyone);
        let document = ApiDoc::new("Blog", "1").view_set(&posts);
        let app = posts.router().merge(document.router("/document/"));
        let api = Api::serve_app(db, |web| app.layer(web.layer())).await;
        let (_, token) = api.user("test@example.com").await;
        let document = api.get("/document/").await.body;
        assert_eq!(wants(&document["paths"]["/api/posts/"]["post"]).len(), 2);
        let request = api.request(Method::POST, "/api/posts/");
        assert_eq!(api.send(request.header("content-type", "application/json").body("nonsense")).await.status, 401);
        let body = json!({"title": "a", "content": "b", "posted_on": "2026-01-01"});
        let made = api.with(&token, Method::POST, "/api/posts/", body).await;
        assert_eq!(made.status, 201);
    }

    async fn view_sets_of_one_model_are_told_apart(db) {
        let posts = ViewSet::<Post>::new("/api/posts");
        let drafts = ViewSet::<Post>::new("/api/drafts").rows(|_| Post::objects().drafts()).hide(|p| p.authors);
        let drafts = drafts.allow([Action::Delete], Access::Nobody);
        // What is the same has one name.
        let mine = ViewSet::<Post>::new("/api/me/posts").read_only(|p| p.excerpt);
        let document = ApiDoc::new("Blog", "1").view_set(&posts).view_set(&drafts).view_set(&mine);
        let app = Router::new().merge(posts.router()).merge(drafts.router()).merge(mine.router());
        let app = app.merge(document.router("/document/"));
        let api = Api::serve_app(db, |web| app.layer(web.layer())).await;
        let (user, _) = api.user("test@example.com").await;
        api.post("Test Post", &user).await;
        let document = api.get("/document/").await.body;
        check(&document);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let names: Vec<&str> = schemas.keys().map(String::as_str).collect();
        let posts = ["Post", "PostCreate", "PostDrafts", "PostDraftsCreate", "PostDraftsPage", "PostDraftsPatch",
            "PostDraftsReplace", "PostMeCreate", "PostMePatch", "PostMeReplace", "PostPage", "PostPatch", "PostReplace", "Problem"];
        assert_eq!(names, posts);
        for (path, schema, id) in [
            ("/api/posts/", "Post", "post_list"),
            ("/api/drafts/", "PostDrafts", "post_drafts_list"),
            ("/api/me/posts/", "Post", "post_me_list"),
        ] {
            let list = &document["paths"][path]["get"];
            assert_eq!(list["operationId"], id);
            let page = list["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
            let row = &document.pointer(page.trim_start_matches('#')).unwrap()["properties"]["results"]["items"]["$ref"];
            assert_eq!(*row, format!("#/components/schemas/{schema}"));
            let row = api.get(path).await.body["results"][0].as_object().unwrap().clone();
            let told = schemas[schema]["properties"].as_object().unwrap();
            assert_eq!(row.keys().collect::<BTreeSet<_>>(), told.keys().collect(), "{path}");
        }
        assert_eq!(document["paths"]["/api/me/posts/{id}/"]["patch"]["operationId"], "post_me_patch");
        assert_eq!(document["paths"]["/api/drafts/{id}/"].get("delete"), None);
    }

    async fn what_is_shown_of_parts_is_told_of_parts(db) {
        #[derive(Serialize, ToSchema)]
        struct Place {
            street: String,
        }
        #[derive(Serialize, ToSchema)]
        struct Writer {
            author_name: String,
        }
        #[derive(Serialize, ToSchema)]
        struct Related {
            #[serde(flatten)]
            writer: Writer,
            place: Place,
        }
        #[derive(Serialize, ToSchema)]
        struct Length {
            words: Unit,
        }
        #[derive(Serialize, ToSchema)]
        struct Unit {
            count: usize,
        }
        let posts = ViewSet::<Post>::new("/api/posts")
            .show("length", |post| Length { words: Unit { count: post.content.split(' ').count() } })
            .related(|posts| posts.select_related(|p| p.author()), |(_, author)| Related {
                writer: Writer { author_name: author.get_full_name() },
                place: Place { street: "Lek".to_owned() },
            });
        let document = ApiDoc::new("Blog", "1").view_set(&posts);
        let app = posts.router().merge(document.router("/document/"));
        let api = Api::serve_app(db, |web| app.layer(web.layer())).await;
        let (user, _) = api.user("test@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let row = api.get(&path).await.body;
        assert_eq!((&row["length"], &row["place"]), (&json!({"words": {"count": 1}}), &json!({"street": "Lek"})));
        let document = api.get("/document/").await.body;
        check(&document);
        // All members that are shown are told of, wherever in the schema.
        fn members<'v>(document: &'v Value, schema: &'v Value, found: &mut BTreeSet<&'v str>) {
            if let Some(reference) = schema["$ref"].as_str() {
                members(document, document.pointer(reference.trim_start_matches('#')).unwrap(), found);
            }
            found.extend(schema["properties"].as_object().into_iter().flat_map(|members| members.keys().map(String::as_str)));
            schema["allOf"].as_array().into_iter().flatten().for_each(|part| members(document, part, found));
        }
        let mut told = BTreeSet::new();
        members(&document, &document["components"]["schemas"]["Post"], &mut told);
        assert_eq!(told, row.as_object().unwrap().keys().map(String::as_str).collect());
        // What is none of its paths is not its own to refuse.
        let page = api.request(Method::GET, "/nothing").header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.status(), 404);
    }
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    title: String,
}

#[test]
fn the_members_of_a_strict_struct_are_the_rows() {
    let posts = ViewSet::<Post>::new("/api/posts").hide(|p| p.title);
    let posts = posts.related(|posts| posts, |post| Named { title: post.title.to_uppercase() });
    let document = serde_json::to_value(ApiDoc::new("Blog", "1").view_set(&posts).openapi()).unwrap();
    let row = &document["components"]["schemas"]["Post"];
    assert_eq!((&row["properties"]["title"]["type"], &row["allOf"]), (&json!("string"), &Value::Null));
}

#[test]
#[should_panic(expected = "shows the members of a struct, and core::option::Option")]
fn what_may_be_nothing_is_not_shown() {
    let posts = ViewSet::<Post>::new("/api/posts").hide(|p| p.title);
    let _ = posts.related(|posts| posts, |post| Some(Named { title: post.title.clone() }));
}

#[test]
#[should_panic(expected = "Post is shown with two members title")]
fn members_of_one_name_are_refused_wherever_they_stand() {
    #[derive(Serialize, ToSchema)]
    struct Related {
        #[serde(flatten)]
        named: Named,
    }
    let posts = ViewSet::<Post>::new("/api/posts")
        .related(|posts| posts, |post| Related { named: Named { title: post.title.clone() } });
    let _: Router = posts.router();
}

#[test]
#[should_panic(expected = "shows the members of a struct, and alloc::string::String is none")]
fn what_has_no_members_is_not_shown() {
    let _ = ViewSet::<Post>::new("/api/posts").related(|posts| posts, |post| post.title.clone());
}

#[test]
#[should_panic(expected = "Post is shown with two members title")]
fn members_of_one_name_are_refused() {
    let shown = ViewSet::<Post>::new("/api/posts").show("title", |post| post.title.to_uppercase());
    let _: Router = shown.clone().hide(|p| p.title).allow([Action::Create], Access::Nobody).router();
    let _: Router = shown.router();
}

#[test]
#[should_panic(expected = "no Post can be created: content has no default and cannot be given")]
fn a_field_that_nobody_can_give_is_refused() {
    let posts = ViewSet::<Post>::new("/api/posts").on_create(|p| p.author_id, |user| user.id);
    let _: Router = posts.clone().router();
    let hidden = posts.read_only(|p| p.content);
    let _: Router = hidden.clone().allow([Action::Create], Access::Nobody).router();
    let _: Router = hidden.router();
}

#[test]
#[should_panic(expected = "a different schema Post already")]
fn schemas_of_one_name_are_refused() {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let _ = ApiDoc::new("Blog", "1").view_set(&ViewSet::<Post>::new("/api/posts")).schema("Post", text);
}

#[test]
#[should_panic(expected = "an operation post_list already")]
fn operations_of_one_name_are_refused() {
    let list = OperationBuilder::new().operation_id(Some("post_list")).build();
    let posts = ViewSet::<Post>::new("/api/posts");
    let _ =
        ApiDoc::new("Blog", "1").view_set(&posts).operation(Access::Anyone, HttpMethod::Get, "/api/", list);
}
