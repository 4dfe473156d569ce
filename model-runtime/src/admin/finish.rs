//! What every answer of the audit page gets: problems become pages, and headers tell the browser how little it may do.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::view::{Frame, page};
use crate::error::FieldError;
use crate::web::Problem;

/// Nothing but this host's stylesheet is loaded, no script runs, forms lead nowhere else, and no other page frames these.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Of a page by the browser's leave: a referrer goes to this host alone, which is also how forms tell their origin.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

#[derive(Template)]
#[template(path = "admin/problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    title: &'a str,
    detail: &'a str,
    errors: &'a [FieldError],
}

pub(super) async fn finish(State(path): State<String>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions().get::<Problem>() {
        let title = problem.status().canonical_reason().unwrap_or("Error");
        let (detail, errors) = (problem.detail(), problem.errors());
        let template = ProblemPage { frame: Frame::bare(&path), title, detail, errors };
        let mut shown = page(problem.status(), &template).unwrap_or_else(IntoResponse::into_response);
        for (name, value) in response.headers() {
            if !shown.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                shown.headers_mut().append(name, value.clone());
            }
        }
        response = shown;
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    unstored(response).await
}

/// Browsers keep no page, unless it says otherwise. This goes within the layer of `Web` too, which has a word of its own.
pub(super) async fn unstored(mut response: Response) -> Response {
    let kept = response.headers_mut().entry(header::CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static("no-store"));
    response
}
