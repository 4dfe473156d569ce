//! The tower layer around an application's routes: it opens the audit scope of each request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tower::{Layer, Service};
use tracing::Instrument;

use super::bearer::bearer;
use super::caller::Caller;
use super::client_address::client_address;
use super::csrf;
use super::problem::Problem;
use super::request_id::{REQUEST_ID, request_id};
use super::settings::{Web, secret};
use crate::audit::{self, AuditContext};
use crate::error::Error;
use crate::users::{TokenPurpose, UserModel, UserRow};

/// Opens the audit scope of each request: who is signed in, the client's address and name of itself, the request's id, which the
/// answer echoes. Made by [`Web::layer`].
///
/// A bearer token that is not good is 401; a session that is over is nobody. Client addresses want the server to be made by
/// `into_make_service_with_connect_info::<SocketAddr>()`.
#[derive(Debug)]
pub struct AuditLayer<U> {
    web: Web<U>,
}

impl<U> AuditLayer<U> {
    pub(super) fn new(web: Web<U>) -> Self {
        Self { web }
    }
}

impl<U> Clone for AuditLayer<U> {
    fn clone(&self) -> Self {
        Self { web: self.web.clone() }
    }
}

impl<U, S> Layer<S> for AuditLayer<U> {
    type Service = AuditScope<U, S>;

    fn layer(&self, inner: S) -> AuditScope<U, S> {
        AuditScope { web: self.web.clone(), inner }
    }
}

/// The service of [`AuditLayer`].
#[derive(Debug)]
pub struct AuditScope<U, S> {
    web: Web<U>,
    inner: S,
}

impl<U, S: Clone> Clone for AuditScope<U, S> {
    fn clone(&self) -> Self {
        Self { web: self.web.clone(), inner: self.inner.clone() }
    }
}

impl<U, S> Service<Request> for AuditScope<U, S>
where
    U: UserModel,
    S: Service<Request> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The one that is ready is the one that was asked.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let web = self.web.clone();
        let id = request_id(request.headers());
        let span =
            tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
        let answer = async move {
            let context = context_of(&request, &web, id.clone());
            // What signing in does is written in this context too, without an actor.
            let admitted = audit::scope(context.clone(), Box::pin(admit(request, &web))).await;
            let mut response = match admitted {
                Ok((request, user)) => {
                    let context = match user {
                        Some(user) => context.actor(user.id(), user.get_display_name()),
                        None => context,
                    };
                    audit::scope(context, Box::pin(inner.call(request))).await?.into_response()
                }
                Err(problem) => problem.into_response(),
            };
            if let Ok(id) = HeaderValue::try_from(id) {
                response.headers_mut().insert(REQUEST_ID, id);
            }
            tracing::info!(status = response.status().as_u16(), "answered");
            Ok(response)
        };
        Box::pin(answer.instrument(span))
    }
}

fn context_of<U>(request: &Request, web: &Web<U>, id: String) -> AuditContext {
    let headers = request.headers();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let user_agent = headers.get(header::USER_AGENT).map(|text| String::from_utf8_lossy(text.as_bytes()));
    AuditContext {
        ip_address: client_address(headers, peer, web.proxies()),
        user_agent: user_agent.unwrap_or_default().into_owned(),
        request_id: Some(id),
        ..AuditContext::default()
    }
}

/// The request, with its caller, where it may go on.
async fn admit<U: UserModel>(request: Request, web: &Web<U>) -> Result<(Request, Option<Arc<U>>), Problem> {
    let (mut request, user, session) = match bearer(request.headers())?.map(str::to_owned) {
        Some(token) => {
            let user = web.user_of(&token, TokenPurpose::Api).await?;
            (request, Some(user), None)
        }
        None => {
            csrf::check_origin(&request, web.origin_list())?;
            match web.cookie().token(request.headers()) {
                None => (request, None, None),
                Some(token) => match web.user_of(&token, TokenPurpose::Session).await {
                    Ok(user) => (csrf::check_token(request, &token).await?, Some(user), Some(token)),
                    Err(Error::Token(_)) => (request, None, None),
                    Err(error) => return Err(error.into()),
                },
            }
        }
    };
    let user = user.map(Arc::new);
    let session = session.map(|token| Arc::new(secret(&token)));
    request.extensions_mut().insert(Caller { web: web.clone(), user: user.clone(), session });
    request.extensions_mut().insert(web.limit());
    Ok((request, user))
}
