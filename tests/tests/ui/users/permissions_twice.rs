use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[permissions(publish_post, feature_post, publish_post = "Can publish posts")]
pub struct Post {
    pub title: String,
}

fn main() {}
