//! What a view set is declared to do: whose rows a list has, what can be linked, where its routes are.

use axum::Router;
use examples::blog::{Post, PostTag, Tag};
use model_runtime::prelude::*;
use model_runtime::web::{Access, Action, ViewSet};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::Api;

fn posts() -> ViewSet<Post> {
    let all = [Action::Replace, Action::Patch, Action::Delete, Action::Restore];
    ViewSet::<Post>::new("/api/posts").allow(all, Access::Anyone).restorable()
}

async fn serve(db: Pool, posts: ViewSet<Post>) -> Api {
    Api::serve_app(db, |web| posts.router().layer(web.layer())).await
}

on_both! {
    async fn a_list_of_owners_has_the_rows_of_who_asks(db) {
        let api = serve(db, posts().owned_by(|p| p.author_id).allow([Action::List], Access::Owner)).await;
        let (jane, token) = api.user("jane@example.com").await;
        let (john, _) = api.user("john@example.com").await;
        api.post("Jane's", &jane).await;
        api.post("John's", &john).await;
        assert_eq!(api.get("/api/posts/").await.status, 401);
        let list = async || api.with(&token, Method::GET, "/api/posts/?page_size=1", Value::Null).await;
        let answer = list().await;
        assert_eq!((answer.results("title"), &answer.body["count"]), (vec![json!("Jane's")], &json!(1)));
        jane.grant(&["blog.view_post"], &api.db).await.unwrap();
        assert_eq!(list().await.body["count"], 2);
    }

    async fn a_list_of_owners_without_their_column_wants_the_permission(db) {
        let api = serve(db, posts().allow([Action::List], Access::Owner)).await;
        let (jane, token) = api.user("jane@example.com").await;
        api.post("Jane's", &jane).await;
        let list = async || api.with(&token, Method::GET, "/api/posts/", Value::Null).await;
        assert_eq!(list().await.status, 403);
        jane.grant(&["blog.view_post"], &api.db).await.unwrap();
        assert_eq!(list().await.results("title"), ["Jane's"]);
    }

    async fn links_lead_only_to_rows_that_there_are_for_the_caller(db) {
        let posts = posts().links_among("tags", Post::TAGS, |t| t.slug, |user| {
            let known: &[&str] = if user.is_some() { &["Rust", "Secret"] } else { &["Rust"] };
            Tag::objects().filter(|t| t.name.is_in(known.iter().copied()))
        });
        let api = serve(db, posts).await;
        let (user, token) = api.user("test@example.com").await;
        for name in ["Rust", "Secret"] {
            Tag::builder().name(name).create(&api.db).await.unwrap();
        }
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let both = json!({"tags": ["rust", "secret"]});
        let refused = api.send(api.request(Method::PATCH, &path).json(&both)).await;
        assert_eq!((refused.status.as_u16(), refused.fields()), (422, vec!["tags"]));
        assert_eq!(refused.body["errors"][0]["message"], "has \"secret\", which is the slug of no Tag");
        assert_eq!(PostTag::objects().count(&api.db).await.unwrap(), 0);
        assert_eq!(api.with(&token, Method::PATCH, &path, both).await.status, 200);
        assert_eq!(PostTag::objects().count(&api.db).await.unwrap(), 2);
    }

    async fn below_a_path_with_a_parameter_rows_are_found(db) {
        let app = Router::new().nest("/{tenant}", posts().router());
        let api = Api::serve_app(db, |web| app.layer(web.layer())).await;
        let (user, _) = api.user("test@example.com").await;
        let path = format!("/acme/api/posts/{}/", api.post("Test Post", &user).await.id);
        assert_eq!(api.get(&path).await.body["title"], "Test Post");
        let answer = api.send(api.request(Method::PATCH, &path).json(&json!({"title": "a"}))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["title"]), (200, &json!("a")));
        assert_eq!(api.send(api.request(Method::DELETE, &path)).await.status, 204);
        assert_eq!(api.send(api.request(Method::POST, &format!("{path}restore/"))).await.status, 200);
        for id in ["%ff", "nonsense"] {
            assert_eq!(api.get(&format!("/acme/api/posts/{id}/")).await.status, 404);
        }
    }

    async fn a_deleted_row_is_restored_without_its_tag(db) {
        let api = serve(db, posts().require_if_match()).await;
        let (user, _) = api.user("test@example.com").await;
        let mut post = api.post("Test Post", &user).await;
        let path = format!("/api/posts/{}/", post.id);
        assert_eq!(api.send(api.request(Method::DELETE, &path)).await.status, 428);
        // What it may not be does not say what it is.
        let other = api.request(Method::DELETE, &path).header("if-none-match", "\"1\"");
        assert_eq!(api.send(other).await.status, 428);
        post.delete(&api.db).await.unwrap();
        assert_eq!(api.send(api.request(Method::POST, &format!("{path}restore/"))).await.status, 200);
        let deleted = "SELECT COUNT(*) FROM posts WHERE deleted_at IS NOT NULL";
        assert_eq!(raw_sql::value::<i64>(&api.db, deleted).await, 0);
    }

    async fn what_the_database_ends_for_others_can_be_tried_again(db) {
        let api = serve(db, posts()).await;
        let (user, _) = api.user("test@example.com").await;
        let path = format!("/api/posts/{}/", api.post("Test Post", &user).await.id);
        let write = async || api.send(api.request(Method::PATCH, &path).json(&json!({"title": "a"}))).await;
        let answer = match &api.db {
            Pool::Sqlite(db) => {
                let other = db.begin_with("BEGIN IMMEDIATE").await.unwrap();
                let answer = write().await;
                other.rollback().await.unwrap();
                answer
            }
            Pool::Postgres(_) => {
                let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                    $$ BEGIN RAISE EXCEPTION 'others write it' USING ERRCODE = '40001'; END $$; \
                    CREATE TRIGGER refuse BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION refuse()";
                raw_sql::execute(&api.db, refuse).await.unwrap();
                write().await
            }
        };
        assert_eq!((answer.status.as_u16(), &answer.headers["retry-after"]), (503, &"1".parse().unwrap()), "{}", answer.body);
        answer.fields();
        assert_eq!(raw_sql::value::<String>(&api.db, "SELECT title FROM posts").await, "Test Post");
    }
}

#[test]
#[should_panic(expected = "links(\"posts\") goes by Post.title, of which several rows")]
fn links_by_a_column_that_is_not_unique_are_refused() {
    let _tags = ViewSet::<Tag>::new("/api/tags").links("posts", Tag::POSTS, |p| p.title);
}
