use model_runtime::prelude::*;

#[derive(Debug, ModelNewtype)]
pub struct Price(Decimal);

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub price: Price,
}

fn main() {}
