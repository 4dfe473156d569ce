use model_runtime::prelude::*;

#[derive(Debug)]
pub enum Color {
    Red,
    Blue,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub color: Color,
}

fn main() {}
