use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[cached(ttl = 60)]
pub struct Post {
    pub title: String,
}

pub async fn uses(post: &Post, db: &Pool) -> Result<()> {
    let mut transaction = db.begin().await?;
    Post::get_cached(post.id, &mut transaction).await?;
    Ok(())
}

fn main() {}
