//! Bodies and query strings of requests, read with a limit and refused as problems.

use std::error::Error as _;

use axum::body::{Bytes, HttpBody, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// How many bytes a body may have; [`Web::body_limit`](super::Web::body_limit) sets it.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimit(pub usize);

pub(super) const BODY_LIMIT: BodyLimit = BodyLimit(1024 * 1024);

/// A JSON body, read as a serde type. What it refuses is a [`Problem`]: 400 for what is no JSON, 422 for JSON that is another.
///
/// ```
/// # use model_runtime::web::JsonBody;
/// #[derive(serde::Deserialize)]
/// struct SignIn { email: String, password: String }
///
/// async fn sign_in(JsonBody(form): JsonBody<SignIn>) -> String {
///     form.email
/// }
/// # let _ = sign_in;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(&json(request).await?, StatusCode::UNPROCESSABLE_ENTITY).map(Self)
    }
}

/// A query string, read as a serde type. What it refuses is a [`Problem`].
#[derive(Debug, Clone, Copy)]
pub struct QueryString<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryString<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let refused = |error: axum::extract::rejection::QueryRejection| {
            let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            let problem =
                Problem::new(StatusCode::BAD_REQUEST, format!("the query string is refused: {why}"));
            match why.split_once(": ") {
                Some((field, message)) => problem.field(field, format!("is refused: {message}")),
                None => problem,
            }
        };
        Query::try_from_uri(&parts.uri).map(|Query(query)| Self(query)).map_err(refused)
    }
}

/// The bytes of a body that says it is JSON.
pub(super) async fn json(request: Request) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        let detail = "the body must be JSON, and the header Content-Type say so: application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let detail = "the body must not be compressed: leave the header Content-Encoding out";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    bytes(request).await
}

/// What JSON says; that status where it says another thing than is wanted.
pub(super) fn read<T: DeserializeOwned>(json: &[u8], of_other: StatusCode) -> Result<T, Problem> {
    serde_json::from_slice(json).map_err(|error| {
        let status = if error.is_data() { of_other } else { StatusCode::BAD_REQUEST };
        Problem::new(status, format!("the body is not the JSON that is wanted: {error}"))
    })
}

pub(crate) async fn bytes(request: Request) -> Result<Bytes, Problem> {
    let BodyLimit(limit) = request.extensions().get().copied().unwrap_or(BODY_LIMIT);
    let too_large = || {
        let detail = format!("the body has more than {limit} bytes, which is all that is taken");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    };
    // What its head tells is too large is not waited for.
    if request.body().size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        if error.source().is_some_and(|source| source.is::<http_body_util::LengthLimitError>()) {
            return too_large();
        }
        Problem::new(StatusCode::BAD_REQUEST, "the body was cut off")
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
