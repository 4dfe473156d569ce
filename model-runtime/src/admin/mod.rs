//! The audit page: the [audit trail](crate::AuditLog) in a browser, for staff, read-only. Feature `admin`.
//!
//! HTML is written by templates that escape what they are given. No page has a script, and the Content-Security-Policy lets
//! none run.

mod asked;
mod diff;
mod entry;
mod export;
mod finish;
mod form;
mod list;
mod rows;
mod sign_in;
mod staff;
mod timeline;
mod view;

use std::fmt;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::middleware;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, get, post};

use crate::queryset::Cursors;
use crate::users::UserModel;
use crate::web::{self, Web};

/// The audit page, under a path of its own. Its router is complete: it has the layer of [`Web`] around it, so that it is merged
/// beside the routes that have it too, not among them.
///
/// Users sign in on it as everywhere, with their second factor and the throttling of failures. Who is not staff is shown nothing.
///
/// ```
/// # use model_runtime::{Cursors, admin::AuditPage, prelude::*, users::User, web::Web};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # let api = axum::Router::new();
/// let web = Web::new(db, User::manager());
/// let cursors = Cursors::new("a secret of at least 32 bytes, from the environment")?;
/// let app = api.layer(web.layer()).merge(AuditPage::new("/admin/audit", &web, cursors).router());
/// # let _ = app; Ok(()) }
/// ```
pub struct AuditPage<U> {
    path: String,
    web: Web<U>,
    cursors: Cursors,
}

impl<U> Clone for AuditPage<U> {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), web: self.web.clone(), cursors: self.cursors.clone() }
    }
}

impl<U> fmt::Debug for AuditPage<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditPage").field("path", &self.path).finish_non_exhaustive()
    }
}

impl<U> AuditPage<U> {
    /// The page at that path: `/admin/audit`. `cursors` signs where its lists go on.
    pub fn new(path: impl Into<String>, web: &Web<U>, cursors: Cursors) -> Self {
        let path = path.into().trim_end_matches('/').to_owned();
        Self { path, web: web.clone(), cursors }
    }

    /// A path of it, where it is one: to go back to after signing in. No other may be gone to.
    fn local<'a>(&self, path: &'a str) -> Option<&'a str> {
        let within = path.strip_prefix(&self.path)?.starts_with('/') && !path.starts_with("//");
        let plain = path.bytes().all(|c| c.is_ascii_graphic() && c != b'\\');
        (within && plain).then_some(path)
    }
}

impl<U: UserModel> AuditPage<U> {
    /// Its routes.
    pub fn router(&self) -> Router {
        let path = |rest: &str| format!("{}{rest}", self.path);
        let mut router = Router::new()
            .route(&path("/"), get(list::show::<U>))
            .route(&path("/entries/{id}/"), get(entry::show::<U>))
            .route(&path("/object/"), get(timeline::show::<U>))
            .route(&path("/export.csv"), get(export::csv::<U>))
            .route(&path("/export.jsonl"), get(export::json_lines::<U>))
            .route(&path("/sign-in/"), get(sign_in::show::<U>).post(sign_in::by_password::<U>))
            .route(&path("/sign-in/code/"), post(sign_in::by_code::<U>))
            .route(&path("/sign-out/"), post(sign_in::out::<U>))
            .route(&path(view::STYLE), get(style))
            .route(&path("/{*rest}"), any(web::not_found));
        if !self.path.is_empty() {
            router = router.route(&self.path, get(to_list::<U>));
        }
        router
            .method_not_allowed_fallback(web::method_not_allowed)
            .layer(middleware::map_response(finish::unstored))
            .layer(self.web.layer())
            .layer(middleware::from_fn_with_state(self.path.clone(), finish::finish))
            .with_state(self.clone())
    }
}

async fn to_list<U>(State(page): State<AuditPage<U>>) -> Redirect {
    Redirect::permanent(&format!("{}/", page.path))
}

/// The address tells its version.
async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, include_str!("../../templates/admin/style.css"))
}
