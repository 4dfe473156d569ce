//! Whether both sides answer alike, before either is measured.

use anyhow::{Context, Result, ensure};
use hyper::{Method, StatusCode};
use model_runtime::prelude::Uuid;
use serde_json::{Value, json};

use super::PATH;
use super::client::{Answer, Connection, Writes, draft};

/// What a side answered: what of it must be the same on both.
type Told = Vec<(String, StatusCode, Vec<(&'static str, String)>, Value)>;

/// What one side answers to one of each kind of request, and what was written by it.
pub async fn told(host: &str, token: &str, articles: &[Uuid]) -> Result<(Told, Writes)> {
    let mut side = Side { told: Vec::new(), connection: Connection::open(host, Some(token)).await? };
    let row = format!("{PATH}/{}/", articles[0]);
    let list = format!("{PATH}/");

    let answer = side.ask(Method::GET, &row, &[], None).await?;
    let tag = answer.headers.get("etag").map(|tag| tag.to_str().map(str::to_owned)).transpose()?;
    let tag = tag.unwrap_or_default();
    side.ask(Method::GET, &row, &[("if-none-match", &tag)], None).await?;
    for query in ["", "?page=2", "?page=2&page_size=50", "?page=0&page_size=101", "?page=9999"] {
        side.ask(Method::GET, &format!("{list}{query}"), &[], None).await?;
    }
    for path in [format!("{PATH}/{}/", Uuid::nil()), format!("{PATH}/nonsense/"), "/nothing/".to_owned()] {
        side.ask(Method::GET, &path, &[], None).await?;
    }
    side.ask(Method::PUT, &row, &[], Some(json!({}))).await?;

    let title = json!({"title": "Another title", "category_id": null});
    side.ask(Method::PATCH, &row, &[("if-match", &tag)], Some(title.clone())).await?;
    side.ask(Method::PATCH, &row, &[("if-match", &tag)], Some(title.clone())).await?;
    // Nothing differs, so that nothing is written.
    side.ask(Method::PATCH, &row, &[], Some(title)).await?;
    let long = json!({"title": "x".repeat(201), "excerpt": "x\0"});
    side.ask(Method::PATCH, &row, &[], Some(long)).await?;

    let mut new = draft(999_999);
    new["slug"] = json!("the-slug-of-a-new-article");
    let made = side.ask(Method::POST, &list, &[], Some(new.clone())).await?;
    side.ask(Method::POST, &list, &[], Some(new)).await?;
    let path = made.headers.get("location").map(|path| path.to_str()).transpose()?.unwrap_or_default();
    ensure!(path.starts_with(&list), "the Location of a new row is {path:?}");
    side.ask(Method::DELETE, path, &[("if-match", "\"1\"")], None).await?;
    side.ask(Method::DELETE, path, &[], None).await?;
    side.ask(Method::DELETE, path, &[], None).await?;

    side.connection = Connection::open(host, Some("a token that was never issued")).await?;
    side.ask(Method::GET, &row, &[], None).await?;
    side.connection = Connection::open(host, None).await?;
    side.ask(Method::GET, &row, &[("x-request-id", "from-outside")], None).await?;
    side.ask(Method::DELETE, &row, &[], None).await?;
    Ok((side.told, Writes { created: 1, updated: 1, deleted: 1 }))
}

struct Side {
    told: Told,
    connection: Connection,
}

impl Side {
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Answer> {
        let body = body.map(|body| body.to_string());
        let answer = self.connection.send(method.clone(), path, headers, body).await?;
        // New rows have keys of their own.
        let shown = if method == Method::DELETE { "a row" } else { path };
        self.told.push((
            format!("{method} {shown}"),
            answer.status,
            self::headers(&answer)?,
            body_of(&answer)?,
        ));
        Ok(answer)
    }
}

/// The headers that a program reads.
fn headers(answer: &Answer) -> Result<Vec<(&'static str, String)>> {
    let mut headers = Vec::new();
    for name in ["content-type", "www-authenticate"] {
        if let Some(value) = answer.headers.get(name) {
            headers.push((name, value.to_str()?.to_owned()));
        }
    }
    // These have values of their own.
    for name in ["etag", "location", "x-request-id"] {
        headers.push((name, answer.headers.contains_key(name).to_string()));
    }
    Ok(headers)
}

/// The body: of a problem the status and the fields, since its texts are each side's own; else all but the times and the key of a
/// row that was just written.
fn body_of(answer: &Answer) -> Result<Value> {
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    let text = || String::from_utf8_lossy(&answer.body).into_owned();
    let mut body: Value = serde_json::from_slice(&answer.body).with_context(text)?;
    if !answer.status.is_success() {
        let errors = body["errors"].as_array().into_iter().flatten().map(|error| error["field"].clone());
        let mut errors: Vec<Value> = errors.collect();
        errors.sort_by_key(Value::to_string);
        return Ok(json!([body["type"], body["title"], body["status"], errors]));
    }
    let title = body["title"].as_str().unwrap_or_default();
    if answer.status == StatusCode::CREATED || title == "Another title" {
        for field in ["id", "created_at", "updated_at"] {
            body[field] = json!(body[field].is_string());
        }
    }
    Ok(body)
}
