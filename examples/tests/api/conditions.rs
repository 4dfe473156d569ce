//! `ETag`, `If-Match`, `If-None-Match`.

use std::time::Duration;

use examples::blog::Post;
use futures_util::future::join_all;
use model_runtime::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

on_both! {
    async fn a_stale_write_is_refused(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let first = api.get(&path).await.etag();
        let write = async |method: Method, tag: &str, body: Value| {
            let request = api.request(method, &path).bearer_auth(&token).header("if-match", tag);
            api.send(if body.is_null() { request } else { request.json(&body) }).await
        };
        let answer = write(Method::PATCH, &first, json!({"title": "a"})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let second = answer.etag();
        assert_ne!(first, second);
        for method in [Method::PATCH, Method::DELETE] {
            let body = if method == Method::PATCH { json!({"title": "b"}) } else { Value::Null };
            let answer = write(method, &first, body).await;
            assert_eq!(answer.status, 412);
            answer.fields();
        }
        assert_eq!(raw_sql::value::<String>(&api.db, "SELECT title FROM posts").await, "a");
        assert_eq!(write(Method::PATCH, &format!("{first}, {second}"), json!({"title": "c"})).await.status, 200);
        assert_eq!(write(Method::DELETE, "*", Value::Null).await.status, 204);
    }

    async fn a_write_can_exclude_what_is_there(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let tag = api.get(&path).await.etag();
        let body = json!({"title": "a", "content": "b", "posted_on": "2026-01-01"});
        let write = async |method: Method, tag: &str| {
            let request = api.request(method, &path).bearer_auth(&token).header("if-none-match", tag);
            api.send(request.json(&body)).await
        };
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            for tag in ["*", &tag] {
                let answer = write(method.clone(), tag).await;
                assert_eq!(answer.status, 412, "{method} {tag}");
                answer.fields();
            }
        }
        assert_eq!(raw_sql::value::<String>(&api.db, "SELECT title FROM posts").await, "Test Post");
        assert_eq!(write(Method::PATCH, "\"1\"").await.status, 200);
    }

    async fn of_many_at_once_one_writes(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let tag = api.get(&path).await.etag();
        let writes = (0..8).map(|i| {
            let request = api.request(Method::PATCH, &path).bearer_auth(&token).header("if-match", &tag);
            api.send(request.json(&json!({"title": format!("Title {i}")})))
        });
        let mut statuses: Vec<u16> = join_all(writes).await.iter().map(|it| it.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
        let updates = "SELECT COUNT(*) FROM audit_logs WHERE content_type = 'blog.post' AND action = 'update'";
        assert_eq!(raw_sql::value::<i64>(&api.db, updates).await, 1);
    }

    async fn a_write_leaves_what_others_write_meanwhile(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let post = api.post("Test Post", &user).await;
        let of_post = Post::objects().filter(|p| p.id.eq(post.id));
        of_post.clone().update(|p| p.excerpt.set(""), &api.db).await.unwrap();
        let mut other = api.db.begin().await.unwrap();
        of_post.update(|p| p.content.set("Theirs"), &mut other).await.unwrap();
        let path = format!("/api/posts/{}/", post.id);
        let patch = api.with(&token, Method::PATCH, &path, json!({"title": "Mine"}));
        // By then the row is read, and waits to be written.
        let commit = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            other.commit().await.unwrap();
        };
        let (answer, ()) = tokio::join!(patch, commit);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let of = async |column| raw_sql::value::<String>(&api.db, &format!("SELECT {column} FROM posts")).await;
        assert_eq!([of("title").await, of("content").await], ["Mine", "Theirs"]);
        // What a hook of the model made of the row is written with it.
        assert_eq!(of("excerpt").await, "Content");
    }

    async fn many_who_may_not_write_do_not_wait_for_each_other(db) {
        let api = Api::serve(db).await;
        let (author, _) = api.user("author@example.com").await;
        let (_, token) = api.user("other@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &author).await.id);
        let writes = (0..32).map(|_| {
            let request = api.request(Method::PATCH, &path).bearer_auth(&token).header("if-match", "*");
            api.send(request.json(&json!({"title": "Mine"})))
        });
        for answer in join_all(writes).await {
            assert_eq!(answer.status, 403, "{}", answer.body);
        }
    }

    async fn what_is_known_is_not_sent_again(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let tag = api.get(&path).await.etag();
        let known = api.send(api.request(Method::GET, &path).header("if-none-match", &tag)).await;
        assert_eq!((known.status.as_u16(), known.body), (304, Value::Null));
        let other = api.send(api.request(Method::GET, &path).header("if-none-match", "\"1\"")).await;
        assert_eq!(other.status, 200);
    }
}
