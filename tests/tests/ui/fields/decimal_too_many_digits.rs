use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    #[column(precision = 20, scale = 2)]
    pub price: Decimal,
}

fn main() {}
