use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[permissions]
pub struct Post {
    pub title: String,
}

fn main() {}
