use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
pub enum Email {
    Some(String),
}

fn main() {}
