use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color<const N: usize> {
    Red,
    Blue,
}

fn main() {}
