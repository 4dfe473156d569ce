//! What the audit trail tells of requests.

use examples::blog::Post;
use futures_util::future::join_all;
use model_runtime::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

on_both! {
    async fn a_request_has_an_audit_scope_of_its_own(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let request = api.request(Method::POST, "/api/posts/").bearer_auth(&token);
        let request = request
            .header("x-forwarded-for", "6.6.6.6, 203.0.113.9")
            .header("user-agent", "100% \"quoted\" 'agent'; DROP TABLE posts")
            .header("x-request-id", "request-1");
        let answer = api.send(request.json(&json!({"title": "a", "content": "b"}))).await;
        assert_eq!(answer.headers["x-request-id"], "request-1");
        let row = AuditLog::objects().order_by(|a| a.id.desc()).fetch_one(&api.db).await.unwrap();
        assert_eq!(row.actor_id, Some(user.id.to_string()));
        assert_eq!(row.actor_label, Some(user.get_display_name()));
        assert_eq!(row.ip_address, "203.0.113.9".parse().ok());
        assert_eq!(row.user_agent, "100% \"quoted\" 'agent'; DROP TABLE posts");
        assert_eq!(row.request_id.as_deref(), Some("request-1"));

        let answer = api.get("/api/posts/").await;
        let made: Uuid = answer.headers["x-request-id"].to_str().unwrap().parse().unwrap();
        assert_eq!(made.get_version_num(), 7);
    }

    async fn requests_at_once_do_not_mix(db) {
        let api = Api::serve(db).await;
        let mut users = Vec::new();
        for i in 0..4 {
            users.push(api.user(&format!("user{i}@example.com")).await);
        }
        let writes = (0..40).map(|i| {
            let (user, token) = &users[i % 4];
            let request = api.request(Method::POST, "/api/posts/").bearer_auth(token);
            let request = request.header("x-request-id", format!("{}:{i}", user.id));
            api.send(request.json(&json!({"title": format!("Post {i}"), "content": "b"})))
        });
        for answer in join_all(writes).await {
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
        let rows = AuditLog::objects().filter(|a| a.content_type.eq("blog.post")).fetch_all(&api.db).await.unwrap();
        assert_eq!(rows.len(), 40);
        for row in rows {
            let request_id = row.request_id.unwrap();
            assert_eq!(request_id.split(':').next(), row.actor_id.as_deref());
        }
    }

    async fn a_write_costs_what_it_costs_in_code(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let sign_in = 2;
        let answer = api.with(&token, Method::POST, "/api/posts/", json!({"title": "a", "content": "b"})).await;
        let (mut post, create) = model_runtime::profile::profile("code", api.post("b", &user)).await;
        assert_eq!(answer.statements(), sign_in + create.statements.len());

        let path = format!("/api/posts/{}/", answer.body["id"].as_str().unwrap());
        let answer = api.with(&token, Method::PATCH, &path, json!({"title": "c"})).await;
        let (_, save) = model_runtime::profile::profile("code", async {
            post = Post::get(post.id, &api.db).await.unwrap();
            post.title = "d".into();
            post.save(&api.db).await.unwrap();
        })
        .await;
        assert_eq!(answer.statements(), sign_in + save.statements.len());

        let answer = api.with(&token, Method::DELETE, &path, Value::Null).await;
        let (_, delete) = model_runtime::profile::profile("code", async {
            post = Post::get(post.id, &api.db).await.unwrap();
            post.delete(&api.db).await.unwrap();
        })
        .await;
        assert_eq!(answer.statements(), sign_in + delete.statements.len());
        assert_eq!(api.get("/api/posts/").await.statements(), 2);
        assert_eq!(raw_sql::count(&api.db, "posts").await, 2);
    }
}
