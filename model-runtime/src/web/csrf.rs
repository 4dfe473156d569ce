//! The guard against requests that another site has a browser make (CSRF): where they come from, and for a session the token that
//! its pages hold.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// The header in which a script sends the token.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// The field in which a form sends the token.
pub const CSRF_FIELD: &str = "csrf_token";

/// Longest form whose token is looked for, in bytes.
const FORM_LENGTH: usize = 64 * 1024;

/// The token of a session. It tells nothing of the session's own.
pub(super) fn csrf_token(session: &str) -> String {
    let digest = Sha256::new_with_prefix(b"model-runtime csrf 1\n").chain_update(session).finalize();
    BASE64URL_NOPAD.encode(&digest)
}

/// Refuses a request that writes and comes from a page of another site. A client that is no browser sends neither header.
pub(super) fn check_origin(request: &Request, origins: &[String]) -> Result<(), Problem> {
    if request.method().is_safe() {
        return Ok(());
    }
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let is_ours = match (text("origin"), text("sec-fetch-site")) {
        (Some(origin), _) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            origins.iter().any(|known| known == origin) || (host.is_some() && host == host_of(request))
        }
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
    };
    let refusal = || Problem::forbidden("the request comes from a page of another site");
    is_ours.then_some(()).ok_or_else(refusal)
}

fn host_of(request: &Request) -> Option<&str> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    host.or_else(|| request.uri().authority().map(|authority| authority.as_str()))
}

/// Refuses a request that writes by a session's cookie and does not show the session's token. The body of a form is read
/// for it, and given on.
pub(super) async fn check_token(request: Request, session: &str) -> Result<Request, Problem> {
    if request.method().is_safe() {
        return Ok(request);
    }
    let header = request.headers().get(CSRF_HEADER).and_then(|token| token.to_str().ok()).map(str::to_owned);
    let (token, request) = match header {
        None if is_form(request.headers()) => of_form(request).await?,
        token => (token, request),
    };
    // Of equal length and hashed, so that the time of the comparison tells nothing.
    let hash = |token: &str| Sha256::digest(token.as_bytes());
    if token.is_some_and(|token| hash(&token) == hash(&csrf_token(session))) {
        return Ok(request);
    }
    Err(Problem::forbidden(format!(
        "a write by a session wants its token, in the header {CSRF_HEADER} or the form's field {CSRF_FIELD}"
    )))
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn of_form(request: Request) -> Result<(Option<String>, Request), Problem> {
    let (parts, body) = request.into_parts();
    let too_long = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the form is too long, or was cut off");
    let bytes = to_bytes(body, FORM_LENGTH).await.map_err(too_long)?;
    let mut fields = form_urlencoded::parse(&bytes);
    let token = fields.find(|(name, _)| name == CSRF_FIELD).map(|(_, token)| token.into_owned());
    Ok((token, Request::from_parts(parts, Body::from(bytes))))
}
