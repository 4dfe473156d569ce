use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

async fn uses(post: &mut Post, db: &Pool) -> Result<()> {
    post.publish(db).await?;
    post.delete(db).await?;
    Post::objects().deleted().published().recent(7).slug("x").fetch_all(db).await?;
    Ok(())
}

fn main() {}
