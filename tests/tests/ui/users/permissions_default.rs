use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[permissions(publish_post, delete_post, view_post = "Can look at posts")]
pub struct Post {
    pub title: String,
}

fn main() {}
