//! Who may do what: permissions of each action, and the layer `RequirePerm` on a route of one's own.

use axum::Router;
use axum::routing::post;
use examples::blog::Category;
use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::web::{Caller, RequirePerm, WebResult};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

async fn name(caller: Caller<User>) -> WebResult<String> {
    Ok(format!("{:?}", caller.signed_in()?.email))
}

fn guarded() -> Router {
    Router::new().route("/guarded/", post(name).layer(RequirePerm::<User>::new("blog.publish_post")))
}

on_both! {
    async fn a_route_wants_a_permission(db) {
        let api = Api::serve_app(db, |web| guarded().layer(web.layer())).await;
        let (user, token) = api.user("test@example.com").await;
        let ask = async || api.with(&token, Method::POST, "/guarded/", Value::Null).await;
        let nobody = api.send(api.request(Method::POST, "/guarded/")).await;
        assert_eq!((nobody.status.as_u16(), nobody.headers["www-authenticate"].to_str().unwrap()), (401, "Bearer"));
        nobody.fields();
        let answer = ask().await;
        assert_eq!(answer.status, 403);
        answer.fields();
        user.grant(&["blog.publish_post"], &api.db).await.unwrap();
        let answer = ask().await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, json!("test@example.com")));
        // The layer is around the other methods too.
        assert_eq!(api.get("/guarded/").await.status, 401);
        assert_eq!(api.send(api.request(Method::GET, "/guarded/").bearer_auth(&token)).await.status, 405);
        user.revoke(&["blog.publish_post"], &api.db).await.unwrap();
        assert_eq!(ask().await.status, 403);
    }

    async fn without_the_layer_around_it_a_route_is_shut(db) {
        let api = Api::serve_app(db, |_| guarded()).await;
        let (_, token) = api.user("test@example.com").await;
        let answer = api.with(&token, Method::POST, "/guarded/", Value::Null).await;
        assert_eq!(answer.status, 500);
        answer.fields();
        assert!(!answer.body["detail"].as_str().unwrap().contains("layer"), "{}", answer.body);
    }

    async fn each_action_has_its_permission(db) {
        let api = Api::serve(db).await;
        let category = Category::builder().name("Rust").create(&api.db).await.unwrap();
        let row = format!("/api/categories/{}/", category.id);
        let all = ["blog.view_category", "blog.add_category", "blog.change_category", "blog.delete_category"];
        for (i, (method, path, code, status)) in [
            (Method::POST, "/api/categories/", "blog.add_category", 201),
            (Method::PUT, row.as_str(), "blog.change_category", 200),
            (Method::PATCH, row.as_str(), "blog.change_category", 200),
            (Method::DELETE, row.as_str(), "blog.delete_category", 204),
        ].into_iter().enumerate() {
            let body = json!({"name": format!("Name {i}")});
            let ask = async |token: &str| api.with(token, method.clone(), path, body.clone()).await.status.as_u16();
            let (user, token) = api.user(&format!("user{i}@example.com")).await;
            let others: Vec<&str> = all.into_iter().filter(|other| *other != code).collect();
            user.grant(&others, &api.db).await.unwrap();
            assert_eq!(ask(&token).await, 403, "{method}");
            user.grant(&[code], &api.db).await.unwrap();
            assert_eq!(ask(&token).await, status, "{method}");
        }
        assert_eq!(raw_sql::column::<String>(&api.db, "SELECT name FROM categories").await, ["Name 0"]);
        let by_nobody = api.request(Method::POST, &format!("{row}restore/"));
        assert_eq!(api.send(by_nobody).await.status, 404, "what cannot be restored has no such path");
    }

    async fn who_has_the_permission_changes_the_posts_of_others(db) {
        let api = Api::serve(db).await;
        let (author, _) = api.user("author@example.com").await;
        let (editor, token) = api.user("editor@example.com").await;
        let post = api.post("Test Post", &author).await;
        let path = format!("/api/posts/{}/", post.id);
        editor.grant(&["blog.change_post"], &api.db).await.unwrap();
        let answer = api.with(&token, Method::PATCH, &path, json!({"title": "Edited"})).await;
        assert_eq!((answer.status.as_u16(), &answer.body["author_id"]), (200, &json!(author.id.to_string())));
        assert_eq!(api.with(&token, Method::DELETE, &path, Value::Null).await.status, 403);
        assert_eq!(api.with(&token, Method::POST, &format!("{path}publish/"), Value::Null).await.status, 403);
        editor.grant(&["blog.delete_post", "blog.publish_post"], &api.db).await.unwrap();
        assert_eq!(api.with(&token, Method::POST, &format!("{path}publish/"), Value::Null).await.status, 200);
        assert_eq!(api.with(&token, Method::DELETE, &path, Value::Null).await.status, 204);
    }

    async fn a_deleted_post_is_nowhere(db) {
        let api = Api::serve(db).await;
        let (author, token) = api.user("author@example.com").await;
        let (_, stranger) = api.user("stranger@example.com").await;
        let mut post = api.post("Test Post", &author).await;
        post.delete(&api.db).await.unwrap();
        let path = format!("/api/posts/{}/", post.id);
        let body = json!({"title": "a", "content": "b", "posted_on": "2026-01-01"});
        for (method, below) in [
            (Method::GET, ""), (Method::HEAD, ""), (Method::PUT, ""), (Method::PATCH, ""), (Method::DELETE, ""),
            (Method::POST, "publish/"), (Method::POST, "increment_views/"),
        ] {
            let answer = api.with(&token, method.clone(), &format!("{path}{below}"), body.clone()).await;
            assert_eq!(answer.status, 404, "{method} {below}");
        }
        for list in ["", "recent/", "?page_size=1&cursor=", "?search=Test"] {
            assert_eq!(api.get(&format!("/api/posts/{list}")).await.results("id"), Vec::<Value>::new(), "{list}");
        }
        let stats = api.get("/api/posts/stats/").await.body;
        assert_eq!((&stats["total"], &stats["most_viewed"]), (&json!(0), &Value::Null));
        let restore = format!("{path}restore/");
        assert_eq!(api.send(api.request(Method::POST, &restore)).await.status, 401);
        assert_eq!(api.with(&stranger, Method::POST, &restore, Value::Null).await.status, 403);
        let answer = api.with(&token, Method::POST, &restore, Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.body["title"]), (200, &json!("Test Post")));
        assert_eq!(raw_sql::value::<String>(&api.db, "SELECT title FROM posts").await, "Test Post");
    }
}
