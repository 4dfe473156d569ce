//! What posts are filed under.

use model_runtime::prelude::*;

/// A part of the blog.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "categories", app = "blog", display = name)]
#[timestamps]
#[seo(slug = name)]
#[audited]
pub struct Category {
    /// The name.
    #[column(max_length = 100, unique)]
    pub name: String,
    /// What it is about.
    #[column(default)]
    pub description: String,
}
