use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
    #[column(name = "title")]
    pub name: String,
}

fn main() {}
