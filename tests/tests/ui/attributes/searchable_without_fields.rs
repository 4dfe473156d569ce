use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[searchable(language = "german")]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    pub views: i32,
    pub password: String,
}

fn main() {}
