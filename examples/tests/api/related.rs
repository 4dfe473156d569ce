//! What posts are shown with: the author, the category, the tags; and how tags are given.

use examples::blog::{Category, PostTag, Tag};
use model_runtime::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

async fn tags(api: &Api, names: &[&str]) {
    for name in names {
        Tag::builder().name(*name).create(&api.db).await.unwrap();
    }
}

on_both! {
    async fn names_are_shown_without_a_statement_each(db) {
        let api = Api::serve(db).await;
        let (mut user, _) = api.user("test@example.com").await;
        (user.first_name, user.last_name) = ("Jane".into(), "Doe".into());
        user.save(&api.db).await.unwrap();
        let category = Category::builder().name("Technology").create(&api.db).await.unwrap();
        tags(&api, &["Web", "Rust"]).await;
        let all = Tag::objects().order_by(|t| t.slug.desc()).fetch_all(&api.db).await.unwrap();
        for i in 0..5 {
            let mut post = api.post(&format!("Post {i}"), &user).await;
            post.tags().set(all.iter().take(i), &api.db).await.unwrap();
            post.category_id = (i > 2).then_some(category.id);
            post.save(&api.db).await.unwrap();
        }
        let answer = api.get("/api/posts/?ordering=created_at").await;
        assert_eq!(answer.results("author_name"), ["Jane Doe"; 5]);
        let no = Value::Null;
        assert_eq!(answer.results("category_name"), [no.clone(), no.clone(), no, json!("Technology"), json!("Technology")]);
        let both = json!(["rust", "web"]);
        assert_eq!(answer.results("tags"), [json!([]), json!(["web"]), both.clone(), both.clone(), both.clone()]);
        // How many there are, the rows with author and category, and the tags of all.
        assert_eq!(answer.statements(), 3);
        assert_eq!(api.get("/api/posts/?page_size=1&cursor=").await.statements(), 2);

        let post = &answer.body["results"][4];
        let one = api.get(&format!("/api/posts/{}/", post["id"].as_str().unwrap())).await;
        assert_eq!(&one.body, post);
        assert_eq!(one.statements(), 2);
        let stats = api.get("/api/posts/stats/").await;
        assert_eq!(stats.body["most_viewed"]["author_name"], "Jane Doe");
    }

    async fn tags_are_given_by_their_slugs(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        tags(&api, &["Rust", "Web", "C++"]).await;
        let body = json!({"title": "a", "content": "b", "tags": ["web", "rust", "web"]});
        let answer = api.with(&token, Method::POST, "/api/posts/", body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["tags"]), (201, &json!(["rust", "web"])), "{}", answer.body);
        let path = answer.headers["location"].to_str().unwrap().to_owned();
        let patch = async |body: Value| api.with(&token, Method::PATCH, &path, body).await;

        let answer = patch(json!({"title": "c"})).await;
        assert_eq!(answer.body["tags"], json!(["rust", "web"]), "what is not given stays");
        let answer = patch(json!({"tags": ["c", "rust"]})).await;
        assert_eq!((answer.status.as_u16(), &answer.body["tags"]), (200, &json!(["c", "rust"])), "{}", answer.body);
        let trail = format!("SELECT COUNT(*) FROM audit_logs WHERE content_type = '{}'", PostTag::TABLE.label);
        assert_eq!(raw_sql::value::<i64>(&api.db, &trail).await, 4, "two links made, one made, one taken away");
        assert_eq!(patch(json!({"tags": []})).await.body["tags"], json!([]));
        assert_eq!(raw_sql::count(&api.db, "post_tags").await, 0);
        assert_eq!(api.get(&path).await.body["title"], "c");
    }

    async fn tags_that_are_wrong_change_nothing(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        tags(&api, &["Rust"]).await;
        let many: Vec<String> = (0..101).map(|i| i.to_string()).collect();
        for (given, why) in [
            (json!("rust"), "is no list"),
            (Value::Null, "is no list"),
            (json!(["rust", 1]), "has 1, which is no text"),
            (json!([null]), "has null, which may not be null"),
            (json!(["rust", "Rust"]), "has \"Rust\", which is the slug of no Tag"),
            (json!(["a\u{0}"]), "has \"a\\u0000\", which contains the character U+0000, which a database cannot store in text"),
            (json!(many), "has 101 items, 100 are allowed"),
        ] {
            let body = json!({"content": "b", "tags": given});
            let answer = api.with(&token, Method::POST, "/api/posts/", body).await;
            assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec!["tags", "title"]), "{given}");
            assert_eq!(answer.body["errors"][0]["message"], why);
        }
        assert_eq!((raw_sql::count(&api.db, "posts").await, raw_sql::count(&api.db, "post_tags").await), (0, 0));

        // A post that is refused by the database has no links either.
        let body = json!({"title": "a", "content": "b", "tags": ["rust"], "category_id": Uuid::nil().to_string()});
        let answer = api.with(&token, Method::POST, "/api/posts/", body).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        // SQLite does not tell which foreign key it was.
        assert!(answer.fields()[0].ends_with("category_id"), "{}", answer.body);
        assert_eq!((raw_sql::count(&api.db, "posts").await, raw_sql::count(&api.db, "post_tags").await), (0, 0));
    }

    async fn the_tag_of_a_post_tells_of_what_it_is_shown_with(db) {
        let api = Api::serve(db).await;
        let (user, token) = api.user("test@example.com").await;
        tags(&api, &["Rust", "Web"]).await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let first = api.get(&path).await.etag();
        let give = async |tag: &str| {
            let request = api.request(Method::PATCH, &path).bearer_auth(&token).header("if-match", &first);
            api.send(request.json(&json!({"tags": [tag]}))).await
        };
        let answers = futures_util::future::join_all(["rust", "web", "rust", "web"].map(give)).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412]);
        let known = api.send(api.request(Method::GET, &path).header("if-none-match", &first)).await;
        assert_eq!(known.status, 200);
        assert_ne!(known.etag(), first);
        assert_eq!(known.body["tags"].as_array().unwrap().len(), 1);
    }

    async fn the_document_has_what_posts_are_shown_with(db) {
        let api = Api::serve(db).await;
        let schemas = &api.get("/api/openapi.json").await.body["components"]["schemas"];
        let post = &schemas["Post"];
        assert_eq!(post["properties"]["is_published"]["type"], "boolean");
        assert_eq!(post["properties"]["author_name"]["type"], "string");
        assert_eq!(post["properties"]["category_name"]["type"], json!(["string", "null"]));
        let required = post["required"].as_array().unwrap();
        for name in ["author_name", "tags", "is_published"] {
            assert!(required.contains(&json!(name)), "{name}");
        }
        for input in ["PostCreate", "PostReplace", "PostPatch"] {
            let tags = &schemas[input]["properties"]["tags"];
            assert_eq!((&tags["items"]["type"], &tags["maxItems"]), (&json!("string"), &json!(100)), "{input}");
            assert_eq!(schemas[input]["properties"].get("author_name"), None);
        }
    }
}
