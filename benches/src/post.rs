//! The table of all cases, as a model: 16 columns, as a blog's post has them.

use model_runtime::prelude::*;
use serde::{Deserialize, Serialize};

/// A post. Its schema is what `schema::create_tables` makes of it, for both sides.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "posts", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
pub struct Post {
    /// The headline.
    #[column(max_length = 200)]
    pub title: String,
    /// The name in URLs.
    #[column(max_length = 255, unique)]
    pub slug: String,
    /// The text, of 400 characters.
    pub content: String,
    /// The start of the text.
    #[column(max_length = 500)]
    pub excerpt: String,
    /// Who wrote it.
    pub author_id: Uuid,
    /// Where it belongs.
    pub category_id: Option<Uuid>,
    /// How often it was read.
    pub views_count: i32,
    /// Whether it stands on the front page.
    pub featured: bool,
    /// What readers think of it.
    pub rating: f64,
    /// What was changed.
    pub change_log: Json<Vec<LogEntry>>,
}

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

/// What an application knows of a post before it is written.
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

/// The builder with all that a draft holds. Its type names every field, so that a function could not return it.
macro_rules! builder {
    ($draft:expr) => {
        Post::builder()
            .title($draft.title)
            .slug($draft.slug)
            .content($draft.content)
            .excerpt($draft.excerpt)
            .author_id($draft.author_id)
            .category_id($draft.category_id)
            .views_count($draft.views_count)
            .featured($draft.featured)
            .rating($draft.rating)
            .change_log($draft.change_log)
    };
}

impl Draft {
    /// The post number `n`; no two have a slug in common.
    pub fn new(n: u64) -> Self {
        let sentence = "A benchmark wants text that looks like text, so here are some words. ";
        let content: String = sentence.chars().cycle().skip((n % 50) as usize).take(400).collect();
        let author_id = Uuid::from_u128(u128::from(n % 100));
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

    /// The same as a row of the model.
    pub fn build(self) -> Post {
        builder!(self).build()
    }

    /// Writes it by the model.
    pub async fn create(self, pool: &Pool) -> Result<Post> {
        builder!(self).create(pool).await
    }
}
