use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
}

pub async fn uses() -> Result<()> {
    let _ = Post::builder().views(1).build();
    Ok(())
}

fn main() {}
