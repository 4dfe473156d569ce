//! Signing in and out, by a session in a cookie, and tokens for programs.

use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use model_runtime::prelude::*;
use model_runtime::users::{ExposeSecret, TokenPurpose, User};
use model_runtime::web::{Caller, JsonBody, SignedIn, WebResult, accept_json};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn router() -> Router {
    Router::new()
        .route("/api/login/", post(login))
        .route("/api/login/code/", post(code))
        .route("/api/logout/", post(logout))
        .route("/api/me/", get(me))
        .route("/api/tokens/", post(token))
        .route_layer(middleware::from_fn(accept_json))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    email: String,
    password: String,
}

/// The session's cookie or, where the user has a second factor, the token to show with its code.
async fn login(caller: Caller<User>, JsonBody(form): JsonBody<Password>) -> WebResult {
    let web = caller.web();
    match web.users().authenticate(&form.email, &form.password, web.db()).await? {
        SignIn::Complete(user) => session(&caller, &user).await,
        SignIn::CodeRequired(token) => {
            Ok(Json(json!({"code_required": token.expose_secret()})).into_response())
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    token: String,
    code: String,
}

async fn code(caller: Caller<User>, JsonBody(form): JsonBody<Code>) -> WebResult {
    let web = caller.web();
    let user = web.users().authenticate_code(&form.token, &form.code, web.db()).await?;
    session(&caller, &user).await
}

async fn session(caller: &Caller<User>, user: &User) -> WebResult {
    let (cookie, csrf_token) = caller.web().start_session(user).await?;
    Ok((cookie, Json(shown(user, Some(csrf_token)))).into_response())
}

async fn logout(caller: Caller<User>) -> WebResult {
    let cookie = caller.web().end_session(&caller).await?;
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

async fn me(caller: Caller<User>) -> WebResult<Json<Value>> {
    Ok(Json(shown(caller.signed_in()?, caller.csrf_token())))
}

fn shown(user: &User, csrf_token: Option<String>) -> Value {
    json!({"id": user.id.to_string(), "email": user.email, "name": user.get_display_name(), "csrf_token": csrf_token})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    name: String,
}

/// A bearer token, which is told once.
async fn token(
    SignedIn(user): SignedIn<User>,
    caller: Caller<User>,
    JsonBody(form): JsonBody<NewToken>,
) -> WebResult {
    let users = caller.web().users();
    let token = users.issue_named(&user, TokenPurpose::Api, &form.name, caller.db()).await?;
    let body = json!({"name": form.name, "token": token.expose_secret()});
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
