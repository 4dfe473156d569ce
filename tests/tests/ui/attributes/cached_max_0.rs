use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[cached(ttl = 60, max = 0)]
struct Post {
    title: String,
}

fn main() {}
