//! A blog in one SQLite or PostgreSQL database.
//!
//! Without a subcommand it walks through the life of a post on a fresh database; `blog --help` lists the rest.

mod audit;
mod authors;
mod cli;
mod document;
mod feature;
mod find;
mod history;
mod import;
mod list;
mod post_view;
mod resolve;
mod samples;
mod schema;
mod show;
mod source;
mod stats;
mod topics;
mod transition;
mod user;
mod walkthrough;

use std::process::ExitCode;

use anyhow::bail;
use clap::Parser;
use examples::{database, output, paging};

use crate::cli::{Cli, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // Whatever is written below is written in the name of this person.
    let context = examples::writer::context("blog", cli.actor.as_deref());
    output::end("blog", model_runtime::audit::scope(context, run(cli)).await)
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { database_url: url, json, command, actor: _ } = cli;
    let Some(command) = command else {
        let url = url.map_or_else(|| database::fresh("blog"), Ok)?;
        return output::print(&walkthrough::run(&database::open(&url).await?).await?, json);
    };
    let open = async || database::open(&url.map_or_else(|| database::kept("blog"), Ok)?).await;
    match command {
        Command::Import { dir } => {
            // Read before the database is opened: a mistyped folder should not leave a database behind.
            let sources = source::read_dir(&dir)?;
            let summary = import::run(sources, &open().await?, &output::progress_bar()).await?;
            output::print(&summary, json)?;
            match summary.failed.len() as u64 {
                0 => Ok(()),
                failed => bail!("{} could not be imported", output::number(failed, "file")),
            }
        }
        Command::List(filter) => output::print(&list::run(&filter, &open().await?).await?, json),
        Command::Show(page) => output::print(&show::run(&page, &open().await?).await?, json),
        Command::Feature(picture) => output::print(&feature::run(&picture, &open().await?).await?, json),
        Command::Transition(transition) => output::print(&transition.run(&open().await?).await?, json),
        Command::History(of) => output::print(&history::run(&of, &open().await?).await?, json),
        Command::Audit(trail) => match trail.counts {
            true => output::print(&audit::counts(&trail, &open().await?).await?, json),
            false => output::print(&audit::run(&trail, &open().await?).await?, json),
        },
        Command::User(command) => user::run(&command, &open().await?, json).await,
        Command::Stats => output::print(&stats::run(&open().await?).await?, json),
        Command::Schema { dialect } => output::print(&schema::of(dialect)?, json),
    }
}
