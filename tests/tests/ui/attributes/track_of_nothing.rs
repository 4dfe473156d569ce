use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
struct Post {
    #[track(skip)]
    title: String,
}

fn main() {}
