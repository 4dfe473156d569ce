use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
pub struct Member {
    pub username: String,
    pub email: Option<String>,
    pub password: String,
    pub is_active: i32,
    pub verified_at: DateTime<Utc>,
    pub avatar: Option<String>,
}

fn main() {}
