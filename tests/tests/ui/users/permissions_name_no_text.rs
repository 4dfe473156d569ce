use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[permissions(publish_post = publishing)]
pub struct Post {
    pub title: String,
}

fn main() {}
