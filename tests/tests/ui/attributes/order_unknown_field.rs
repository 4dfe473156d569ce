use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(order = "-titel, id", unchecked)]
struct Post {
    title: String,
}

fn main() {}
