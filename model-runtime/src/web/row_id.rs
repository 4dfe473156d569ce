//! The part of a path that names a row.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;

use super::problem::Problem;

/// The `{id}` of a path, among the parts that it may be nested below, for [`ViewSet::find`](super::ViewSet::find). What is no text is
/// 404.
#[derive(Debug, Clone)]
pub struct RowId(pub String);

#[derive(Deserialize)]
struct Parameters {
    id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for RowId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<Parameters>::from_request_parts(parts, state).await {
            Ok(Path(Parameters { id })) => Ok(Self(id)),
            Err(PathRejection::FailedToDeserializePathParams(error))
                if matches!(error.kind(), ErrorKind::InvalidUtf8InPathParam { .. }) =>
            {
                Err(Problem::new(StatusCode::NOT_FOUND, "the address has what is no UTF-8"))
            }
            Err(error) => Err(Problem::internal(&error)),
        }
    }
}
