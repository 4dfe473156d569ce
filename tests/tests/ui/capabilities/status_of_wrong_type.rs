use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[publishable]
pub struct Post {
    pub id: Uuid,
    pub status: String,
    pub published_at: Option<DateTime<Utc>>,
}

fn main() {}
