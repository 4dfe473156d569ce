#[derive(Model)]
#[model(unchecked)]
#[soft_delete(column = removed_at)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub removed_at: Option<DateTime<Utc>>,
}
