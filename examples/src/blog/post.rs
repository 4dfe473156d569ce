//! A post.

use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::{Db, UpdateIf};

use super::{Category, PostTag, Tag};

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
#[many_to_many(Tag, through = PostTag)]
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
    #[belongs_to(User, on_delete = protect, related_name = posts)]
    pub author_id: Uuid,
    /// The names that it is signed with, with commas between them.
    #[column(default)]
    pub authors: String,
    /// What it is filed under.
    #[belongs_to(Category, on_delete = set_null, related_name = posts)]
    pub category_id: Option<Uuid>,
    /// The picture that it is shown with, in a store of files. [`Post::set_featured_image`] writes both.
    pub featured_image: Option<StoredFile>,
    /// How often it was looked at. [`Post::increment_views`] counts, and readers are no editors: records leave it out.
    #[column(default = 0, check = "views_count >= 0")]
    #[track(skip)]
    pub views_count: i32,
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

impl Post {
    /// Counts a view, in the database, so that views at the same time all count. Returns `false` where the post is deleted.
    /// The struct then holds what the row holds.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the post is gone.
    pub fn increment_views<'c, 'm>(
        &'m mut self,
        db: impl Db<'c, UpdateIf<'m, Self>, Out = bool>,
    ) -> impl Future<Output = Result<bool>> + Send {
        self.update_if(|p| p.deleted_at.is_null(), |p| p.views_count.set(p.views_count + 1), db)
    }

    /// Where the post is on the blog's site: `/blog/lighting-the-oven/`.
    pub fn absolute_url(&self) -> String {
        format!("/blog/{}/", self.slug)
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
