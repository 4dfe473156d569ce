use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[column(max_length = 200)]
    #[column(unique)]
    pub title: String,
}

fn main() {}
