//! Signing in, by password and second factor, and out.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;

use super::AuditPage;
use super::form::Form;
use super::view::{Frame, page, sentence};
use crate::error::Error;
use crate::users::{SignIn, UserModel};
use crate::web::{Caller, Problem, WebResult};

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    next: &'a str,
    email: &'a str,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/code.html")]
struct CodePage<'a> {
    frame: Frame,
    next: &'a str,
    token: &'a str,
    refusal: Option<String>,
}

/// Where to go then: what was wanted, or the list.
fn next<'a, U>(audit: &AuditPage<U>, text: &'a str) -> WebResult<Option<&'a str>> {
    if text.is_empty() {
        return Ok(None);
    }
    audit.local(text).map(Some).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "the page to go to after signing in is not here")
            .field("next", format!("must begin with {}/; leave it out to go to the list", audit.path))
    })
}

fn to<U>(audit: &AuditPage<U>, next: Option<&str>) -> Redirect {
    next.map_or_else(|| Redirect::to(&format!("{}/", audit.path)), Redirect::to)
}

pub(super) async fn show<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    caller: Caller<U>,
    OriginalUri(uri): OriginalUri,
) -> WebResult {
    let query = uri.query().unwrap_or_default();
    let wanted = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    let wanted = wanted.map(|(_, value)| value).unwrap_or_default();
    let next = next(&audit, &wanted)?;
    if caller.user().is_some_and(|user| user.account().is_staff) {
        return Ok(to(&audit, next).into_response());
    }
    let frame = Frame::new(&audit.path, &caller);
    page(StatusCode::OK, &SignInPage { frame, next: next.unwrap_or_default(), email: "", refusal: None })
}

pub(super) async fn by_password<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    caller: Caller<U>,
    form: Form,
) -> WebResult {
    let next = next(&audit, form.get("next"))?;
    let (web, email) = (caller.web(), form.get("email"));
    let shown = next.unwrap_or_default();
    match web.users().authenticate(email, form.get("password"), web.db()).await {
        Ok(SignIn::Complete(user)) => enter(&audit, &caller, &user, next).await,
        Ok(SignIn::CodeRequired(token)) => {
            let frame = Frame::new(&audit.path, &caller);
            let token = token.expose_secret();
            page(StatusCode::OK, &CodePage { frame, next: shown, token, refusal: None })
        }
        Err(error @ (Error::Credentials | Error::Throttled { .. })) => refused(error.into(), |refusal| {
            let frame = Frame::new(&audit.path, &caller);
            page(StatusCode::OK, &SignInPage { frame, next: shown, email, refusal: Some(refusal) })
        }),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn by_code<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    caller: Caller<U>,
    form: Form,
) -> WebResult {
    let next = next(&audit, form.get("next"))?;
    let (web, token) = (caller.web(), form.get("token"));
    let frame = || Frame::new(&audit.path, &caller);
    let shown = next.unwrap_or_default();
    match web.users().authenticate_code(token, form.get("code"), web.db()).await {
        Ok(user) => enter(&audit, &caller, &user, next).await,
        Err(error @ (Error::Validation(_) | Error::Throttled { .. })) => refused(error.into(), |refusal| {
            page(StatusCode::OK, &CodePage { frame: frame(), next: shown, token, refusal: Some(refusal) })
        }),
        Err(error @ Error::Token(_)) => refused(error.into(), |_| {
            let refusal = Some("this took too long, or the link was used: sign in again".to_owned());
            page(StatusCode::OK, &SignInPage { frame: frame(), next: shown, email: "", refusal })
        }),
        Err(error) => Err(error.into()),
    }
}

/// The form again, with what was wrong, and the status and headers of the problem.
fn refused(problem: Problem, again: impl FnOnce(String) -> WebResult) -> WebResult {
    let field = problem.errors().first().map(|error| format!("The {} {}.", error.field, error.message));
    let refusal = field.unwrap_or_else(|| sentence(problem.detail()));
    let mut response = again(refusal)?;
    *response.status_mut() = problem.status();
    response.headers_mut().extend(problem.headers().iter().cloned());
    Ok(response)
}

/// Starts a session, in place of the one that there was.
async fn enter<U: UserModel>(
    audit: &AuditPage<U>,
    caller: &Caller<U>,
    user: &U,
    next: Option<&str>,
) -> WebResult {
    // Its cookie is told to nobody: the new one replaces it.
    let _ = caller.web().end_session(caller).await?;
    let (cookie, _) = caller.web().start_session(user).await?;
    Ok((cookie, to(audit, next)).into_response())
}

pub(super) async fn out<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    caller: Caller<U>,
) -> WebResult<Response> {
    let cookie = caller.web().end_session(&caller).await?;
    Ok((cookie, Redirect::to(&format!("{}/sign-in/", audit.path))).into_response())
}
