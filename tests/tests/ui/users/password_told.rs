use model_runtime::prelude::*;
use model_runtime::users::PasswordHash;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
#[track_changes]
pub struct Member {
    #[track(full)]
    pub password: PasswordHash,
}

fn main() {}
