//! Posts with the rows that they refer to.

use model_runtime::prelude::*;
use model_runtime::users::User;

use super::{Category, Post, Tag};

/// A post with its author, its category and its tags.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedPost {
    /// The post.
    pub post: Post,
    /// Whom it belongs to.
    pub author: User,
    /// What it is filed under.
    pub category: Option<Category>,
    /// What it is about, by name.
    pub tags: Vec<Tag>,
}

impl LoadedPost {
    /// Reads posts in two statements, however many they are.
    ///
    /// # Errors
    /// The database's.
    pub async fn fetch_all(posts: QuerySet<Post>, db: &Pool) -> Result<Vec<Self>> {
        let posts = posts
            .select_related(|p| (p.author(), p.category()))
            .prefetch_many(Post::TAGS, Tag::objects().order_by(|tag| tag.name.asc()));
        let loaded = posts.fetch_all(db).await?.into_iter();
        Ok(loaded.map(|((post, (author, category)), tags)| Self { post, author, category, tags }).collect())
    }
}
