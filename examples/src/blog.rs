//! A blog: its posts, and the users whom they belong to.

use model_runtime::TableDef;
use model_runtime::prelude::*;
use model_runtime::users::{self, User};

/// The tables of the blog.
pub fn tables() -> Vec<&'static TableDef> {
    users::tables().into_iter().chain([User::table(), Post::table(), AuditLog::table()]).collect()
}

/// The models of which there are permissions.
pub fn guarded() -> [&'static TableDef; 2] {
    [User::table(), Post::table()]
}

/// The longest [`Post::excerpt`], in characters.
const EXCERPT_LENGTH: usize = 500;

/// A post of the blog.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "posts", app = "blog", display = title, hooks)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title, description = description)]
#[track_changes(keep = 100)]
#[audited]
#[permissions(publish_post)]
#[index(posted_on(desc))]
pub struct Post {
    /// The headline.
    #[column(max_length = 200)]
    pub title: String,
    /// One or two sentences for search engines and feeds.
    #[column(default)]
    pub description: String,
    /// The text, in Markdown.
    pub content: String,
    /// The start of the text; made from it when left empty.
    #[column(max_length = 500, default)]
    pub excerpt: String,
    /// The user whom it belongs to: of several authors the first.
    #[belongs_to(User, on_delete = protect)]
    pub author_id: Uuid,
    /// The names that it is signed with, with commas between them.
    #[column(default)]
    pub authors: String,
    /// The file it was imported from, relative to the imported folder.
    #[column(unique)]
    pub source_path: Option<String>,
    /// The day that the post carries.
    pub posted_on: NaiveDate,
}

impl Hooks for Post {
    fn before_save(&mut self, _event: WriteEvent) -> Result<()> {
        if self.excerpt.is_empty() {
            self.excerpt = excerpt_of(&self.content);
        }
        Ok(())
    }
}

/// The excerpt that a post with this content gets when it has none of its own.
///
/// ```
/// assert_eq!(examples::blog::excerpt_of("Short."), "Short.");
/// assert_eq!(examples::blog::excerpt_of(&"é".repeat(501)), "é".repeat(497) + "...");
/// ```
pub fn excerpt_of(content: &str) -> String {
    if content.chars().nth(EXCERPT_LENGTH).is_none() {
        return content.to_owned();
    }
    content.chars().take(EXCERPT_LENGTH - 3).chain("...".chars()).collect()
}
