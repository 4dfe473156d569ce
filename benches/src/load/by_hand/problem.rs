//! Errors as `application/problem+json`.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

/// What is answered to a request that is refused.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    errors: Vec<Field>,
}

#[derive(Debug, Serialize)]
struct Field {
    field: &'static str,
    message: String,
}

/// What a handler answers.
pub type Answer<T = Response> = Result<T, Problem>;

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new() }
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such Article")
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign in first")
    }

    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        eprintln!("the request failed: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "an error of the server")
    }

    pub fn field(mut self, field: &'static str, message: impl Into<String>) -> Self {
        self.errors.push(Field { field, message: message.into() });
        self
    }

    pub fn has_fields(&self) -> bool {
        !self.errors.is_empty()
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(error) if error.is_unique_violation() => {
                Self::new(StatusCode::CONFLICT, "the slug is taken").field("slug", "is taken")
            }
            Some(error) if error.is_foreign_key_violation() => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "the author is gone")
                    .field("author_id", "is gone")
            }
            _ => Self::internal(&error),
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(error: JsonRejection) -> Self {
        Self::new(error.status(), error.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(error: QueryRejection) -> Self {
        Self::new(error.status(), error.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or_default();
        let mut body = json!({
            "type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": self.detail,
        });
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
