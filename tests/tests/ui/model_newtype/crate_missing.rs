use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
#[newtype(crate = ::runtime)]
pub struct Email(String);

fn main() {}
