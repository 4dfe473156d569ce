//! Staff only.

use askama::Template;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::AuditPage;
use super::view::{Frame, page};
use crate::users::UserModel;
use crate::web::{Caller, Problem};

#[derive(Template)]
#[template(path = "admin/not_staff.html")]
struct NotStaff {
    frame: Frame,
}

/// A caller who is staff. Who is not signed in is led to do so, and then back; who is no staff is told.
pub(super) struct Staff<U>(pub Caller<U>);

impl<U: UserModel> FromRequestParts<AuditPage<U>> for Staff<U> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, audit: &AuditPage<U>) -> Result<Self, Response> {
        let caller = Caller::<U>::from_request_parts(parts, audit).await;
        let caller = caller.map_err(IntoResponse::into_response)?;
        let frame = Frame::new(&audit.path, &caller);
        let accept = parts.headers.get_all(header::ACCEPT).iter().any(|accept| {
            accept.to_str().is_ok_and(|accept| accept.to_ascii_lowercase().contains("text/html"))
        });
        match caller.user() {
            Some(user) if user.account().is_staff => Ok(Self(caller)),
            Some(_) => Err(page(StatusCode::FORBIDDEN, &NotStaff { frame }).into_response()),
            None => {
                let uri = OriginalUri::from_request_parts(parts, audit).await;
                let uri = uri.map_or_else(|never| match never {}, |OriginalUri(uri)| uri);
                // A program would take the form for the export.
                if uri.path().starts_with(&format!("{}/export.", audit.path)) && !accept {
                    let detail = "an export is for staff; send the bearer token of one";
                    let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
                    let bearer = HeaderValue::from_static("Bearer");
                    return Err(problem.header(header::WWW_AUTHENTICATE, bearer).into_response());
                }
                let wanted = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
                Err(Redirect::to(&frame.link("/sign-in/", &[("next", wanted)])).into_response())
            }
        }
    }
}
