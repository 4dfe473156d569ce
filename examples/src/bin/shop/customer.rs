//! A new customer.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

/// The customer to add.
#[derive(Debug, Args)]
pub struct NewCustomer {
    /// The e-mail address
    email: String,

    /// The given name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    first_name: String,

    /// The family name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    last_name: String,
}

/// The customer that was added.
#[derive(Serialize)]
pub struct Added {
    email: String,
    name: String,
}

/// Adds a user who cannot sign in: they have no password.
pub async fn run(new: &NewCustomer, db: &Pool) -> anyhow::Result<Added> {
    let user = User::builder()
        .email(new.email.as_str())
        .first_name(new.first_name.as_str())
        .last_name(new.last_name.as_str())
        .build();
    let user = User::manager().create_user(user, None, db).await?;
    Ok(Added { name: user.get_full_name(), email: user.email })
}

impl Display for Added {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} is now a customer", self.email)
    }
}
