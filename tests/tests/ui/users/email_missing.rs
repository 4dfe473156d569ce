use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
pub struct Member {}

fn main() {
    Member::superuser().build();
}
