use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub struct Color(i32);

fn main() {}
