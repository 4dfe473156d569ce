use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[audited]
struct Post {
    #[track(masked)]
    title: String,
    #[track]
    content: String,
}

fn main() {}
