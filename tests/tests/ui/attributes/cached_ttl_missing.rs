use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[cached(max = 100)]
struct Post {
    title: String,
}

fn main() {}
