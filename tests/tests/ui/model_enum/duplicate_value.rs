use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color {
    Red,
    #[choice(value = "red")]
    Crimson,
}

fn main() {}
