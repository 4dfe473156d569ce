//! What a user may do.

use std::fmt::{self, Display, Formatter};

use anyhow::bail;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use examples::blog;
use model_runtime::Transaction;
use model_runtime::prelude::*;
use model_runtime::users::{self, Group, Permission, User};
use serde::Serialize;

use super::user_view::UserView;
use crate::find;

/// The user, and what to give them.
#[derive(Debug, Args)]
pub struct Grant {
    /// The e-mail address of the user
    email: String,

    /// Permissions such as `blog.publish_post`
    #[arg(value_name = "PERMISSION", required_unless_present = "group")]
    permissions: Vec<String>,

    /// Put the user into this group, which is made where there is none, and give the permissions to the group
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    group: Option<String>,
}

/// What the user may do now.
#[derive(Serialize)]
pub struct Granted {
    /// Whether anything was written.
    changed: bool,
    user: UserView,
    /// Directly or through groups. Of a superuser it is empty: they may do all.
    permissions: Vec<String>,
}

/// Gives it.
pub async fn run(grant: &Grant, db: &Pool) -> anyhow::Result<Granted> {
    let user = find::user(&grant.email, db).await?;
    let permissions: Vec<&str> = grant.permissions.iter().map(String::as_str).collect();
    to(&user, grant.group.as_deref(), &permissions, db).await
}

/// Gives a user permissions: directly, or those of a group. All or nothing.
pub async fn to(
    user: &User,
    group: Option<&str>,
    permissions: &[&str],
    db: &Pool,
) -> anyhow::Result<Granted> {
    let mut transaction = db.begin().await?;
    users::sync_permissions(&blog::guarded(), &mut transaction).await?;
    refuse_unknown(permissions, &mut transaction).await?;
    let written = match group {
        Some(name) => through(name, user, permissions, &mut transaction).await?,
        None => user.grant(permissions, &mut transaction).await?,
    };
    let has = user.permissions(&mut transaction).await?;
    transaction.commit().await?;
    let permissions = has.codes().map(str::to_owned).collect();
    Ok(Granted { changed: written > 0, user: UserView::from(user), permissions })
}

/// Says which permissions there are, where one is none of them.
async fn refuse_unknown(permissions: &[&str], db: &mut Transaction<'_>) -> anyhow::Result<()> {
    let known = Permission::objects().values(|permission| permission.code).fetch_all(db).await?;
    let is_unknown = |permission: &&&str| known.iter().all(|known| known != **permission);
    let unknown: Vec<String> = permissions.iter().filter(is_unknown).map(|it| format!("`{it}`")).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    bail!("there is no permission {}; there are {}", unknown.join(" or "), known.join(", "));
}

/// Gives permissions to the group, and puts the user into it. Returns how much was written.
async fn through(name: &str, user: &User, permissions: &[&str], db: &mut Transaction<'_>) -> Result<u64> {
    let found = Group::objects().filter(|group| group.name.eq(name)).first(&mut *db).await?;
    let group = match found {
        Some(group) => group,
        None => Group::builder().name(name).create(&mut *db).await?,
    };
    Ok(group.grant(permissions, &mut *db).await? + user.join(&[&group], db).await?)
}

impl Display for Granted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { changed, user: UserView { email, .. }, permissions } = self;
        if !changed {
            return write!(f, "{email} had that already: nothing changed");
        }
        let may = match (self.user.is_active, self.user.is_superuser) {
            (false, _) => "nothing, since they are not active".to_owned(),
            (true, true) => "everything, as a superuser".to_owned(),
            (true, false) if permissions.is_empty() => "nothing".to_owned(),
            (true, false) => permissions.join(", "),
        };
        write!(f, "{email} has now: {may}")
    }
}
