use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: String,
    pub title: String,
}

fn main() {}
