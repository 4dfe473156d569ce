use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
#[newtype(krate = model_runtime)]
pub struct Email(String);

fn main() {}
