use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[column(default = "none")]
    pub views: i32,
}

fn main() {}
