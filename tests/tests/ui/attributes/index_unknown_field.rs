use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[index(titel, id)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

fn main() {}
