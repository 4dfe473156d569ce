//! The tower layer around an application's routes: it opens the audit scope of each request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{FromFnLayer, Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tracing::Instrument;
use tracing::field::display;

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
/// answer echoes. Made by [`Web::layer`]. Each request is told to `tracing` as a span, and how it was answered as an event in it.
///
/// A bearer token that is not good is 401; a session that is over is nobody. Client addresses want the server to be made by
/// `into_make_service_with_connect_info::<SocketAddr>()`.
pub type AuditLayer<U> = FromFnLayer<Open<U>, Web<U>, (State<Web<U>>, Request)>;

type Open<U> = fn(State<Web<U>>, Request, Next) -> BoxFuture<'static, Response>;

pub(super) fn layer<U: UserModel>(web: Web<U>) -> AuditLayer<U> {
    from_fn_with_state(web, open::<U>)
}

fn open<U: UserModel>(
    State(web): State<Web<U>>,
    request: Request,
    next: Next,
) -> BoxFuture<'static, Response> {
    let id = request_id(request.headers());
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let answer = async move {
        let start = Instant::now();
        let context = context_of(&request, &web, id.clone());
        // What signing in does is written in this context too, without an actor.
        let admitted = audit::scope(context.clone(), Box::pin(admit(request, &web))).await;
        let user = admitted.as_ref().ok().and_then(|(_, user)| user.clone());
        let mut response = match admitted {
            Ok((request, _)) => {
                let context = match &user {
                    Some(user) => context.actor(user.id(), user.get_display_name()),
                    None => context,
                };
                audit::scope(context, next.run(request)).await
            }
            Err(problem) => problem.into_response(),
        };
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::try_from(id) {
            headers.insert(REQUEST_ID, id);
        }
        // No cache between keeps for one what it was sent for another.
        headers.append(header::VARY, HeaderValue::from_static("authorization, cookie"));
        if user.is_some() && !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        }
        let (status, user_id) = (response.status().as_u16(), user.map(|user| display(user.id())));
        let elapsed_ms = start.elapsed().as_micros() as f64 / 1000.0;
        tracing::info!(status, elapsed_ms, user_id, "answered");
        response
    };
    Box::pin(answer.instrument(span))
}

/// Most characters of a client's name of itself that are kept: each row of the audit trail has them.
const USER_AGENT_LENGTH: usize = 512;

fn context_of<U>(request: &Request, web: &Web<U>, id: String) -> AuditContext {
    let headers = request.headers();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let user_agent = headers.get(header::USER_AGENT).map(|text| {
        String::from_utf8_lossy(text.as_bytes()).chars().take(USER_AGENT_LENGTH).collect::<String>()
    });
    AuditContext {
        ip_address: client_address(headers, peer, web.proxies()),
        user_agent: user_agent.unwrap_or_default(),
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
