use model_runtime::prelude::*;

#[derive(Debug, Clone, Copy, ModelEnum)]
pub enum Color {
    Red,
    Blue,
}

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[column(default)]
    pub color: Color,
}

fn main() {}
