use model_runtime::prelude::*;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(unchecked)]
#[versioned]
struct Contract {
    id: Uuid,
    title: String,
    version: i32,
}

fn main() {}
