use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[belongs_to]
    pub author_id: Uuid,
}

fn main() {}
