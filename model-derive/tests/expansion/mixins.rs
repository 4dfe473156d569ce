#[mixins]
#[derive(Debug, Model)]
#[model(unchecked, id = i64)]
#[timestamps]
#[soft_delete]
pub struct Task {
    #[column(unique)]
    pub title: String,
    /// Listed by hand, with a comment of its own.
    pub deleted_at: Option<DateTime<Utc>>,
}
