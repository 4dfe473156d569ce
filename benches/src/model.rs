//! The tables of all cases, as models. Every side works on what `schema::create_tables` makes of them.

use harness::{Draft as NewPost, LogEntry, SmallDraft};
use model_runtime::prelude::*;
use model_runtime::schema;

/// Who wrote a post.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "authors", display = name, unchecked)]
pub struct Author {
    /// The name.
    #[column(max_length = 200)]
    pub name: String,
    /// The address.
    #[column(max_length = 200)]
    pub email: String,
}

/// A post: 16 columns, as those of a blog have them.
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
    #[belongs_to(Author, on_delete = protect)]
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

/// The same, with a change log that writes itself and an audit trail.
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
    #[belongs_to(Author, on_delete = protect)]
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

/// A small row that is audited alone.
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

/// What is sold.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "products", display = name, unchecked)]
pub struct Product {
    /// The name.
    #[column(max_length = 200)]
    pub name: String,
    /// Pieces that are there.
    #[column(check = "stock >= 0")]
    pub stock: i32,
}

/// Makes the tables.
pub async fn create_tables(pool: &Pool) -> Result<()> {
    let tables = [
        Author::table(),
        Post::table(),
        Article::table(),
        Draft::table(),
        Product::table(),
        AuditLog::table(),
    ];
    schema::create_tables(&tables, pool).await
}

/// The builder of a post or an article. Its type names every field, so that a function could not return it.
macro_rules! builder {
    ($Model:ident, $new:expr) => {
        $Model::builder()
            .title($new.title)
            .slug($new.slug)
            .content($new.content)
            .excerpt($new.excerpt)
            .author_id($new.author_id)
            .category_id($new.category_id)
            .views_count($new.views_count)
            .featured($new.featured)
            .rating($new.rating)
    };
}

/// A post that is not written yet.
pub fn post(new: NewPost) -> Post {
    let change_log = new.change_log;
    builder!(Post, new).change_log(change_log).build()
}

/// An article that is not written yet.
pub fn article(new: NewPost) -> Article {
    builder!(Article, new).build()
}

/// A draft that is not written yet.
pub fn draft(new: SmallDraft) -> Draft {
    Draft::builder().title(new.title).content(new.content).views_count(new.views_count).build()
}
