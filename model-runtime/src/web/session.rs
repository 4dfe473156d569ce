//! Sessions in cookies: a user's token for [`TokenPurpose::Session`](crate::users::TokenPurpose::Session), which scripts do not see.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

/// How the cookie of a session is set.
#[derive(Debug, Clone)]
pub(super) struct SessionCookie {
    pub secure: bool,
    pub strict: bool,
}

impl SessionCookie {
    /// With the prefix a browser takes it only from this host itself, over HTTPS.
    fn name(&self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    /// The token that a request brings.
    pub(super) fn token(&self, headers: &HeaderMap) -> Option<String> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
        let cookie = cookies.find(|cookie| cookie.name() == self.name())?;
        Some(cookie.value().to_owned())
    }

    /// `Set-Cookie` for a token that is good for so long.
    pub(super) fn set(&self, token: &str, lifetime: std::time::Duration) -> Option<HeaderValue> {
        self.cookie(token, Duration::try_from(lifetime).unwrap_or(Duration::MAX))
    }

    /// `Set-Cookie` that ends it.
    pub(super) fn end(&self) -> Option<HeaderValue> {
        self.cookie("", Duration::ZERO)
    }

    fn cookie(&self, token: &str, max_age: Duration) -> Option<HeaderValue> {
        let same_site = if self.strict { SameSite::Strict } else { SameSite::Lax };
        let cookie = Cookie::build((self.name(), token))
            .path("/")
            .http_only(true)
            .same_site(same_site)
            .secure(self.secure)
            .max_age(max_age);
        cookie.to_string().parse().ok()
    }
}
