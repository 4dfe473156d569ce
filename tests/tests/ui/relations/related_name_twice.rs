use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Author {}

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    #[belongs_to(Author, related_name = posts)]
    pub author_id: Uuid,
    #[belongs_to(Author, related_name = posts)]
    pub editor_id: Option<Uuid>,
}

fn main() {}
