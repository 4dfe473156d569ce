use model_runtime::prelude::*;

#[mixins(timestamps)]
#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub title: String,
}

fn main() {}
