//! What a request brings: who asks, and what is on record of them.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use model_runtime::prelude::Uuid;

use super::problem::{Answer, Problem};

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Caller {
    pub id: Uuid,
    /// The key as text, as tables have it that refer to any user.
    pub key: String,
    pub name: String,
}

/// A token and its user.
#[derive(Debug)]
pub struct Session {
    pub id: Uuid,
    pub email: String,
    pub username: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub is_active: bool,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

impl Session {
    pub fn caller(self) -> Answer<Caller> {
        if !self.is_active || self.used_at.is_some() || self.expires_at <= Utc::now() {
            return Err(Problem::unauthorized());
        }
        let full = format!("{} {}", self.first_name, self.last_name);
        let name = match full.trim() {
            "" => self.username.unwrap_or(self.email),
            full => full.to_owned(),
        };
        Ok(Caller { id: self.id, key: self.id.to_string(), name })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        parts.extensions.get().cloned().ok_or_else(Problem::unauthorized)
    }
}

/// What is on record of a request.
#[derive(Debug, Clone)]
pub struct Origin {
    pub ip_address: Option<IpAddr>,
    pub user_agent: String,
    pub request_id: String,
}

impl Origin {
    pub fn of(request: &Request) -> Self {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let is_plain = |id: &&str| {
            (1..=128).contains(&id.len())
                && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.:/+=".contains(&c))
        };
        let brought = text("x-request-id").filter(is_plain);
        Self {
            ip_address: request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()),
            user_agent: text("user-agent").unwrap_or_default().to_owned(),
            request_id: brought.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::internal(&"the layer is missing"))
    }
}

/// The bearer token that a request brings.
pub fn bearer(headers: &HeaderMap) -> Answer<Option<&str>> {
    let Some(credentials) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    match credentials.to_str().unwrap_or_default().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Problem::unauthorized()),
    }
}
