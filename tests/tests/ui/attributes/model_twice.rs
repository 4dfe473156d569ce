use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(table = "posts")]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
}

fn main() {}
