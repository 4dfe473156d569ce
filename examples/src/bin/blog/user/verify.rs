//! An e-mail address that is verified by hand.

use std::fmt::{self, Display, Formatter};

use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

use super::user_view::UserView;

/// What came of it.
#[derive(Serialize)]
pub struct Verified {
    /// Whether anything was written: a verified address is not verified again.
    changed: bool,
    user: UserView,
}

/// Marks the e-mail address as verified.
pub async fn run(mut user: User, db: &Pool) -> anyhow::Result<Verified> {
    let changed = user.verify_email(db).await?;
    Ok(Verified { changed, user: UserView::from(&user) })
}

impl Display for Verified {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let email = &self.user.email;
        match self.changed {
            true => write!(f, "{email} is now verified"),
            false => write!(f, "{email} was verified already: nothing changed"),
        }
    }
}
