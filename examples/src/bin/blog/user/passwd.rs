//! Another password.

use std::fmt::{self, Display, Formatter};

use model_runtime::prelude::*;
use model_runtime::users::User;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::password;
use super::user_view::UserView;

/// Whose password was set.
#[derive(Serialize)]
pub struct Set {
    user: UserView,
}

/// Asks for the password and sets it.
pub async fn run(mut user: User, db: &Pool) -> anyhow::Result<Set> {
    let password = password::read()?;
    User::manager().set_password(&mut user, password.expose_secret(), db).await?;
    Ok(Set { user: UserView::from(&user) })
}

impl Display for Set {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} has a new password", self.user.email)
    }
}
