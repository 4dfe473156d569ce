//! Errors as RFC 9457 `application/problem+json`, which names each field.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::{Error, FieldError, MAX_ERRORS, ValidationErrors, excerpt};

/// What went wrong with a request, as it is answered: RFC 9457, with the member `errors` for the fields, of which 50 are told;
/// `more_errors` says how many more there are.
///
/// Handlers return `Result<_, Problem>` and use `?` on this crate's errors. What is the server's own matter is logged, and not told.
///
/// ```
/// use axum::http::StatusCode;
/// use model_runtime::web::Problem;
///
/// let problem = Problem::new(StatusCode::BAD_REQUEST, "days is no number").field("days", "is no number");
/// assert_eq!(problem.status(), 400);
/// ```
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// `Result` with a [`Problem`].
pub type WebResult<T = Response> = Result<T, Problem>;

impl Problem {
    /// A problem of that status. The detail is for people.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// Names a field; the message reads on after its name (`is empty`).
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// Adds a header to the answer.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    #[cfg(feature = "admin")]
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    #[cfg(feature = "admin")]
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    #[cfg(feature = "admin")]
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// 400 with these fields, all at once.
    pub(crate) fn bad_request(errors: ValidationErrors) -> Self {
        let mut problem = Self::new(StatusCode::BAD_REQUEST, "the request cannot be understood");
        problem.errors = errors.errors().to_vec();
        problem
    }

    /// An error by what the request asks for, not by what it brings: 400 for what is not valid.
    pub(super) fn of_request(error: Error) -> Self {
        match error {
            Error::Validation(errors) => Self::bad_request(errors),
            error => error.into(),
        }
    }

    /// 401: who asks must sign in.
    pub(super) fn unauthorized(detail: impl Into<String>) -> Self {
        let bearer = HeaderValue::from_static("Bearer");
        Self::new(StatusCode::UNAUTHORIZED, detail).header(header::WWW_AUTHENTICATE, bearer)
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn not_found(model: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no such {model}"))
    }

    /// 500: the error is logged, and not told.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "the request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "an error of the server; it was logged with the request's id",
        )
    }

    fn of_fields(status: StatusCode, detail: String, fields: Vec<String>, message: &str) -> Self {
        fields.into_iter().fold(Self::new(status, detail), |problem, field| problem.field(field, message))
    }
}

/// Whether the same request can succeed in a moment: no connection was free, or others write what it reads or writes.
fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // PostgreSQL's serialization_failure and deadlock_detected.
            Some("40001" | "40P01") => true,
            // SQLite's SQLITE_BUSY and SQLITE_LOCKED, with what they were busy with in the bits above.
            Some(code) => code.len() < 5 && code.parse().is_ok_and(|code: u32| matches!(code & 0xff, 5 | 6)),
            None => false,
        },
        _ => false,
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::NotFound { model, .. } => Self::not_found(model),
            Error::Validation(errors) => {
                let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
                problem.errors = errors.errors().to_vec();
                problem
            }
            Error::Unique { fields, .. } => Self::of_fields(StatusCode::CONFLICT, detail, fields, "is taken"),
            Error::Protected { .. } | Error::InvalidTransition { .. } | Error::Conflict { .. } => {
                Self::new(StatusCode::CONFLICT, detail)
            }
            Error::ActorRequired { .. } => Self::unauthorized("sign in first"),
            Error::Credentials | Error::Token(_) => Self::unauthorized(detail),
            Error::Throttled { retry_after } => Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
                // Whole seconds, and not too early.
                .header(header::RETRY_AFTER, retry_after.as_secs().saturating_add(1).into()),
            Error::Database(error) if is_busy(&error) => {
                tracing::error!(error = detail, "the request failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the server is busy; try again")
                    .header(header::RETRY_AFTER, 1.into())
            }
            _ => Self::internal(&detail),
        }
    }
}

impl From<ValidationErrors> for Problem {
    fn from(errors: ValidationErrors) -> Self {
        Error::Validation(errors).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'static str,
            title: &'static str,
            status: u16,
            detail: &'a str,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            errors: Vec<Field<'a>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            more_errors: Option<usize>,
        }
        #[derive(Serialize)]
        struct Field<'a> {
            field: &'a str,
            message: &'a str,
        }
        let errors = self.errors.iter().take(MAX_ERRORS);
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: errors.map(|error| Field { field: &error.field, message: &error.message }).collect(),
            more_errors: self.errors.len().checked_sub(MAX_ERRORS).filter(|more| *more > 0),
        };
        // Texts and numbers: there is nothing in it that cannot be JSON.
        let body = serde_json::to_string(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)], body).into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        // For what writes problems in another form.
        response.extensions_mut().insert(self);
        response
    }
}

/// For [`Router::fallback`](axum::Router::fallback): there is nothing at that path.
pub async fn not_found(request: Request) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", excerpt(request.uri().path())))
}

/// For [`Router::method_not_allowed_fallback`](axum::Router::method_not_allowed_fallback).
pub async fn method_not_allowed(request: Request) -> Problem {
    let detail =
        format!("{} does not take {}", excerpt(request.uri().path()), excerpt(request.method().as_str()));
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
