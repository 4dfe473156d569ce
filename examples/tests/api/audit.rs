//! What the audit trail tells of requests.

use examples::blog::{Post, Tag};
use futures_util::future::join_all;
use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::users::TokenPurpose;
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

    async fn of_a_long_user_agent_the_start_is_kept(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        let request = api.request(Method::POST, "/api/posts/").bearer_auth(&token);
        let request = request.header("user-agent", "é".repeat(4000)).json(&json!({"title": "a", "content": "b"}));
        assert_eq!(api.send(request).await.status, 201);
        let row = AuditLog::objects().order_by(|a| a.id.desc()).fetch_one(&api.db).await.unwrap();
        assert_eq!(row.user_agent, "é".repeat(512));
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

    /// And signing in: one statement, and one more where the caller's permission is asked for.
    async fn a_write_costs_what_it_costs_in_code(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let by_token = api.users.by_token(&token, TokenPurpose::Api, &api.db);
        let sign_in = statements(async { by_token.await.unwrap() }).await.len();
        assert_eq!(sign_in, 1);
        let mut post = api.post("In code", &user).await;
        let create = statements(api.post("b", &user)).await;
        let answer = api.with(&token, Method::POST, "/api/posts/", json!({"title": "a", "content": "b"})).await;
        // The row with its author and category, and its tags, for the answer to show.
        let shown = 2;
        assert_eq!(answer.statements(), sign_in + create.len() + shown, "{create:?}");

        let path = format!("/api/posts/{}/", answer.body["id"].as_str().unwrap());
        let in_code = async |post: &mut Post, action: &str| {
            let rows = Post::objects().all_with_deleted();
            *post = rows.filter(|p| p.id.eq(post.id)).fetch_one(&api.db).await.unwrap();
            let wrote = match action {
                "patch" => {
                    post.title = "In code, changed".into();
                    post.save(&api.db).await
                }
                "publish" => post.publish(&api.db).await,
                "delete" => post.delete(&api.db).await,
                _ => post.restore(&api.db).await,
            };
            assert!(wrote.unwrap(), "{action}");
        };
        let writes = [
            (Method::PATCH, "", json!({"title": "c"}), "patch"),
            (Method::POST, "publish/", Value::Null, "publish"),
            (Method::DELETE, "", Value::Null, "delete"),
            (Method::POST, "restore/", Value::Null, "restore"),
        ];
        for (method, below, body, action) in writes {
            let code = statements(in_code(&mut post, action)).await;
            let answer = api.with(&token, method, &format!("{path}{below}"), body).await;
            assert!(answer.status.is_success(), "{action}: {}", answer.body);
            let shown = if matches!(action, "patch" | "restore") { shown } else { 0 };
            assert_eq!(answer.statements(), sign_in + code.len() + shown, "{action}: {code:?}");
        }

        let (other, token) = api.user("editor@example.com").await;
        other.grant(&["blog.change_post"], &api.db).await.unwrap();
        post.title = "In code, again".into();
        let save = statements(async { post.save(&api.db).await.unwrap() }).await;
        let answer = api.with(&token, Method::PATCH, &path, json!({"title": "By another"})).await;
        assert_eq!((answer.status.as_u16(), answer.statements()), (200, sign_in + 2 + save.len() + shown), "{save:?}");
        // Reading takes no token: how many there are, the page, and the tags.
        assert_eq!(api.get("/api/posts/").await.statements(), 3);
        assert_eq!(api.with(&token, Method::GET, &path, Value::Null).await.statements(), sign_in + shown);
        assert_eq!(raw_sql::count(&api.db, "posts").await, 3);
        let recorded = "SELECT COUNT(*) FROM audit_logs WHERE content_type = 'blog.post'";
        assert_eq!(raw_sql::value::<i64>(&api.db, recorded).await, 3 + 2 * 4 + 2);

        other.grant(&["blog.add_tag"], &api.db).await.unwrap();
        let answer = api.with(&token, Method::POST, "/api/tags/", json!({"name": "Rust"})).await;
        let create = statements(async { Tag::builder().name("Web").create(&api.db).await.unwrap() }).await;
        let permission = 1;
        assert_eq!(answer.statements(), sign_in + permission + create.len(), "{create:?}");
        assert_eq!(raw_sql::count(&api.db, "tags").await, 2);
    }
}

/// The statements that a future runs.
async fn statements<T>(future: impl Future<Output = T>) -> Vec<String> {
    let (_, profile) = profile("in code", future).await;
    profile.statements.into_iter().map(|statement| statement.sql).collect()
}
