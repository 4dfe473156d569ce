use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Author {}

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    #[belongs_to(Author, related_nam = posts)]
    pub author_id: Uuid,
}

fn main() {}
