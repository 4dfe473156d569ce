use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[cached(ttl = 0)]
struct Post {
    title: String,
}

fn main() {}
