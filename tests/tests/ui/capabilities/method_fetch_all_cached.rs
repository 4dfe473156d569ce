use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().limit(20).fetch_all_cached(db).await?;
    Ok(())
}

fn main() {}
