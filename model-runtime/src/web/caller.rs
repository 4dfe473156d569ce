//! Who makes a request: extractors for handlers.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use secrecy::{ExposeSecret, SecretString};

use super::csrf::csrf_token;
use super::problem::{Problem, WebResult};
use super::settings::Web;
use crate::capability::permissions::{HasPermission, UserPermissions};
use crate::db::Db;
use crate::pool::Pool;
use crate::users::UserModel;

/// Who makes the request, if they are signed in, and what the request goes by.
pub struct Caller<U> {
    pub(super) web: Web<U>,
    pub(super) user: Option<Arc<U>>,
    pub(super) session: Option<Arc<SecretString>>,
}

impl<U> Clone for Caller<U> {
    fn clone(&self) -> Self {
        Self { web: self.web.clone(), user: self.user.clone(), session: self.session.clone() }
    }
}

impl<U> fmt::Debug for Caller<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("is_signed_in", &self.user.is_some()).finish_non_exhaustive()
    }
}

impl<U> Caller<U> {
    /// What requests have in common.
    pub fn web(&self) -> &Web<U> {
        &self.web
    }

    /// The database.
    pub fn db(&self) -> &Pool {
        self.web.db()
    }

    /// Who is signed in.
    pub fn user(&self) -> Option<&U> {
        self.user.as_deref()
    }

    /// The token that forms of this session's pages hold in the field [`CSRF_FIELD`](super::CSRF_FIELD).
    pub fn csrf_token(&self) -> Option<String> {
        self.session.as_ref().map(|session| csrf_token(session.expose_secret()))
    }

    pub(super) fn session(&self) -> Option<&SecretString> {
        self.session.as_deref()
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// 401 where nobody is.
    pub fn signed_in(&self) -> WebResult<&U> {
        self.user().ok_or_else(|| Problem::unauthorized("sign in first"))
    }
}

impl<U: UserModel> Caller<U> {
    /// Requires a permission, by what the database says now: one statement.
    ///
    /// # Errors
    /// 401 where nobody is signed in, 403 where they do not have it.
    pub async fn require_perm(&self, code: &str) -> WebResult<()> {
        self.require_perm_on(code, self.db()).await
    }

    /// The same, asked of this handle.
    pub(super) async fn require_perm_on<'c, D>(&self, code: &str, db: D) -> WebResult<()>
    where
        D: Db<'c, HasPermission, Out = bool> + 'c,
    {
        if self.signed_in()?.has_perm(code, db).await? {
            return Ok(());
        }
        Err(Problem::forbidden(format!("this wants the permission {code}")))
    }
}

impl<S: Send + Sync, U: UserModel> FromRequestParts<S> for Caller<U> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get().cloned();
        caller.ok_or_else(|| {
            Problem::internal(&"the layer of `Web` is not around this route, or is of other users")
        })
    }
}

/// The user who is signed in, by a bearer token or a session. Nobody is 401; for `Option<SignedIn<User>>` it is `None`.
pub struct SignedIn<U>(pub Arc<U>);

impl<S: Send + Sync, U: UserModel> FromRequestParts<S> for SignedIn<U> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::<U>::from_request_parts(parts, state).await?;
        caller.user.map(Self).ok_or_else(|| Problem::unauthorized("sign in first"))
    }
}

impl<S: Send + Sync, U: UserModel> OptionalFromRequestParts<S> for SignedIn<U> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Caller<U>>().and_then(|caller| caller.user.clone()).map(Self))
    }
}
