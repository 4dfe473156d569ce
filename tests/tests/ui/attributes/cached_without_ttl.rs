use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[cached]
struct Post {
    title: String,
}

fn main() {}
