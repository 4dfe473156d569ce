//! The tables of the chapter on relations.

use model_runtime::prelude::*;
use model_runtime::schema;

/// Employs authors.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "publishers")]
pub struct Publisher {
    /// The name.
    pub name: String,
}

/// Whoever writes articles.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "article_authors")]
pub struct Author {
    /// The name.
    pub name: String,
    /// Who employs them, if anybody.
    #[belongs_to(Publisher, on_delete = set_null)]
    pub publisher_id: Option<Uuid>,
}

/// A part of the magazine, which can be closed.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "sections")]
#[soft_delete]
pub struct Section {
    /// The name.
    pub name: String,
}

/// Refers to all of them.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "articles")]
#[many_to_many(Tag, through = ArticleTag)]
pub struct Article {
    /// The headline.
    pub title: String,
    /// How long it is.
    #[column(default = 0)]
    pub words: i32,
    /// Who wrote it.
    #[belongs_to(Author, on_delete = protect, related_name = articles)]
    pub author_id: Uuid,
    /// Who edited it, if anybody.
    #[belongs_to(Author, on_delete = set_null, related_name = edited)]
    pub editor_id: Option<Uuid>,
    /// Where it stands.
    #[belongs_to(Section, on_delete = do_nothing)]
    pub section_id: Uuid,
}

/// What articles are about.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "tags")]
#[many_to_many(Article, through = ArticleTag)]
pub struct Tag {
    /// The name.
    #[column(unique)]
    pub name: String,
}

/// An article is about a tag.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "article_tags")]
#[audited]
#[unique(article_id, tag_id)]
pub struct ArticleTag {
    /// The article.
    #[belongs_to(Article, on_delete = cascade)]
    pub article_id: Uuid,
    /// The tag.
    #[belongs_to(Tag, on_delete = cascade)]
    pub tag_id: Uuid,
}

/// An SQLite database of two articles. Ada, whom Penguin employs, wrote "Boats", of 900 words, which Bo edited. Bo wrote
/// "Tides", of 400 words, in a section that is closed. "Boats" has the tags `sea` and `wood`.
///
/// # Errors
/// The database's.
pub async fn database() -> Result<Pool> {
    let db = Pool::connect("sqlite::memory:").await?;
    let tables = [
        Publisher::table(),
        Author::table(),
        Section::table(),
        Article::table(),
        Tag::table(),
        ArticleTag::table(),
        AuditLog::table(),
    ];
    schema::create_tables(&tables, &db).await?;
    let penguin = Publisher::builder().name("Penguin").create(&db).await?;
    let ada = Author::builder().name("Ada").publisher_id(penguin.id).create(&db).await?;
    let bo = Author::builder().name("Bo").create(&db).await?;
    let open = Section::builder().name("Crafts").create(&db).await?;
    let mut closed = Section::builder().name("Weather").create(&db).await?;
    let boats = Article::builder().title("Boats").words(900).author_id(ada.id).editor_id(bo.id);
    let boats = boats.section_id(open.id).create(&db).await?;
    Article::builder().title("Tides").words(400).author_id(bo.id).section_id(closed.id).create(&db).await?;
    closed.delete(&db).await?;
    let sea = Tag::builder().name("sea").create(&db).await?;
    let wood = Tag::builder().name("wood").create(&db).await?;
    boats.tags().add([&sea, &wood], &db).await?;
    Ok(db)
}
