use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color {}

fn main() {}
