use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[index(title(descending))]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

fn main() {}
