//! The API, served on a port of its own over the database of a test.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use examples::{blog, blog_api};
use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::users::{self, ExposeSecret, Hashing, TokenPurpose, User, UserSettings};
use model_runtime::web::Web;
use model_runtime::{Cursors, schema};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A password that is good enough.
pub const PASSWORD: &str = "a boat on the Lek";

/// How many statements an answer took.
const STATEMENTS: &str = "x-statements";

pub struct Api {
    pub db: Pool,
    pub users: UserManager<User>,
    client: reqwest::Client,
    origin: String,
}

/// What was answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The fields that a problem names.
    pub fn fields(&self) -> Vec<&str> {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{:?}", self.body);
        assert_eq!(self.body["status"], self.status.as_u16());
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap()).collect()
    }

    pub fn statements(&self) -> usize {
        self.headers[STATEMENTS].to_str().unwrap().parse().unwrap()
    }

    pub fn etag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }

    pub fn results(&self, field: &str) -> Vec<Value> {
        let rows = self.body["results"].as_array().unwrap_or_else(|| panic!("{}", self.body));
        rows.iter().map(|row| row[field].clone()).collect()
    }
}

impl Api {
    /// Serves the API. One proxy is trusted.
    pub async fn serve(db: Pool) -> Self {
        let cursors = Cursors::new("a secret of the tests, of at least 32 bytes").unwrap();
        Self::serve_app(db, |web| blog_api::app(web, cursors)).await
    }

    /// Serves these routes.
    pub async fn serve_app(db: Pool, app: impl FnOnce(&Web<User>) -> Router) -> Self {
        schema::create_tables(&blog::tables(), &db).await.unwrap();
        users::sync_permissions(&blog_api::guarded(), &db).await.unwrap();
        let hashing = Hashing::new(64, 1, 1).unwrap();
        let users = UserManager::new(UserSettings { hashing, ..UserSettings::default() });
        let web = Web::new(db.clone(), users.clone()).trusted_proxies(1).secure_cookies(false);
        let app = app(&web).layer(middleware::from_fn(counted));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { db, users, client, origin }
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.origin))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        Answer { status, headers, body }
    }

    /// The head of what is answered to these bytes.
    pub async fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.origin.trim_start_matches("http://")).await.unwrap();
        // The server may answer, and close, before it has read all.
        let _cut_off = stream.write_all(request).await;
        let mut answer = Vec::new();
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "it was closed without an answer");
        }
        String::from_utf8(answer).unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn with(&self, token: &str, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path).bearer_auth(token);
        self.send(if body.is_null() { request } else { request.json(&body) }).await
    }

    /// A user and their token.
    pub async fn user(&self, email: &str) -> (User, String) {
        let user = User::builder().email(email).build();
        let user = self.users.create_user(user, Some(PASSWORD), &self.db).await.unwrap();
        let token = self.users.issue(&user, TokenPurpose::Api, &self.db).await.unwrap();
        (user, token.expose_secret().to_owned())
    }

    /// A post in the database.
    pub async fn post(&self, title: &str, author: &User) -> blog::Post {
        let post = blog::Post::builder().title(title).content("Content").author_id(author.id);
        post.posted_on("2026-01-31".parse::<NaiveDate>().unwrap()).create(&self.db).await.unwrap()
    }
}

async fn counted(request: Request, next: Next) -> Response {
    let (mut response, profile) = profile("request", next.run(request)).await;
    response.headers_mut().insert(STATEMENTS, profile.statements.len().into());
    response
}
