use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[track_changes(keep = 0)]
struct Post {
    title: String,
}

fn main() {}
