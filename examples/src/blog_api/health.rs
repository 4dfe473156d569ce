//! Whether the program runs, and whether it can work.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use model_runtime::prelude::*;
use model_runtime::web::{Problem, WebResult, method_not_allowed};
use serde_json::{Value, json};

use crate::blog::Post;

pub(super) fn router(db: Pool) -> Router {
    Router::new()
        .route("/health/", get(health))
        .route("/ready/", get(ready))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(db)
}

async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Ready is who has a database with the tables.
async fn ready(State(db): State<Pool>) -> WebResult<Json<Value>> {
    let answered = Post::objects().exists(&db).await;
    answered.map(|_| Json(json!({"status": "ready"}))).map_err(|error| {
        tracing::error!(%error, "the database does not answer");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
    })
}
