use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(append_only, unchecked)]
#[soft_delete]
struct Post {
    title: String,
}

fn main() {}
