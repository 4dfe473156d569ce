use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user(login = username)]
pub struct Member {}

fn main() {}
