//! A connection's requests: reads and writes in an order that looks random and is the same for each side.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION, USER_AGENT};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use model_runtime::prelude::Uuid;
use serde_json::json;
use tokio::net::TcpStream;

use super::PATH;

/// Pages of the list that are read.
const PAGES: u64 = 5;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A connection that is kept alive.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    token: Option<String>,
}

impl Connection {
    /// Connects.
    pub async fn open(host: &str, token: Option<&str>) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with its sender; what goes wrong on it, the requests tell.
        tokio::spawn(connection);
        Ok(Self { sender, host: host.to_owned(), token: token.map(|token| format!("Bearer {token}")) })
    }

    /// Sends a request, with further headers, and reads the answer.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(USER_AGENT, "benches");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::from(body.unwrap_or_default()))?;
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}

/// Writes that were answered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writes {
    pub created: u64,
    pub updated: u64,
    pub deleted: u64,
}

impl Writes {
    /// By the actions of the audit trail.
    pub fn actions(&self) -> [(&'static str, u64); 3] {
        [("create", self.created), ("update", self.updated), ("delete", self.deleted)]
    }

    pub fn all(&self) -> u64 {
        self.created + self.updated + self.deleted
    }
}

impl std::ops::AddAssign for Writes {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.deleted += other.deleted;
    }
}

/// What one connection asks for: of 100 requests about 50 rows, 30 pages, 14 changes, 4 new rows, 2 deletions.
pub struct Client {
    connection: Connection,
    number: u64,
    sent: u64,
    random: u64,
    made: Vec<String>,
    pub writes: Writes,
    /// What each answer took in the round, in microseconds.
    pub times: Vec<u32>,
}

impl Client {
    /// The connection of that number.
    pub async fn open(host: &str, token: &str, number: u64) -> Result<Self> {
        Ok(Self {
            connection: Connection::open(host, Some(token)).await?,
            number,
            sent: 0,
            random: number.wrapping_mul(0x9E37_79B9_7F4A_7C15),
            made: Vec::new(),
            writes: Writes::default(),
            times: Vec::new(),
        })
    }

    /// Sends one request after another until the time is over.
    ///
    /// # Errors
    /// Any other answer than the one that is right.
    pub async fn run(&mut self, articles: &[Uuid], until: Instant) -> Result<()> {
        self.times.clear();
        while Instant::now() < until {
            let start = Instant::now();
            self.next(articles).await?;
            self.times.push(start.elapsed().min(Duration::from_secs(3600)).as_micros() as u32);
        }
        Ok(())
    }

    async fn next(&mut self, articles: &[Uuid]) -> Result<()> {
        self.sent += 1;
        let kind = self.random(100);
        let any = articles[self.random(articles.len() as u64) as usize];
        match kind {
            0..50 => {
                let answer = self.ask(Method::GET, &format!("{PATH}/{any}/"), None, StatusCode::OK).await?;
                ensure!(answer.headers.contains_key("etag"), "{any} has no ETag");
            }
            50..80 => {
                let page = 1 + self.random(PAGES);
                self.ask(Method::GET, &format!("{PATH}/?page={page}"), None, StatusCode::OK).await?;
            }
            80..94 => {
                let title = format!("Change {} of connection {}", self.sent, self.number);
                let body = json!({"title": title, "rating": self.random(50) as f64 / 10.0}).to_string();
                self.ask(Method::PATCH, &format!("{PATH}/{any}/"), Some(body), StatusCode::OK).await?;
                self.writes.updated += 1;
            }
            94..98 => self.create().await?,
            _ => match self.made.pop() {
                None => self.create().await?,
                Some(path) => {
                    self.ask(Method::DELETE, &path, None, StatusCode::NO_CONTENT).await?;
                    self.writes.deleted += 1;
                }
            },
        }
        Ok(())
    }

    async fn create(&mut self) -> Result<()> {
        let body = draft(1_000_000 + self.number * 1_000_000 + self.sent).to_string();
        let answer = self.ask(Method::POST, &format!("{PATH}/"), Some(body), StatusCode::CREATED).await?;
        let path = answer.headers.get(LOCATION).context("a new row has no Location")?.to_str()?;
        self.made.push(path.to_owned());
        self.writes.created += 1;
        Ok(())
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<String>,
        expected: StatusCode,
    ) -> Result<Answer> {
        let sent = self.connection.send(method.clone(), path, &[], body).await;
        let answer = sent.with_context(|| format!("{method} {path}"))?;
        if answer.status != expected {
            bail!("{method} {path}: {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok(answer)
    }

    /// A number below that (splitmix64).
    fn random(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}

/// A new article, as it is given.
pub fn draft(n: u64) -> serde_json::Value {
    let draft = harness::Draft::new(n);
    json!({
        "title": draft.title, "slug": draft.slug, "content": draft.content, "excerpt": draft.excerpt,
        "author_id": draft.author_id, "category_id": draft.category_id, "views_count": draft.views_count,
        "featured": draft.featured, "rating": draft.rating,
    })
}
