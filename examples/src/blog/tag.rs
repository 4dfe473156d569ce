//! What posts are about.

use model_runtime::prelude::*;

use super::Post;

/// A word for what posts are about.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "tags", app = "blog", display = name)]
#[timestamps]
#[seo(slug = name)]
#[audited]
#[many_to_many(Post, through = PostTag)]
pub struct Tag {
    /// The word.
    #[column(max_length = 50, unique)]
    pub name: String,
}

/// A post has a tag.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "post_tags", app = "blog")]
#[audited]
#[unique(post_id, tag_id)]
pub struct PostTag {
    /// The post.
    #[belongs_to(Post, on_delete = cascade)]
    pub post_id: Uuid,
    /// The tag.
    #[belongs_to(Tag, on_delete = cascade)]
    pub tag_id: Uuid,
}
