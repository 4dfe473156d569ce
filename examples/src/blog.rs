//! A blog: its posts, what they are filed under, and the users whom they belong to.

mod category;
mod featured_image;
mod loaded_post;
mod post;
mod tag;

use model_runtime::TableDef;
use model_runtime::prelude::*;
use model_runtime::users::{self, User};

pub use category::Category;
pub use loaded_post::LoadedPost;
pub use post::{CategoryPosts, Post, UserPosts, excerpt_of};
pub use tag::{PostTag, Tag};

/// The tables of the blog.
pub fn tables() -> Vec<&'static TableDef> {
    let blog = [User::table(), Category::table(), Post::table(), Tag::table(), PostTag::table()];
    users::tables().into_iter().chain(blog).chain([AuditLog::table()]).collect()
}

/// The models of which there are permissions.
pub fn guarded() -> [&'static TableDef; 2] {
    [User::table(), Post::table()]
}
