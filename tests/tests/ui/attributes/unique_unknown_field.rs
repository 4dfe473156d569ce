use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[unique(author, title)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

fn main() {}
