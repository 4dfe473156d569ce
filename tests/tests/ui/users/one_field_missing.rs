use model_runtime::files::StoredFile;
use model_runtime::prelude::*;
use model_runtime::users::PasswordHash;

#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
pub struct Member {
    pub id: Uuid,
    pub username: Option<String>,
    pub email: String,
    pub password: PasswordHash,
    pub first_name: String,
    pub last_name: String,
    pub phone_number: String,
    pub avatar: Option<StoredFile>,
    pub bio: String,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    pub verified_at: Option<DateTime<Utc>>,
    pub last_login_at: Option<DateTime<Utc>>,
}

fn main() {}
