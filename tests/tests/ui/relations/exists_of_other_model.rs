use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[many_to_many(Tag, through = PostTag)]
pub struct Post {}

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Tag {}

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct PostTag {
    #[belongs_to(Post, on_delete = cascade)]
    pub post_id: Uuid,
    #[belongs_to(Tag, on_delete = cascade)]
    pub tag_id: Uuid,
}

pub async fn uses(db: &Pool) -> Result<()> {
    Post::objects().filter(|_| Post::TAGS.exists(PostTag::objects())).count(db).await?;
    Tag::objects().filter(|_| Post::TAGS.exists(Tag::objects())).count(db).await?;
    Ok(())
}

fn main() {}
