//! The rows that all sides write, and what they write by.

use std::net::IpAddr;

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One change of a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The field.
    pub field: String,
    /// What it was.
    pub old: String,
    /// What it became.
    pub new: String,
    /// Who changed it.
    pub by: Uuid,
}

/// What an application knows of a post or an article before it is written.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Draft {
    pub title: String,
    pub slug: String,
    pub content: String,
    pub excerpt: String,
    pub author_id: Uuid,
    pub category_id: Option<Uuid>,
    pub views_count: i32,
    pub featured: bool,
    pub rating: f64,
    pub change_log: Vec<LogEntry>,
}

/// What it knows of a row of `drafts`.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct SmallDraft {
    pub title: String,
    pub content: String,
    pub views_count: i32,
}

/// A row of a list, behind which a page begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Last {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its key.
    pub id: Uuid,
    /// The key of the row behind it.
    pub next: Uuid,
}

/// In whose name all sides write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Editor {
    pub actor_id: String,
    pub actor_label: String,
    pub ip_address: IpAddr,
    pub user_agent: String,
    pub request_id: String,
}

impl Default for Editor {
    fn default() -> Self {
        Self {
            actor_id: "7".into(),
            actor_label: "editor@example.com".into(),
            ip_address: [10, 0, 0, 1].into(),
            user_agent: "benches".into(),
            request_id: "r-1".into(),
        }
    }
}

impl Draft {
    /// Number `n`; no two have a slug in common.
    pub fn new(n: u64) -> Self {
        let content = content(n);
        let author_id = author(n % 100);
        let entry = |field: &str, old: &str| LogEntry {
            field: field.to_owned(),
            old: old.to_owned(),
            new: format!("{old} {n}"),
            by: author_id,
        };
        Self {
            title: format!("How the post number {n} came to be"),
            slug: format!("how-the-post-{}", Uuid::now_v7().simple()),
            excerpt: content[..120].to_owned(),
            content,
            author_id,
            category_id: (!n.is_multiple_of(3)).then(|| Uuid::from_u128(u128::from(n % 10))),
            views_count: (n % 5000) as i32,
            featured: n.is_multiple_of(7),
            rating: (n % 50) as f64 / 10.0,
            change_log: vec![entry("title", "An older title"), entry("excerpt", "Some words")],
        }
    }
}

impl SmallDraft {
    /// Number `n`.
    pub fn new(n: u64) -> Self {
        let views_count = (n % 5000) as i32;
        Self { title: format!("How the draft number {n} came to be"), content: content(n), views_count }
    }
}

/// The key of an author.
pub fn author(n: u64) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

/// 400 characters.
fn content(n: u64) -> String {
    let sentence = "A benchmark wants text that looks like text, so here are some words. ";
    sentence.chars().cycle().skip((n % 50) as usize).take(400).collect()
}

/// The time, as exact as the databases store it.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Adds an entry to the change log of an article, and leaves out the oldest beyond 100.
pub fn log(log: &mut Value, time: DateTime<Utc>, changes: &Map<String, Value>) {
    if !log.is_object() {
        *log = Value::Object(Map::new());
    }
    if let Value::Object(log) = log {
        log.insert(time.to_rfc3339(), Value::Object(changes.clone()));
        while log.len() > 100 {
            let oldest = log.keys().min().cloned().unwrap_or_default();
            log.remove(&oldest);
        }
    }
}
