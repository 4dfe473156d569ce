use model_runtime::prelude::*;
use model_runtime::users::PasswordHash;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
#[audited]
pub struct Member {
    #[track(skip)]
    pub password: PasswordHash,
}

fn main() {}
