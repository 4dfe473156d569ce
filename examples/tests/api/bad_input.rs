//! What is refused: always a problem, never an error of the server, and nothing is written.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

on_both! {
    async fn bodies(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let post = api.post("Test Post", &user).await;
        let rows = raw_sql::count(&api.db, "audit_logs").await;
        let cases: &[(Value, u16, &[&str])] = &[
            (json!({}), 422, &["title", "content"]),
            (json!({"title": 1, "content": null, "nmae": "x", "id": "x", "status": "published"}), 422,
                &["id", "nmae", "status", "title", "content"]),
            (json!({"title": "a", "content": "b", "author_id": user.id.to_string()}), 422, &["author_id"]),
            (json!({"title": "a", "content": "b", "views_count": 7}), 422, &["views_count"]),
            (json!({"title": "a", "content": "b", "change_log": {}}), 422, &["change_log"]),
            (json!({"title": "x".repeat(201), "content": "b"}), 422, &["title"]),
            (json!({"title": "a\u{0}", "content": "b", "excerpt": 1}), 422, &["excerpt", "title"]),
            (json!(["title"]), 400, &[]),
            (json!("title"), 400, &[]),
        ];
        for (body, status, fields) in cases {
            let answer = api.with(&token, Method::POST, "/api/posts/", body.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.fields().as_slice()), (*status, *fields), "{body}");
        }
        let path = format!("/api/posts/{}/", post.id);
        let answer = api.with(&token, Method::PUT, &path, json!({"title": "a"})).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec!["content", "posted_on"]));
        let answer = api.with(&token, Method::PATCH, &path, json!({"title": "a", "posted_on": "x"})).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec!["posted_on"]));

        for (content_type, text, status) in [
            ("application/json", "{\"title\": ".to_owned(), 400),
            ("application/json", "[".repeat(100_000), 400),
            ("application/json", format!("{{\"title\": \"{}\"}}", "x".repeat(1024 * 1024)), 413),
            ("text/plain", "{}".to_owned(), 415),
        ] {
            let request = api.request(Method::POST, "/api/posts/").bearer_auth(&token);
            let answer = api.send(request.header("content-type", content_type).body(text)).await;
            assert_eq!(answer.status.as_u16(), status);
            answer.fields();
        }
        assert_eq!(raw_sql::count(&api.db, "posts").await, 1);
        assert_eq!(raw_sql::count(&api.db, "audit_logs").await, rows);
        let title: String = raw_sql::value(&api.db, "SELECT title FROM posts").await;
        assert_eq!(title, "Test Post");
    }

    async fn of_many_errors_the_first_are_told(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        let name = |i: usize| format!("{i:04}{}", "é".repeat(100));
        let cut = format!("0000{}…", "é".repeat(46));
        let body = (0..1000).map(|i| (name(i), json!(1))).collect::<serde_json::Map<_, _>>();
        let answer = api.with(&token, Method::POST, "/api/posts/", body.into()).await;
        // And the title and the content are missing.
        assert_eq!((answer.status.as_u16(), &answer.body["more_errors"]), (422, &json!(952)));
        assert_eq!((answer.fields().len(), answer.fields()[0]), (50, cut.as_str()));
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.ends_with("; and 952 more") && detail.chars().count() < 5000, "{detail}");

        let query: Vec<String> = (0..60).map(|i| format!("{}=1", name(i))).collect();
        let answer = api.get(&format!("/api/posts/?{}", query.join("&"))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["more_errors"]), (400, &json!(10)));
        assert_eq!((answer.fields().len(), answer.fields()[0]), (50, cut.as_str()));
        let answer = api.get(&format!("/api/posts/?ordering={}", name(0))).await;
        assert!(answer.body["errors"][0]["message"].as_str().unwrap().starts_with(&format!("names {cut:?}, none of ")));
        let answer = api.get(&format!("/{}/", "x".repeat(4000))).await;
        assert!(answer.body["detail"].as_str().unwrap().len() < 100, "{}", answer.body);
        let twice = format!("{{\"{0}\": 1, \"{0}\": 2}}", name(0));
        let request = api.request(Method::POST, "/api/posts/").bearer_auth(&token);
        let answer = api.send(request.header("content-type", "application/json").body(twice)).await;
        assert!(answer.body["detail"].as_str().unwrap().contains(&format!("{cut} is given twice")), "{}", answer.body);
    }

    async fn bodies_of_the_programs_own(db) {
        let api = Api::serve(db).await;
        api.user("test@example.com").await;
        for (body, status) in [
            (r#"{"email": "test@example.com""#, 400),
            (r#"{"email": "test@example.com"}"#, 422),
            (r#"{"email": "test@example.com", "password": 1}"#, 422),
            (r#"{"email": "test@example.com", "password": "x", "nmae": "x"}"#, 422),
            (r#"{"email": "test@example.com", "password": "x"}"#, 401),
        ] {
            let request = api.request(Method::POST, "/api/login/").header("content-type", "application/json");
            let answer = api.send(request.body(body)).await;
            assert_eq!(answer.status, status, "{body}");
            answer.fields();
        }
        assert_eq!(raw_sql::count(&api.db, "auth_tokens").await, 1);
    }

    async fn query_strings(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        api.post("Test Post", &user).await;
        let long = format!("search={}", "x".repeat(201));
        for (query, fields) in [
            ("page=0", vec!["page"]),
            ("page=abc&page_size=1000&ordering=password&nonsense=1", vec!["ordering", "nonsense", "page", "page_size"]),
            ("ordering=", vec!["ordering"]),
            ("ordering=-created_at,created_at", vec!["ordering"]),
            ("status=nonsense", vec!["status"]),
            ("status=draft&status=published", vec!["status"]),
            ("author_id=1", vec!["author_id"]),
            ("author_id__in=1,2", vec!["author_id__in"]),
            ("views_count__gt=99999999999", vec!["views_count__gt"]),
            ("published_at__gt=yesterday", vec!["published_at__gt"]),
            ("posted_on=-200000-01-01", vec!["posted_on"]),
            ("published_at__isnull=1", vec!["published_at__isnull"]),
            ("search=%00", vec!["search"]),
            ("cursor=nonsense", vec!["cursor"]),
            ("page=1&cursor=", vec!["cursor"]),
            (&long, vec!["search"]),
        ] {
            let answer = api.get(&format!("/api/posts/?{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.fields()), (400, fields), "{query}");
        }
        for days in ["abc", "-1", "1.5", "99999999999", ""] {
            let answer = api.get(&format!("/api/posts/recent/?days={days}")).await;
            assert_eq!((answer.status.as_u16(), answer.fields()), (400, vec!["days"]), "{days}");
        }
        let far = api.get("/api/posts/recent/?days=4294967295").await;
        assert_eq!(far.status, 200, "{}", far.body);
        for page in ["2", "18446744073709551615"] {
            let answer = api.get(&format!("/api/posts/?page={page}")).await;
            assert_eq!(answer.status, 404);
            answer.fields();
        }
    }

    async fn who_may_not(db) {
        let api = Api::serve(db).await;
        let (author, _) = api.user("author@example.com").await;
        let (_, stranger) = api.user("stranger@example.com").await;
        let post = api.post("Test Post", &author).await;
        let path = format!("/api/posts/{}/", post.id);
        for (method, path) in [
            (Method::POST, "/api/posts/".to_owned()),
            (Method::PATCH, path.clone()),
            (Method::PUT, path.clone()),
            (Method::DELETE, path.clone()),
            (Method::POST, format!("{path}restore/")),
            (Method::POST, format!("{path}publish/")),
        ] {
            let body = json!({"title": "a", "content": "b", "posted_on": "2026-01-01"});
            let answer = api.send(api.request(method.clone(), &path).json(&body)).await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            answer.fields();
            let answer = api.with("nonsense", method.clone(), &path, body.clone()).await;
            assert_eq!(answer.status, 401, "{method} {path}");
            if path != "/api/posts/" {
                let answer = api.with(&stranger, method.clone(), &path, body).await;
                assert_eq!(answer.status, 403, "{method} {path}");
                answer.fields();
            }
        }
        let answer = api.send(api.request(Method::GET, "/api/posts/").header("authorization", "Basic eDp5")).await;
        assert_eq!(answer.status, 401);
        assert_eq!(raw_sql::value::<String>(&api.db, "SELECT title FROM posts").await, "Test Post");
    }

    async fn paths_and_methods(db) {
        let api = Api::serve(db).await;
        for path in ["/", "/api/nonsense/", "/api/posts/1/", "/api/posts/%ff/", "/api/posts/%00/",
            "/api/posts/00000000-0000-7000-8000-000000000000/"] {
            let answer = api.get(path).await;
            assert_eq!(answer.status, 404, "{path}");
            answer.fields();
        }
        for action in ["publish", "increment_views"] {
            let answer = api.send(api.request(Method::POST, &format!("/api/posts/%ff/{action}/"))).await;
            assert_eq!(answer.status, 404, "{action}");
            answer.fields();
        }
        for (method, path) in [(Method::POST, "/health/"), (Method::PUT, "/api/posts/"), (Method::POST, "/api/posts/stats/"), (Method::GET, "/api/login/")] {
            let answer = api.send(api.request(method, path)).await;
            assert_eq!(answer.status, 405, "{path}");
            answer.fields();
        }
    }
}
