//! A post as the program prints it.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, NaiveDate, Utc};
use comfy_table::Table;
use examples::blog::Post;
use serde::Serialize;

use crate::output;

/// All of a post but its content, in the shape of the JSON output.
#[derive(Debug, Serialize)]
pub struct PostView {
    pub id: String,
    pub slug: String,
    pub title: String,
    pub status: String,
    pub posted_on: NaiveDate,
    pub published_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub author_id: String,
    pub authors: String,
    pub description: String,
    pub excerpt: String,
    pub seo_title: String,
    pub seo_description: String,
    pub source_path: Option<String>,
}

impl From<&Post> for PostView {
    fn from(post: &Post) -> Self {
        Self {
            id: post.id.to_string(),
            slug: post.slug.clone(),
            title: post.title.clone(),
            status: post.status.to_string(),
            posted_on: post.posted_on,
            published_at: post.published_at,
            created_at: post.created_at,
            updated_at: post.updated_at,
            deleted_at: post.deleted_at,
            author_id: post.author_id.to_string(),
            authors: post.authors.clone(),
            description: post.description.clone(),
            excerpt: post.excerpt.clone(),
            seo_title: post.seo_title.clone(),
            seo_description: post.seo_description.clone(),
            source_path: post.source_path.clone(),
        }
    }
}

/// Each field on a line of its own.
impl Display for PostView {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut table = output::table(&["Field", "Value"]);
        table.add_row(["slug", &self.slug]);
        table.add_row(["title", &self.title]);
        table.add_row(["status", &self.status]);
        table.add_row(["posted on", &self.posted_on.to_string()]);
        table.add_row(["published at", &time(self.published_at)]);
        table.add_row(["created at", &time(Some(self.created_at))]);
        table.add_row(["updated at", &time(Some(self.updated_at))]);
        table.add_row(["authors", text(&self.authors)]);
        table.add_row(["description", text(&self.description)]);
        table.add_row(["source", text(self.source_path.as_deref().unwrap_or_default())]);
        write!(f, "{table}")
    }
}

/// A line for each post.
pub fn table_of(posts: &[PostView]) -> Table {
    let mut table = output::table(&["Slug", "Title", "Posted on", "Status"]);
    table.add_rows(posts.iter().map(|post| {
        let status = match post.deleted_at {
            Some(_) => format!("{}, deleted", post.status),
            None => post.status.clone(),
        };
        [post.slug.clone(), post.title.clone(), post.posted_on.to_string(), status]
    }));
    table
}

fn text(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn time(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| "-".to_owned(), output::time)
}
