#[derive(Model)]
#[model(unchecked)]
#[publishable]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub status: PublishStatus,
    pub published_at: Option<DateTime<Utc>>,
}
