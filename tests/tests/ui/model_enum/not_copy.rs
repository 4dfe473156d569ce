use model_runtime::prelude::*;

#[derive(Debug, ModelEnum)]
pub enum Color {
    Red,
}

fn main() {}
