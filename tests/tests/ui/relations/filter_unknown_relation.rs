use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked, id = i64)]
pub struct Author {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
    #[belongs_to(Author, on_delete = protect)]
    pub author_id: i64,
    #[belongs_to(Author, on_delete = set_null)]
    pub editor_id: Option<i64>,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().filter(|p| p.auther().name.eq("Ada")).count(db).await?;
    Ok(())
}

fn main() {}
