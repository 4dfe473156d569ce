use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Tag {
    pub id: Uuid,
    pub name: String,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().filter(|_| Tag::COLUMNS.name.eq("x")).count(db).await?;
    Ok(())
}

fn main() {}
