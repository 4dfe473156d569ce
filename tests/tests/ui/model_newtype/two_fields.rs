use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
pub struct Email(String, bool);

fn main() {}
