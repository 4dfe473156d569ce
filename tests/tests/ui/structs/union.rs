use model_runtime::prelude::*;

#[derive(Model)]
#[model(unchecked)]
pub union Post {
    pub id: i64,
    pub bits: f64,
}

fn main() {}
