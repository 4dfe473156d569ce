//! Users: making them, their passwords, and what they may do.

mod create;
pub mod grant;
mod list;
mod passwd;
mod password;
mod user_view;
mod verify;

use clap::{Args, Subcommand};
use model_runtime::prelude::*;
use model_runtime::users::User;

use crate::{find, output};

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a user; the password is asked for, or is the first line of standard input
    Create(create::New),
    /// Mark a user's e-mail address as verified
    Verify(Target),
    /// Set a user's password, which ends all of their sessions; it is asked for as by `create`
    Passwd(Target),
    /// List users
    List(list::Filter),
    /// Give a user permissions, directly or through a group
    Grant(grant::Grant),
}

/// The user to change.
#[derive(Debug, Args)]
pub struct Target {
    /// The e-mail address of the user
    email: String,
}

impl Target {
    async fn find(&self, db: &Pool) -> anyhow::Result<User> {
        find::user(&self.email, db).await
    }
}

/// Does it, and prints what came of it.
pub async fn run(command: &Command, db: &Pool, json: bool) -> anyhow::Result<()> {
    match command {
        Command::Create(new) => output::print(&create::run(new, db).await?, json),
        Command::Verify(target) => output::print(&verify::run(target.find(db).await?, db).await?, json),
        Command::Passwd(target) => output::print(&passwd::run(target.find(db).await?, db).await?, json),
        Command::List(filter) => output::print(&list::run(filter, db).await?, json),
        Command::Grant(grant) => output::print(&grant::run(grant, db).await?, json),
    }
}
