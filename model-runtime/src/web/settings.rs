//! What the requests of an application have in common: the database, the users, and how they are told apart.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::AppendHeaders;
use secrecy::{ExposeSecret, SecretString};

use super::body::{BODY_LIMIT, BodyLimit};
use super::csrf::csrf_token;
use super::problem::{Problem, WebResult};
use super::session::SessionCookie;
use crate::error::Error;
use crate::pool::Pool;
use crate::users::{Token, TokenPurpose, UserManager, UserModel};

/// What the requests of an application have in common. Its [`layer`](Self::layer) goes around the router; handlers reach it by
/// [`Caller::web`](super::Caller::web). Cheap to clone.
///
/// ```
/// # use model_runtime::prelude::*; use model_runtime::users::User; use model_runtime::web::{SignedIn, Web};
/// # use axum::{Router, routing::get};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// async fn name(SignedIn(user): SignedIn<User>) -> String {
///     user.get_display_name()
/// }
///
/// let web = Web::new(db, User::manager()).trusted_proxies(1);
/// let app: Router = Router::new().route("/name/", get(name)).layer(web.layer());
/// # let _ = app; Ok(()) }
/// ```
pub struct Web<U> {
    inner: Arc<Inner<U>>,
}

struct Inner<U> {
    db: Pool,
    users: UserManager<U>,
    proxies: usize,
    origins: Vec<String>,
    cookie: SessionCookie,
    body_limit: BodyLimit,
}

impl<U> Clone for Web<U> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<U> Clone for Inner<U> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            users: self.users.clone(),
            origins: self.origins.clone(),
            cookie: self.cookie.clone(),
            ..*self
        }
    }
}

impl<U> fmt::Debug for Web<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { proxies, origins, cookie, body_limit, .. } = &*self.inner;
        let mut f = f.debug_struct("Web");
        f.field("proxies", proxies)
            .field("origins", origins)
            .field("cookie", cookie)
            .field("body", body_limit);
        f.finish_non_exhaustive()
    }
}

impl<U> Web<U> {
    /// Requests whose users are in this database. No proxy is trusted, cookies are `Secure` and `SameSite=Lax`, bodies have at most
    /// 1 MiB.
    pub fn new(db: Pool, users: UserManager<U>) -> Self {
        let cookie = SessionCookie { secure: true, strict: false };
        let inner = Inner { db, users, proxies: 0, origins: Vec::new(), cookie, body_limit: BODY_LIMIT };
        Self { inner: Arc::new(inner) }
    }

    fn with(mut self, change: impl FnOnce(&mut Inner<U>)) -> Self {
        change(Arc::make_mut(&mut self.inner));
        self
    }

    /// How many proxies of yours stand before the program, each of which adds to `X-Forwarded-For`. What stands there beyond
    /// them is not believed.
    pub fn trusted_proxies(self, count: usize) -> Self {
        self.with(|inner| inner.proxies = count)
    }

    /// Further origins whose pages may write, beside the program's own host: `https://blog.example`.
    pub fn origins<T: Into<String>>(self, origins: impl IntoIterator<Item = T>) -> Self {
        self.with(|inner| inner.origins = origins.into_iter().map(Into::into).collect())
    }

    /// Whether browsers send the session over HTTPS only: the default. They do so to `localhost` too.
    pub fn secure_cookies(self, secure: bool) -> Self {
        self.with(|inner| inner.cookie.secure = secure)
    }

    /// Whether the session stays away when another site's link leads here (`SameSite=Strict`).
    pub fn strict_cookies(self, strict: bool) -> Self {
        self.with(|inner| inner.cookie.strict = strict)
    }

    /// How many bytes a body may have.
    pub fn body_limit(self, bytes: usize) -> Self {
        self.with(|inner| inner.body_limit = BodyLimit(bytes))
    }

    /// The database.
    pub fn db(&self) -> &Pool {
        &self.inner.db
    }

    /// The users.
    pub fn users(&self) -> &UserManager<U> {
        &self.inner.users
    }

    pub(super) fn proxies(&self) -> usize {
        self.inner.proxies
    }

    pub(super) fn origin_list(&self) -> &[String] {
        &self.inner.origins
    }

    pub(super) fn cookie(&self) -> &SessionCookie {
        &self.inner.cookie
    }

    pub(super) fn limit(&self) -> BodyLimit {
        self.inner.body_limit
    }
}

impl<U: UserModel> Web<U> {
    /// The tower layer: it opens the [audit scope](crate::audit::scope) of each request, signs in whoever shows a token, and guards
    /// sessions against other sites. Put it around all routes.
    pub fn layer(&self) -> super::AuditLayer<U> {
        super::layer::layer(self.clone())
    }

    /// Starts a session of a user who [has signed in](UserManager::authenticate): its cookie for the answer, and the token that its
    /// writes must [show](super::CSRF_HEADER).
    ///
    /// # Errors
    /// Those of [`UserManager::issue`].
    pub async fn start_session(&self, user: &U) -> WebResult<(SetCookie, String)> {
        let session = Box::pin(self.users().issue(user, TokenPurpose::Session, self.db())).await?;
        let token = session.expose_secret();
        let cookie = self.cookie().set(token, self.users().settings().lifetimes.session);
        Ok((set_cookie(cookie)?, csrf_token(token)))
    }

    /// Ends the session that a request goes by, in the database and in the browser. Without one it does nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(&self, caller: &super::Caller<U>) -> WebResult<SetCookie> {
        if let Some(session) = caller.session() {
            let token = Token::objects_of(session.expose_secret(), TokenPurpose::Session);
            Box::pin(token.hard_delete(self.db())).await?;
        }
        set_cookie(self.cookie().end())
    }

    pub(super) async fn user_of(&self, token: &str, purpose: TokenPurpose) -> Result<U, Error> {
        Box::pin(self.users().by_token(token, purpose, self.db())).await
    }
}

/// A part of an answer that sets a cookie, and is kept by nobody.
pub type SetCookie = AppendHeaders<[(header::HeaderName, HeaderValue); 2]>;

fn set_cookie(cookie: Option<HeaderValue>) -> WebResult<SetCookie> {
    let cookie = cookie.ok_or_else(|| Problem::internal(&"the session cannot be a cookie"))?;
    let no_store = HeaderValue::from_static("no-store");
    Ok(AppendHeaders([(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, no_store)]))
}

/// A session's token, as a secret.
pub(super) fn secret(token: &str) -> SecretString {
    SecretString::from(token.to_owned())
}
