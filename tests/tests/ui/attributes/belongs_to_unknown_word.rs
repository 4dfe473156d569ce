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
    #[belongs_to(User, on_delete = protct)]
    pub author_id: Uuid,
}

fn main() {}
