use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color<T> {
    Red,
    Blue,
}

fn main() {}
