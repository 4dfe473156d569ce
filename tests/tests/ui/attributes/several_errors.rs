use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked, tabel = "posts", display = titel)]
#[soft_delete]
#[index(titel)]
pub struct Post {
    pub id: Uuid,
    #[column(max_lenght = 200)]
    pub title: String,
}

fn main() {}
