#[derive(Model)]
#[model(unchecked)]
#[searchable(title = A, content = B)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    #[column(name = "body")]
    pub content: Option<String>,
}
