use model_runtime::exists;
use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Author {}

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    #[belongs_to(Author, on_delete = protect)]
    pub author_id: Uuid,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Author::objects().filter(|a| exists(Post::objects(), |_| a.id)).count(db).await?;
    Ok(())
}

fn main() {}
