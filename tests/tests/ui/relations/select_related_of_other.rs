use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Author {
    pub id: Uuid,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Comment {
    pub id: Uuid,
    #[belongs_to(Author, on_delete = protect)]
    pub author_id: Uuid,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().select_related(|_| Comment::COLUMNS.author()).fetch_all(db).await?;
    Ok(())
}

fn main() {}
