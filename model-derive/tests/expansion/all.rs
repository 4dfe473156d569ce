/// A blog post: thirteen fields, every capability, checked.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "posts", app = "blog", display = title, hooks)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title)]
#[track_changes(keep = 100)]
#[audited]
pub struct Post {
    /// The key.
    pub id: Uuid,
    /// The title.
    #[column(max_length = 200)]
    pub title: String,
    /// Who wrote it.
    #[belongs_to(User, on_delete = protect)]
    pub author_id: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last written.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: PublishStatus,
    /// When it was last published.
    pub published_at: Option<DateTime<Utc>>,
    /// Its name in URLs.
    pub slug: String,
    /// Its title for search engines.
    pub seo_title: String,
    /// Its description for search engines.
    pub seo_description: String,
    /// Its keywords for search engines.
    pub seo_keywords: String,
    /// What was changed.
    pub change_log: ChangeLog,
}
