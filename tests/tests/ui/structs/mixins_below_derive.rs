use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[mixins]
#[model(unchecked)]
pub struct Post {
    pub title: String,
}

fn main() {}
