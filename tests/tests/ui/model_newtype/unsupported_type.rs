use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
pub struct Views(u64);

fn main() {}
