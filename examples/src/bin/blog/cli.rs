//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand};

use crate::audit::Trail;
use crate::feature::Picture;
use crate::history::Of;
use crate::list::Filter;
use crate::schema::Dialect;
use crate::show::Page;
use crate::transition::Transition;
use crate::user;

/// A blog in one SQLite or PostgreSQL database.
///
/// Without a command: walk through the life of a post on the samples that the program ships, in a fresh database.
#[derive(Debug, Parser)]
#[command(name = "blog", version)]
pub struct Cli {
    /// `sqlite://FILE` or `postgres://…`; a SQLite file under `target/` when left out
    #[arg(long, global = true, value_name = "URL", env = "BLOG_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Print JSON instead of tables
    #[arg(long, global = true)]
    pub json: bool,

    /// Who writes, for the audit trail; the user of the operating system when left out
    #[arg(long, global = true, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub actor: Option<String>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import the Markdown files below a folder; a second import writes only what changed
    Import {
        /// The folder; files named `_index.md` in it are skipped
        dir: PathBuf,
    },
    /// List posts
    List(Filter),
    /// Show one post
    Show(Page),
    /// Set or remove the picture that a post is shown with
    Feature(Picture),
    #[command(flatten)]
    Transition(Transition),
    /// Show what was changed of a post, newest first
    History(Of),
    /// Show who did what, newest first
    Audit(Trail),
    /// Make users, list them, and say what they may do
    #[command(subcommand)]
    User(user::Command),
    /// Count posts and users
    Stats,
    /// Print the tables as SQL
    Schema {
        /// The database to print it for
        #[arg(long, value_enum, default_value_t = Dialect::Sqlite)]
        dialect: Dialect,
    },
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Cli;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bad_values_are_refused() {
        for arguments in [
            &["blog", "list", "--page", "0"][..],
            &["blog", "list", "--per-page", "0"],
            &["blog", "list", "--order", "colour"],
            &["blog", "list", "--status", "lost"],
            &["blog", "list", "--recent", "4000000000"],
            &["blog", "publish"],
            &["blog", "feature", "x"],
            &["blog", "feature", "x", "y.png", "--remove"],
            &["blog", "publish", "x", "--actor", ""],
            &["blog", "history"],
            &["blog", "history", "x", "--field", "colour"],
            &["blog", "audit", "--action", "explode"],
            &["blog", "audit", "--model", "comment"],
            &["blog", "audit", "--field", "updated_at"],
            &["blog", "audit", "--recent", "0"],
            &["blog", "audit", "--page", "0"],
            &["blog", "audit", "--counts", "--page", "1"],
            &["blog", "schema", "--dialect", "mysql"],
            &["blog", "user"],
            &["blog", "user", "create"],
            &["blog", "user", "create", "jane@example.com", "a password"],
            &["blog", "user", "create", "jane@example.com", "--password", "a password"],
            &["blog", "user", "passwd", "jane@example.com", "a password"],
            &["blog", "user", "grant", "jane@example.com"],
            &["blog", "user", "grant", "jane@example.com", "--group", ""],
            &["blog", "user", "list", "--page", "0"],
        ] {
            assert!(Cli::try_parse_from(arguments).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn an_order_may_start_with_a_dash() {
        assert!(Cli::try_parse_from(["blog", "list", "--order", "-title"]).is_ok());
    }
}
