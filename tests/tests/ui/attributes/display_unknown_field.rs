use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked, display = titel)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

fn main() {}
