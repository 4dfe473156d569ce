use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
pub struct Member {}

fn main() {
    Member::builder().email("jane@example.com").password("a boat on the Lek").build();
}
