use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[cached(tll = 60)]
struct Post {
    title: String,
}

fn main() {}
