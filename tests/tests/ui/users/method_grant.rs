use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

pub async fn uses(post: &mut Post, db: &Pool) -> Result<()> {
    post.grant(&["blog.publish_post"], db).await?;
    Ok(())
}

fn main() {}
