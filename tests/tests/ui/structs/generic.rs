use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post<T> {
    pub id: Uuid,
    pub title: T,
}

fn main() {}
