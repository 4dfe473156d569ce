//! What can be asked for on the command line.

use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand};

use crate::add::NewProduct;
use crate::customer::NewCustomer;
use crate::order::Wanted;
use crate::rate::Rating;
use crate::report::Limits;
use crate::restock::Pieces;
use crate::status::Status;
use crate::{orders, products};

/// A shop in one SQLite or PostgreSQL database.
///
/// Without a command: walk through the life of an order on the samples that the program ships, in a fresh database.
#[derive(Debug, Parser)]
#[command(name = "shop", version)]
pub struct Cli {
    /// `sqlite://FILE` or `postgres://…`; a SQLite file under `target/` when left out
    #[arg(long, global = true, value_name = "URL", env = "SHOP_DATABASE_URL", hide_env_values = true)]
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
    /// Add the sample products and customers that are not there
    Seed,
    /// List products
    Products(products::Filter),
    /// Add a product
    Add(NewProduct),
    /// Add pieces to the stock of a product
    Restock(Pieces),
    /// Add a customer
    Customer(NewCustomer),
    /// Order products; where one of them is short, nothing is ordered
    Order(Wanted),
    /// List orders, newest first
    Orders(orders::Filter),
    #[command(flatten)]
    Status(Status),
    /// Rate a product; a second rating replaces the first
    Rate(Rating),
    /// Show what was sold, what is short, and what is on sale
    Report(Limits),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }
}
