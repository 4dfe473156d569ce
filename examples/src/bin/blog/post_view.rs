//! A post as the program prints it.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, NaiveDate, Utc};
use comfy_table::Table;
use examples::blog::{LoadedPost, Post};
use serde::Serialize;

use crate::output;

/// All of a post but its content, in the shape of the JSON output.
#[derive(Debug, Serialize)]
pub struct PostView {
    pub id: String,
    pub slug: String,
    pub url: String,
    pub title: String,
    pub status: String,
    pub posted_on: NaiveDate,
    pub published_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub author_id: String,
    pub authors: String,
    pub category_id: Option<String>,
    pub featured_image: Option<String>,
    pub views_count: i32,
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
            url: post.absolute_url(),
            title: post.title.clone(),
            status: post.status.to_string(),
            posted_on: post.posted_on,
            published_at: post.published_at,
            created_at: post.created_at,
            updated_at: post.updated_at,
            deleted_at: post.deleted_at,
            author_id: post.author_id.to_string(),
            authors: post.authors.clone(),
            category_id: post.category_id.map(|id| id.to_string()),
            featured_image: post.featured_image.as_ref().map(|file| file.path().to_owned()),
            views_count: post.views_count,
            description: post.description.clone(),
            excerpt: post.excerpt.clone(),
            seo_title: post.seo_title.clone(),
            seo_description: post.seo_description.clone(),
            source_path: post.source_path.clone(),
        }
    }
}

/// A post with the names of the rows that it refers to.
#[derive(Debug, Serialize)]
pub struct LoadedView {
    #[serde(flatten)]
    pub post: PostView,
    author: String,
    category: Option<String>,
    tags: Vec<String>,
}

impl From<&LoadedPost> for LoadedView {
    fn from(loaded: &LoadedPost) -> Self {
        Self {
            post: PostView::from(&loaded.post),
            author: loaded.author.to_string(),
            category: loaded.category.as_ref().map(|category| category.name.clone()),
            tags: loaded.tags.iter().map(|tag| tag.name.clone()).collect(),
        }
    }
}

/// Each field on a line of its own.
impl Display for LoadedView {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { post, author, category, tags } = self;
        let mut table = output::table(&["Field", "Value"]);
        table.add_row(["slug", &post.slug]);
        table.add_row(["title", &post.title]);
        table.add_row(["url", &post.url]);
        table.add_row(["status", &post.status]);
        table.add_row(["posted on", &post.posted_on.to_string()]);
        table.add_row(["published at", &time(post.published_at)]);
        table.add_row(["created at", &time(Some(post.created_at))]);
        table.add_row(["updated at", &time(Some(post.updated_at))]);
        table.add_row(["author", author]);
        table.add_row(["signed by", text(&post.authors)]);
        table.add_row(["category", text(category.as_deref().unwrap_or_default())]);
        table.add_row(["tags", text(&tags.join(", "))]);
        table.add_row(["picture", text(post.featured_image.as_deref().unwrap_or_default())]);
        table.add_row(["views", &post.views_count.to_string()]);
        table.add_row(["description", text(&post.description)]);
        table.add_row(["source", text(post.source_path.as_deref().unwrap_or_default())]);
        write!(f, "{table}")
    }
}

/// A line for each post.
pub fn table_of(posts: &[LoadedView]) -> Table {
    let mut table = output::table(&["Slug", "Title", "Category", "Tags", "Posted on", "Status"]);
    table.add_rows(posts.iter().map(|LoadedView { post, category, tags, .. }| {
        let status = match post.deleted_at {
            Some(_) => format!("{}, deleted", post.status),
            None => post.status.clone(),
        };
        let category = text(category.as_deref().unwrap_or_default()).to_owned();
        let tags = text(&tags.join(", ")).to_owned();
        [post.slug.clone(), post.title.clone(), category, tags, post.posted_on.to_string(), status]
    }));
    table
}

fn text(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn time(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| "-".to_owned(), output::time)
}
