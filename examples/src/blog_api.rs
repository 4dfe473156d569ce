//! The blog's REST API: posts, signing in, the audit page, and whether the program is well.

mod document;
mod filed;
mod health;
mod posts;
mod sign_in;

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use model_runtime::admin::AuditPage;
use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::web::{self, Problem, Web};
use model_runtime::{Cursors, TableDef};
use tower_http::catch_panic::CatchPanicLayer;

use crate::blog::{Category, Post, Tag};

/// Where the audit page is.
const AUDIT_PAGE: &str = "/admin/audit";

/// How long a request may take, until its answer begins.
const PATIENCE: Duration = Duration::from_secs(30);

/// The models of which there are permissions.
pub fn guarded() -> [&'static TableDef; 4] {
    [User::table(), Post::table(), Category::table(), Tag::table()]
}

/// All routes: of the API and of the audit page. `cursors` signs the cursors of their lists.
pub fn app(web: &Web<User>, cursors: Cursors) -> Router {
    let audit = AuditPage::new(AUDIT_PAGE, web, cursors.clone()).router();
    let (posts, categories, tags) = (posts::posts(cursors), filed::categories(), filed::tags());
    let document = document::document(&posts).view_set(&categories).view_set(&tags);
    let api = Router::new()
        .merge(posts::router(&posts))
        .merge(sign_in::router())
        .merge(categories.router())
        .merge(tags.router())
        .merge(document.router("/api/openapi.json"))
        .merge(web::swagger_ui("/api/docs", "/api/openapi.json"))
        .fallback(web::not_found)
        .method_not_allowed_fallback(web::method_not_allowed);
    // Whoever asks whether the program is well does so often, and is nobody.
    bounded(api).layer(web.layer()).merge(bounded(audit)).merge(health::router(web.db().clone()))
}

/// The routes, whose panics and whose patience end a request and no more.
fn bounded(routes: Router) -> Router {
    routes.layer(CatchPanicLayer::custom(panicked)).layer(middleware::from_fn(in_time))
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("this took longer than {} s", PATIENCE.as_secs());
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}

/// The panic itself was printed where it happened.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "an error of the server").into_response()
}
