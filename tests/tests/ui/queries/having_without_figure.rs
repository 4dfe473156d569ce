use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().group_by(|p| p.title).aggregate(|p| p.views.sum()).having(|p| p.views.gt(1)).fetch_all(db).await?;
    Ok(())
}

fn main() {}
