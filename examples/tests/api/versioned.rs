//! View sets whose writes must say which state of a row is meant, by its version.

use futures_util::future::join_all;
use model_runtime::prelude::*;
use model_runtime::schema;
use model_runtime::web::{Access, Action, ViewSet};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::{Answer, Api};

#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "notes", unchecked)]
#[versioned]
struct Note {
    #[column(max_length = 50)]
    text: String,
    #[column(default = 0)]
    rank: i64,
    score: Option<f64>,
}

async fn serve(db: Pool) -> (Api, String) {
    schema::create_tables(&[Note::table()], &db).await.unwrap();
    let notes = ViewSet::<Note>::new("/api/notes").filter(|n| (n.text, n.rank)).require_if_match();
    let notes = notes.allow([Action::Create, Action::Replace, Action::Patch, Action::Delete], Access::Anyone);
    let api = Api::serve_app(db, |web| notes.router().layer(web.layer())).await;
    let made = api.send(api.request(Method::POST, "/api/notes/").json(&json!({"text": "a"}))).await;
    assert_eq!((made.status.as_u16(), made.etag()), (201, "\"1\"".to_owned()), "{}", made.body);
    let path = made.headers["location"].to_str().unwrap().to_owned();
    (api, path)
}

async fn write(api: &Api, method: Method, path: &str, tag: Option<&str>, body: Value) -> Answer {
    let request = api.request(method, path);
    let request = if body.is_null() { request } else { request.json(&body) };
    api.send(match tag {
        Some(tag) => request.header("if-match", tag),
        None => request,
    })
    .await
}

on_both! {
    async fn a_write_says_which_state_is_meant(db) {
        let (api, path) = serve(db).await;
        let writes = [
            (Method::PUT, json!({"text": "b"})),
            (Method::PATCH, json!({"text": "b"})),
            (Method::DELETE, Value::Null),
        ];
        for (method, body) in &writes {
            for (tag, status) in [(None, 428), (Some("\"2\""), 412), (Some("W/\"1\""), 412), (Some("1"), 412), (Some(""), 412)] {
                let answer = write(&api, method.clone(), &path, tag, body.clone()).await;
                assert_eq!(answer.status, status, "{method} {tag:?}");
                answer.fields();
            }
        }
        assert_eq!(raw_sql::value::<String>(&api.db, "SELECT text FROM notes").await, "a");
        for (i, (method, body)) in writes.into_iter().enumerate() {
            let answer = write(&api, method.clone(), &path, Some(&format!("\"{}\"", i + 1)), body).await;
            // The second gives what is there already, so it writes nothing.
            let tags = ["\"2\"", "\"2\""];
            match tags.get(i) {
                Some(tag) => assert_eq!((answer.status.as_u16(), answer.etag().as_str()), (200, *tag)),
                None => assert_eq!(answer.status, 412),
            }
        }
        assert_eq!(write(&api, Method::DELETE, &path, Some("\"7\", \"2\""), Value::Null).await.status, 204);
        assert_eq!(write(&api, Method::DELETE, &path, Some("*"), Value::Null).await.status, 404);
        assert_eq!(raw_sql::count(&api.db, "notes").await, 0);
    }

    async fn of_many_at_once_one_writes(db) {
        let (api, path) = serve(db).await;
        let writes = (0..8).map(|i| write(&api, Method::PATCH, &path, Some("\"1\""), json!({"rank": i + 1})));
        let mut statuses: Vec<u16> = join_all(writes).await.iter().map(|it| it.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
        assert_eq!(raw_sql::value::<i64>(&api.db, "SELECT version FROM notes").await, 2);
    }

    async fn values_that_no_column_holds(db) {
        let (api, path) = serve(db).await;
        for (body, fields) in [
            (r#"{"version": 7}"#, vec!["version"]),
            (r#"{"rank": 9223372036854775808}"#, vec!["rank"]),
            (r#"{"rank": 1e30, "score": 1e400}"#, vec!["rank", "score"]),
            (r#"{"rank": 99999999999999999999999999999999999999999999999999}"#, vec!["rank"]),
            (r#"{"rank": 1.5, "text": "a\u0000b"}"#, vec!["rank", "text"]),
            (r#"{"text": "\ud800"}"#, vec!["text"]),
        ] {
            let request = api.request(Method::PATCH, &path).header("if-match", "*");
            let answer = api.send(request.header("content-type", "application/json").body(body)).await;
            assert!(matches!(answer.status.as_u16(), 400 | 422), "{body}: {}", answer.body);
            if answer.status == 422 {
                assert_eq!(answer.fields(), fields, "{body}");
            }
        }
        for query in ["rank=9223372036854775808", "rank__in=1,99999999999999999999", "rank=1.0", "text=%00", "text=%ff",
            "nonsense=1", "text__gt=a"] {
            let answer = api.get(&format!("/api/notes/?{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.fields().len()), (400, 1), "{query}: {}", answer.body);
        }
        let deep = api.get("/api/notes/?page=9223372036854775807&page_size=100").await;
        assert_eq!(deep.status, 404);
        deep.fields();
        assert_eq!(raw_sql::value::<i64>(&api.db, "SELECT version FROM notes").await, 1);
    }
}
