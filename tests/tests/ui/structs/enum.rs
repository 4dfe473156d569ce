use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub enum Post {
    Draft,
    Published,
}

fn main() {}
