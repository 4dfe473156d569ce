use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

pub async fn uses(transaction: model_runtime::Transaction<'_>) -> Result<()> {
    Post::objects().count(transaction).await?;
    Ok(())
}

fn main() {}
