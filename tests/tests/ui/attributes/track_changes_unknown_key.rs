use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[track_changes(keeps = 10)]
#[audited(require_actors)]
struct Post {
    title: String,
}

fn main() {}
