use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[column(max_length = 200, max_length = 100)]
    pub title: String,
}

fn main() {}
