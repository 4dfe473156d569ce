use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

pub async fn uses() -> Result<()> {
    Post::objects().fetch_all("sqlite::memory:").await?;
    Ok(())
}

fn main() {}
