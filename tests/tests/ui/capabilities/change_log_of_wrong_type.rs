use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[track_changes]
struct Post {
    id: Uuid,
    title: String,
    change_log: serde_json::Value,
}

fn main() {}
