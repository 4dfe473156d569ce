use model_runtime::prelude::*;

#[derive(Debug)]
pub struct User;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[belongs_to(User)]
    pub author_id: Uuid,
}

fn main() {}
