use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
pub struct Email {
    address: String,
}

fn main() {}
