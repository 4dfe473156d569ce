//! This library's side.

use axum::Router;
use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::web::{self, Action, ApiDoc, ViewSet, Web};

use super::PATH;
use crate::model::Article;

/// The API.
pub fn app(pool: Pool) -> Router {
    let articles = ViewSet::<Article>::new(PATH).allow([Action::Replace], web::Access::Nobody);
    let document = ApiDoc::new("Articles", "1.0.0").view_set(&articles);
    Router::new()
        .merge(articles.router())
        .merge(document.router("/api/openapi.json"))
        .fallback(web::not_found)
        .method_not_allowed_fallback(web::method_not_allowed)
        .layer(Web::new(pool, User::manager()).layer())
}
