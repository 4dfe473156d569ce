//! An article: what is read, what is given, and what may be wrong with it.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, SecondsFormat, Utc};
use harness::now;
use model_runtime::prelude::Uuid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::problem::{Answer, Problem};
use crate::peer::sqlx::Status;

/// A row, as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Article {
    pub id: Uuid,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
    #[serde(serialize_with = "optional_time")]
    pub deleted_at: Option<DateTime<Utc>>,
    pub status: Status,
    #[serde(serialize_with = "optional_time")]
    pub published_at: Option<DateTime<Utc>>,
    pub title: String,
    pub slug: String,
    pub content: String,
    pub excerpt: String,
    pub author_id: Uuid,
    pub category_id: Option<Uuid>,
    pub views_count: i32,
    pub featured: bool,
    pub rating: f64,
}

fn time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

fn optional_time<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(it) => self::time(it, serializer),
        None => serializer.serialize_none(),
    }
}

/// A new one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    title: String,
    slug: String,
    content: String,
    excerpt: String,
    author_id: Uuid,
    #[serde(default)]
    category_id: Option<Uuid>,
    views_count: i32,
    featured: bool,
    rating: f64,
}

/// The fields that are given of one that is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    title: Option<String>,
    slug: Option<String>,
    content: Option<String>,
    excerpt: Option<String>,
    author_id: Option<Uuid>,
    #[serde(default, deserialize_with = "given")]
    category_id: Option<Option<Uuid>>,
    views_count: Option<i32>,
    featured: Option<bool>,
    rating: Option<f64>,
}

/// `null` is something that is given.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

impl Draft {
    pub fn into_article(self) -> Answer<Article> {
        let now = now();
        let article = Article {
            id: Uuid::now_v7(),
            created_at: now,
            updated_at: now,
            deleted_at: None,
            status: Status::Draft,
            published_at: None,
            title: self.title,
            slug: self.slug,
            content: self.content,
            excerpt: self.excerpt,
            author_id: self.author_id,
            category_id: self.category_id,
            views_count: self.views_count,
            featured: self.featured,
            rating: self.rating,
        };
        article.check()?;
        Ok(article)
    }
}

impl Patch {
    pub fn apply(self, article: &mut Article) -> Answer<()> {
        macro_rules! set {
            ($($field:ident)*) => {
                $(if let Some(value) = self.$field {
                    article.$field = value;
                })*
            };
        }
        set!(title slug content excerpt author_id category_id views_count featured rating);
        article.check()
    }
}

impl Article {
    fn check(&self) -> Answer<()> {
        let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the Article is not valid");
        let texts = [
            ("title", &self.title, 200),
            ("slug", &self.slug, 255),
            ("content", &self.content, usize::MAX),
            ("excerpt", &self.excerpt, 500),
        ];
        for (field, text, limit) in texts {
            if text.len() > limit && text.chars().count() > limit {
                problem = problem.field(field, format!("has more than {limit} characters"));
            }
            if text.contains('\0') {
                problem = problem.field(field, "contains the character U+0000");
            }
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }

    fn etag(&self) -> String {
        format!("\"{}\"", self.updated_at.timestamp_micros())
    }

    /// Refuses a write of another state than the one that `If-Match` names.
    pub fn matches(&self, headers: &HeaderMap) -> Answer<()> {
        if !headers.contains_key(header::IF_MATCH) || self.is_named(headers, header::IF_MATCH) {
            return Ok(());
        }
        Err(Problem::new(StatusCode::PRECONDITION_FAILED, "the Article has changed since: read it again"))
    }

    fn is_named(&self, headers: &HeaderMap, name: header::HeaderName) -> bool {
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
        let etag = self.etag();
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    }

    /// The answer that shows it.
    pub fn answer(&self, status: StatusCode) -> Answer {
        let body = serde_json::to_vec(self).map_err(|error| Problem::internal(&error))?;
        let kind = HeaderValue::from_static("application/json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Ok(etag) = HeaderValue::try_from(self.etag()) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        Ok(response)
    }

    /// The same, or that whoever asks has it.
    pub fn answer_unless_known(&self, headers: &HeaderMap) -> Answer {
        let mut response = self.answer(StatusCode::OK)?;
        if headers.contains_key(header::IF_NONE_MATCH) && self.is_named(headers, header::IF_NONE_MATCH) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_TYPE);
            *response.body_mut() = axum::body::Body::empty();
        }
        Ok(response)
    }
}

/// A page, as it is shown.
#[derive(Debug, Serialize)]
pub struct Page {
    count: i64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<Article>,
}

/// The page that is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    page: Option<u64>,
    page_size: Option<u64>,
}

impl Asked {
    /// Number and size.
    pub fn checked(&self) -> Answer<(u64, u64)> {
        let (number, size) = (self.page.unwrap_or(1), self.page_size.unwrap_or(20));
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, "the request cannot be understood");
        if number == 0 {
            problem = problem.field("page", "is no whole number from 1 on");
        }
        if !(1..=100).contains(&size) {
            problem = problem.field("page_size", "is no whole number from 1 to 100");
        }
        if problem.has_fields() { Err(problem) } else { Ok((number, size)) }
    }

    /// The answer.
    pub fn answer(&self, (number, size): (u64, u64), count: i64, results: Vec<Article>) -> Answer {
        let pages = count.unsigned_abs().div_ceil(size);
        if number > 1 && number > pages {
            return Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no page {number}")));
        }
        let link = |number: u64| match self.page_size {
            Some(size) => format!("{}/?page_size={size}&page={number}", super::super::PATH),
            None => format!("{}/?page={number}", super::super::PATH),
        };
        let page = Page {
            count,
            next: (number < pages).then(|| link(number + 1)),
            previous: (number > 1 && count > 0).then(|| link(number - 1)),
            results,
        };
        let body = serde_json::to_vec(&page).map_err(|error| Problem::internal(&error))?;
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response())
    }
}
