use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

pub async fn uses(post: &Post, db: &Pool) -> Result<()> {
    Post::get_cached(post.id, db).await?;
    Ok(())
}

fn main() {}
