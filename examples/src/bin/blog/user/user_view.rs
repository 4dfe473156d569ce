//! A user as the program prints it.

use chrono::{DateTime, Utc};
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

/// A user in the shape of the JSON output. Nothing of the password is in it.
#[derive(Debug, Serialize)]
pub struct UserView {
    id: String,
    pub email: String,
    username: Option<String>,
    pub name: String,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    verified_at: Option<DateTime<Utc>>,
    pub last_login_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.clone(),
            username: user.username.clone(),
            name: user.get_full_name(),
            is_active: user.is_active,
            is_staff: user.is_staff,
            is_superuser: user.is_superuser,
            is_verified: user.is_verified,
            verified_at: user.verified_at,
            last_login_at: user.last_login_at,
            created_at: user.created_at,
        }
    }
}
