//! Bearer tokens: `Authorization: Bearer …` with a user's token for [`TokenPurpose::Api`](crate::users::TokenPurpose::Api).

use axum::http::{HeaderMap, header};

use super::problem::Problem;

/// The token, where the request brings one.
///
/// # Errors
/// 401 where it brings other credentials.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(credentials) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = credentials.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Problem::unauthorized("the header Authorization must be `Bearer` and a token")),
    }
}
