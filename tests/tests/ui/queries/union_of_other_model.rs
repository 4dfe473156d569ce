use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Author {}

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().union(Author::objects()).count(db).await?;
    Ok(())
}

fn main() {}
