use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct User {
    pub id: Uuid,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[belongs_to(User)]
    pub author_id: i64,
}

fn main() {}
