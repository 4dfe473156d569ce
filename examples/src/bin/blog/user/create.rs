//! A new user.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use model_runtime::prelude::*;
use model_runtime::users::User;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::password;
use super::user_view::UserView;

/// The user to make.
#[derive(Debug, Args)]
pub struct New {
    /// The e-mail address, by which they sign in
    email: String,

    /// The given name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    first_name: String,

    /// The family name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    last_name: String,

    /// The name to be called by; imported posts that are signed with it belong to this user
    #[arg(long, value_name = "NAME")]
    username: Option<String>,

    /// Give them every permission
    #[arg(long)]
    superuser: bool,

    /// Set no password, so that nobody can sign in as them until there is one
    #[arg(long)]
    no_password: bool,
}

/// The user that was made.
#[derive(Serialize)]
pub struct Created {
    user: UserView,
}

/// Makes the user.
pub async fn run(new: &New, db: &Pool) -> anyhow::Result<Created> {
    let password = if new.no_password { None } else { Some(password::read()?) };
    let password = password.as_ref().map(ExposeSecret::expose_secret);
    let user = if new.superuser { User::superuser() } else { User::builder() };
    let user = user
        .email(new.email.as_str())
        .username(new.username.clone())
        .first_name(new.first_name.as_str())
        .last_name(new.last_name.as_str())
        .build();
    let users = User::manager();
    let user = match new.superuser {
        true => users.create_superuser(user, password, db).await?,
        false => users.create_user(user, password, db).await?,
    };
    Ok(Created { user: UserView::from(&user) })
}

impl Display for Created {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let what = if self.user.is_superuser { "superuser" } else { "user" };
        write!(f, "{} is now a {what}", self.user.email)
    }
}
