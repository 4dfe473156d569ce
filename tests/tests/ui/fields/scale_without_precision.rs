use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[column(scale = 2)]
    pub price: Decimal,
}

fn main() {}
