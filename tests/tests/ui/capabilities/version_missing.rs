use model_runtime::prelude::*;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(unchecked)]
#[versioned]
struct Contract {
    id: Uuid,
    title: String,
}

fn main() {}
