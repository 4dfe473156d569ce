//! The tables: the post of 16 columns with a change log and an audit trail, and a draft that is audited alone.

use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::schema;

/// A post whose writes are logged in the row and audited.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "articles", label = "benches.article", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[track_changes(keep = 100)]
#[audited]
pub struct Article {
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
}

/// The same, audited alone.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "drafts", label = "benches.draft", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[audited]
pub struct Draft {
    /// The headline.
    #[column(max_length = 200)]
    pub title: String,
    /// The text, of 400 characters.
    pub content: String,
    /// How often it was read.
    pub views_count: i32,
}

/// The editor in whose name both sides write.
pub fn editor() -> AuditContext {
    AuditContext::default()
        .actor(7, "editor@example.com")
        .ip_address([10, 0, 0, 1])
        .user_agent("benches")
        .request_id("r-1")
}

/// Makes the tables.
pub async fn create_tables(pool: &Pool) -> Result<()> {
    schema::create_tables(&[Article::table(), Draft::table(), AuditLog::table()], pool).await
}

/// The text of a post.
pub fn content(n: u64) -> String {
    "A benchmark wants text that looks like text, so here are some words. "
        .chars()
        .cycle()
        .skip((n % 50) as usize)
        .take(400)
        .collect()
}

/// The article number `n`.
pub fn article(n: u64) -> Article {
    let content = content(n);
    Article::builder()
        .title(format!("How the article number {n} came to be"))
        .slug(format!("how-the-article-{}", Uuid::now_v7().simple()))
        .excerpt(&content[..120])
        .content(content)
        .author_id(Uuid::from_u128(u128::from(n % 100)))
        .category_id(Some(Uuid::from_u128(u128::from(n % 10))))
        .views_count((n % 5000) as i32)
        .featured(n.is_multiple_of(7))
        .rating((n % 50) as f64 / 10.0)
        .build()
}

/// The draft number `n`.
pub fn draft(n: u64) -> Draft {
    Draft::builder()
        .title(format!("How the draft number {n} came to be"))
        .content(content(n))
        .views_count((n % 5000) as i32)
        .build()
}
