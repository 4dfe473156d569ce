use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model]
pub struct Post {
    pub id: Uuid,
}

fn main() {}
