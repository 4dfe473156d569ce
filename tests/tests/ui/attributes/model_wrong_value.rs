use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked, table = posts)]
pub struct Post {
    pub id: Uuid,
}

fn main() {}
