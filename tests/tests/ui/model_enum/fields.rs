use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color {
    Red,
    Other(i32),
}

fn main() {}
