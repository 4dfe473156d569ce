use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[permissions(move, publish_post)]
pub struct Post {
    pub title: String,
}

fn main() {}
