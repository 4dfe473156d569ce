use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked, id = i64)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

fn main() {}
