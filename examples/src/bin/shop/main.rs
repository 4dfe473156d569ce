//! A shop in one SQLite or PostgreSQL database.
//!
//! Without a subcommand it walks through the life of an order on a fresh database; `shop --help` lists the rest.

mod add;
mod cli;
mod customer;
mod find;
mod money;
mod order;
mod order_view;
mod orders;
mod product_view;
mod products;
mod rate;
mod report;
mod restock;
mod seed;
mod status;
mod walkthrough;

use std::process::ExitCode;

use clap::Parser;
use examples::{database, output};

use crate::cli::{Cli, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // Whatever is written below is written in the name of this person.
    let context = examples::writer::context("shop", cli.actor.as_deref());
    output::end("shop", model_runtime::audit::scope(context, run(cli)).await)
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { database_url: url, json, command, actor: _ } = cli;
    let Some(command) = command else {
        let url = url.map_or_else(|| database::fresh("shop"), Ok)?;
        return output::print(&walkthrough::run(&database::open(&url).await?).await?, json);
    };
    let db = database::open(&url.map_or_else(|| database::kept("shop"), Ok)?).await?;
    match command {
        Command::Seed => output::print(&seed::run(&db).await?, json),
        Command::Products(filter) => output::print(&products::run(&filter, &db).await?, json),
        Command::Add(new) => output::print(&add::run(&new, &db).await?, json),
        Command::Restock(pieces) => output::print(&restock::run(&pieces, &db).await?, json),
        Command::Customer(new) => output::print(&customer::run(&new, &db).await?, json),
        Command::Order(order) => output::print(&order::run(&order, &db).await?, json),
        Command::Orders(filter) => output::print(&orders::run(&filter, &db).await?, json),
        Command::Status(status) => output::print(&status.run(&db).await?, json),
        Command::Rate(rating) => output::print(&rate::run(&rating, &db).await?, json),
        Command::Report(report) => output::print(&report::run(&report, &db).await?, json),
    }
}
