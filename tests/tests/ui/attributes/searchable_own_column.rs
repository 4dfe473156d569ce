use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[searchable(title = A)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
    pub password: String,
    pub search_vector: String,
}

fn main() {}
