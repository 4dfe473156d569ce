//! Methods, content types and other headers.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

on_both! {
    async fn other_methods_are_told_which_there_are(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        let row = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let publish = format!("{row}publish/");
        for (path, allowed) in [
            ("/api/posts/", vec!["GET", "HEAD", "POST"]),
            (&row, vec!["DELETE", "GET", "HEAD", "PATCH", "PUT"]),
            (&publish, vec!["POST"]),
            ("/api/posts/stats/", vec!["GET", "HEAD"]),
            ("/api/openapi.json", vec!["GET", "HEAD"]),
            ("/api/docs/", vec!["GET", "HEAD"]),
            ("/api/login/", vec!["POST"]),
        ] {
            for method in [Method::OPTIONS, Method::TRACE, "NONSENSE".parse().unwrap()] {
                let answer = api.send(api.request(method.clone(), path)).await;
                assert_eq!(answer.status, 405, "{method} {path}");
                answer.fields();
                let mut allow: Vec<&str> = answer.headers["allow"].to_str().unwrap().split(',').collect();
                allow.sort_unstable();
                assert_eq!(allow, allowed, "{method} {path}");
            }
        }
        for path in ["/api/posts/", &row, "/api/openapi.json"] {
            let (head, get) = (api.send(api.request(Method::HEAD, path)).await, api.get(path).await);
            assert_eq!((head.status.as_u16(), head.body), (200, Value::Null), "{path}");
            for header in ["content-type", "content-length", "etag"] {
                assert_eq!(head.headers.get(header), get.headers.get(header), "{path} {header}");
            }
        }
    }

    async fn a_body_is_json_and_says_so(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        let whole = r#"{"title": "a", "content": "b"}"#;
        for (header, value, body, status) in [
            ("content-type", "application/x-www-form-urlencoded", "title=a&content=b", 415),
            ("content-type", "application/jsonp", whole, 415),
            ("content-type", "", whole, 415),
            ("accept", "application/json", whole, 415),
            ("content-encoding", "gzip", whole, 415),
            ("content-type", "application/json", "", 400),
            ("content-type", "application/json", "null", 400),
            ("content-type", "application/json", r#"{"title": "a", "content": "b", "title": "c"}"#, 400),
            ("content-type", "application/json", "{\"title\": \"a\", \"content\": \"b\"} x", 400),
            ("content-type", "application/json; charset=utf-8", whole, 201),
            ("content-type", "application/merge-patch+json", whole, 201),
        ] {
            let request = api.request(Method::POST, "/api/posts/").bearer_auth(&token);
            let request = if header == "content-encoding" { request.header("content-type", "application/json") } else { request };
            let answer = api.send(request.header(header, value).body(body)).await;
            assert_eq!(answer.status, status, "{header}: {value} {body}: {}", answer.body);
            if status != 201 {
                answer.fields();
            }
        }
        let request = api.request(Method::POST, "/api/posts/").bearer_auth(&token);
        let bytes = b"{\"title\": \"\xff\", \"content\": \"b\"}".to_vec();
        let answer = api.send(request.header("content-type", "application/json").body(bytes)).await;
        assert_eq!(answer.status, 400);
        answer.fields();
        assert_eq!(raw_sql::count(&api.db, "posts").await, 2);
    }

    async fn who_takes_no_json_is_told_so_and_nothing_is_done(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let row = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let (view, recent) = (format!("{row}increment_views/"), "/api/posts/recent/".to_owned());
        let (list, tokens) = ("/api/posts/".to_owned(), "/api/tokens/".to_owned());
        let body = json!({"title": "a", "content": "b", "name": "c"});
        let signed_in = raw_sql::count(&api.db, "auth_tokens").await;
        for (method, path) in [
            (Method::GET, &list), (Method::POST, &list), (Method::GET, &row), (Method::DELETE, &row), (Method::GET, &recent),
            (Method::POST, &view), (Method::POST, &tokens),
        ] {
            for accept in ["text/html", "application/json;q=0, */*"] {
                let request = api.request(method.clone(), path).bearer_auth(&token).header("accept", accept);
                let answer = api.send(request.json(&body)).await;
                assert_eq!(answer.status, 406, "{method} {path}");
                answer.fields();
            }
        }
        assert_eq!(raw_sql::value::<i32>(&api.db, "SELECT views_count FROM posts WHERE deleted_at IS NULL").await, 0);
        assert_eq!(raw_sql::count(&api.db, "posts").await, 1);
        assert_eq!(raw_sql::count(&api.db, "auth_tokens").await, signed_in);
        for accept in ["*/*", "application/*", "application/json", "text/html,application/xml;q=0.9,*/*;q=0.8"] {
            let answer = api.send(api.request(Method::GET, &row).header("accept", accept)).await;
            assert_eq!((answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()), (200, "application/json"));
        }
        assert!(api.raw(b"GET /api/posts/ HTTP/1.1\r\nhost: x\r\n\r\n").await.starts_with("HTTP/1.1 200 "));
        // Pages are no JSON.
        let page = api.request(Method::GET, "/api/docs/").header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.status(), 200);
    }

    async fn a_body_is_not_read_beyond_its_limit(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        let head = format!("POST /api/posts/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        // Neither is all of it sent: what stands in the head is enough, or the part that is too much.
        let long = format!("{head}content-length: 99999999999\r\n\r\n{{");
        let chunk = "x".repeat(1024 * 1024 + 1);
        let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{chunk}\r\n", chunk.len());
        for request in [long, chunked] {
            let answer = api.raw(request.as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
            assert!(answer.contains("application/problem+json"), "{answer}");
        }
    }

    async fn what_is_sent_to_one_user_is_kept_by_no_one_else(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        let mine = api.with(&token, Method::GET, "/api/posts/", Value::Null).await;
        assert_eq!(mine.headers["cache-control"], "private, no-cache");
        for answer in [mine, api.get("/api/posts/").await, api.get("/api/nonsense/").await] {
            assert_eq!(answer.headers["vary"], "authorization, cookie");
        }
        assert_eq!(api.get("/api/posts/").await.headers.get("cache-control"), None);
        let token = api.with(&token, Method::POST, "/api/tokens/", json!({"name": "laptop"})).await;
        assert_eq!(token.headers["cache-control"], "no-store");
    }
}
