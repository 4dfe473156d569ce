//! The guide's API tests.

use examples::blog::Category;
use model_runtime::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

on_both! {
    async fn posts_are_listed(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        api.post("Test Post", &user).await;
        let answer = api.get("/api/posts/").await;
        assert_eq!((answer.status.as_u16(), answer.results("title")), (200, vec![json!("Test Post")]));
        assert_eq!((&answer.body["count"], &answer.body["next"]), (&json!(1), &Value::Null));
        let post = &answer.body["results"][0];
        assert_eq!(post["author_id"], user.id.to_string());
        assert_eq!((&post["is_published"], &post["status"]), (&json!(false), &json!("draft")));
        assert_eq!(post.get("change_log"), None);
    }

    async fn a_post_is_created_by_its_author(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let category = Category::builder().name("Technology").create(&api.db).await.unwrap();
        let body = json!({"title": "New Post", "content": "New content", "category_id": category.id.to_string()});
        let answer = api.with(&token, Method::POST, "/api/posts/", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = answer.body["id"].as_str().unwrap();
        assert_eq!(answer.headers["location"], format!("/api/posts/{id}/"));
        let key = raw_sql::key(&api.db, id.parse().unwrap());
        let of_post = |column: &str| format!("SELECT {column} FROM posts WHERE id = {key}");
        assert_eq!(raw_sql::value::<String>(&api.db, &of_post("title")).await, "New Post");
        assert_eq!(raw_sql::value::<Uuid>(&api.db, &of_post("author_id")).await, user.id);
        assert_eq!(raw_sql::value::<Uuid>(&api.db, &of_post("category_id")).await, category.id);
        assert_eq!(raw_sql::count(&api.db, "posts").await, 1);
    }

    async fn categories_are_changed_by_who_may(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let create = async || api.with(&token, Method::POST, "/api/categories/", json!({"name": "Rust"})).await;
        assert_eq!(create().await.status, 403);
        user.grant(&["blog.add_category"], &api.db).await.unwrap();
        let answer = create().await;
        assert_eq!((answer.status.as_u16(), &answer.body["slug"]), (201, &json!("rust")), "{}", answer.body);
        let again = create().await;
        assert_eq!((again.status.as_u16(), again.fields()), (409, vec!["name"]));
        assert_eq!(api.get("/api/categories/?search=rust").await.results("name"), ["Rust"]);
        assert_eq!(api.get("/api/tags/").await.results("name"), [""; 0]);
    }

    async fn a_post_is_published(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let mut post = api.post("Test Post", &user).await;
        let path = format!("/api/posts/{}/publish/", post.id);
        let answer = api.with(&token, Method::POST, &path, Value::Null).await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, json!({"status": "published"})));
        post.refresh(&api.db).await.unwrap();
        assert!(post.is_published());

        let (_, stranger) = api.user("stranger@example.com").await;
        let answer = api.with(&stranger, Method::POST, &path, Value::Null).await;
        assert_eq!(answer.status, 403);
        post.archive(&api.db).await.unwrap();
        let answer = api.with(&token, Method::POST, &path, Value::Null).await;
        assert_eq!(answer.status, 409, "{}", answer.body);
    }

    async fn posts_are_filtered_and_searched(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        api.post("Test Post", &user).await;
        api.post("Another Post", &user).await.publish(&api.db).await.unwrap();
        let titles = async |query: &str| {
            let answer = api.get(&format!("/api/posts/?{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.body);
            answer.results("title")
        };
        assert_eq!(titles("status=published").await, ["Another Post"]);
        assert_eq!(titles("status__in=published,draft&ordering=created_at").await, ["Test Post", "Another Post"]);
        assert_eq!(titles("published_at__isnull=true").await, ["Test Post"]);
        assert_eq!(titles("posted_on__lt=2026-02-01&views_count__gte=1").await, [""; 0]);
        assert_eq!(titles("search=Test").await, ["Test Post"]);
        assert_eq!(titles("search=post+ANOTHER").await, ["Another Post"]);
        assert_eq!(titles(&format!("author_id={}&ordering=-created_at", user.id)).await, ["Another Post", "Test Post"]);
        assert_eq!(titles("search=100%25").await, [""; 0]);
    }

    async fn recent_posts_and_figures(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        let stats = api.get("/api/posts/stats/").await;
        assert_eq!(stats.body["most_viewed"], Value::Null);
        let post = api.post("Test Post", &user).await;
        let old = Utc::now() - std::time::Duration::from_secs(30 * 24 * 3600);
        let mut post_of_then = api.post("Old", &user).await;
        post_of_then.created_at = old;
        post_of_then.save_only(|p| p.created_at, &api.db).await.unwrap();
        let answer = api.get("/api/posts/recent/?days=7").await;
        assert_eq!((answer.status.as_u16(), answer.results("title")), (200, vec![json!("Test Post")]));
        for views in 1..=3 {
            let path = format!("/api/posts/{}/increment_views/", post.id);
            let answer = api.send(api.request(Method::POST, &path)).await;
            assert_eq!(answer.body, json!({"views_count": views}));
        }
        let stats = api.get("/api/posts/stats/").await;
        assert_eq!(stats.status, 200);
        for (figure, value) in [("total", 2), ("published", 0), ("draft", 2), ("archived", 0), ("total_views", 3)] {
            assert_eq!(stats.body[figure], value, "{figure}");
        }
        assert_eq!(stats.body["most_viewed"]["title"], "Test Post");
    }

    async fn a_post_is_changed_deleted_and_restored(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        let post = api.post("Test Post", &user).await;
        let path = format!("/api/posts/{}/", post.id);
        let answer = api.with(&token, Method::PATCH, &path, json!({"title": "Patched"})).await;
        assert_eq!((answer.status.as_u16(), &answer.body["title"]), (200, &json!("Patched")));
        assert_eq!(answer.body["content"], "Content");
        let whole = json!({"title": "Replaced", "content": "Anew", "posted_on": "2026-03-01"});
        let answer = api.with(&token, Method::PUT, &path, whole).await;
        assert_eq!((answer.status.as_u16(), &answer.body["posted_on"]), (200, &json!("2026-03-01")));
        assert_eq!(api.get(&path).await.body["title"], "Replaced");

        assert_eq!(api.with(&token, Method::DELETE, &path, Value::Null).await.status, 204);
        assert_eq!(api.get(&path).await.status, 404);
        assert_eq!(api.with(&token, Method::DELETE, &path, Value::Null).await.status, 404);
        assert_eq!(raw_sql::count(&api.db, "posts").await, 1);
        let restore = format!("{path}restore/");
        let answer = api.with(&token, Method::POST, &restore, Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.body["title"]), (200, &json!("Replaced")));
        assert_eq!(api.get(&path).await.status, 200);
        assert_eq!(api.with(&token, Method::POST, &restore, Value::Null).await.status, 200);
        let actions: Vec<String> =
            raw_sql::column(&api.db, "SELECT action FROM audit_logs WHERE content_type = 'blog.post' ORDER BY id").await;
        assert_eq!(actions, ["create", "update", "update", "delete", "restore"]);
    }

    async fn the_program_says_how_it_is(db) {
        let api = Api::serve(db).await;
        assert_eq!(api.get("/health/").await.body, json!({"status": "ok"}));
        assert_eq!(api.get("/ready/").await.body, json!({"status": "ready"}));
        api.db.close().await;
        let answer = api.get("/ready/").await;
        assert_eq!(answer.status, 503);
        answer.fields();
    }

    async fn the_document_tells_what_there_is(db) {
        let api = Api::serve(db).await;
        let document = api.get("/api/openapi.json").await.body;
        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().unwrap();
        for path in ["/api/posts/", "/api/posts/{id}/", "/api/posts/{id}/publish/", "/api/posts/stats/", "/api/login/"] {
            assert!(paths.contains_key(path), "{path}");
        }
        let input = &document["components"]["schemas"]["PostCreate"];
        assert_eq!(input["required"], json!(["title", "content"]));
        assert_eq!(input["properties"]["title"]["maxLength"], 200);
        assert_eq!(input["properties"].get("author_id"), None);
        let parameters = paths["/api/posts/"]["get"]["parameters"].as_array().unwrap();
        let status = parameters.iter().find(|parameter| parameter["name"] == "status").unwrap();
        assert_eq!(status["schema"]["enum"], json!(["draft", "published", "archived"]));
    }
}
