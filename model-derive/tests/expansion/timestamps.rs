#[derive(Model)]
#[model(unchecked)]
#[timestamps]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
