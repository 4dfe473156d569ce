//! This library beside hand-written sqlx: `cargo run --release -p benches -- --help`.

mod audited;
mod case;
mod compile;
mod database;
mod hand_written;
mod measure;
mod post;
mod report;
mod sign_in;
mod stream;

use std::path::PathBuf;

use anyhow::Result;
use case::Case;
use clap::{Parser, Subcommand, ValueEnum};
use database::{Database, Kind};
use report::{Machine, OnDatabase, Report};

/// Measures this library beside hand-written sqlx, in one process, in turn, on the same pool.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    target: Target,
    /// Only these cases.
    #[arg(long)]
    case: Vec<Case>,
    /// Few samples: shows that everything runs.
    #[arg(long, global = true)]
    quick: bool,
    /// Writes the results to this file, too.
    #[arg(long, value_name = "FILE", global = true)]
    json: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Action>,
}

/// Where to measure.
#[derive(clap::Args)]
struct Target {
    /// Only this database; without, SQLite, and PostgreSQL where its URL is known.
    #[arg(long, global = true)]
    db: Vec<Kind>,
    /// The PostgreSQL server. A schema is made on it and dropped again.
    #[arg(long, global = true, env = "TEST_POSTGRES_URL", hide_env_values = true)]
    url: Option<String>,
}

#[derive(Subcommand)]
enum Action {
    /// Recorded writes beside the same work by hand in a transaction.
    Audited {
        /// Only these cases.
        #[arg(long = "case")]
        case: Vec<audited::Case>,
    },
    /// Peak memory of streaming a table, each side in a process of its own.
    Stream {
        /// Rows of the table.
        #[arg(long, default_value_t = 1_000_000)]
        rows: u64,
    },
    /// Whether the time of a refused sign-in tells that an account exists.
    SignIn {
        /// Attempts at an account that exists, and as many at one that does not.
        #[arg(long, default_value_t = 400)]
        attempts: usize,
    },
    /// What models cost to compile: builds a crate of them, and checks it again after an edit.
    Compile {
        /// Models of the crate.
        #[arg(long, default_value_t = 20)]
        models: usize,
        /// Only these crates. Expanded code counts from the first on.
        #[arg(long)]
        variant: Vec<compile::Variant>,
        /// Also builds the last of them with all dependencies.
        #[arg(long)]
        cold: bool,
    },
    /// What `stream` starts: reads all rows and tells the peak memory.
    #[command(hide = true)]
    Read { reader: stream::Reader, database: String },
}

impl Target {
    fn databases(&self) -> Vec<Kind> {
        match self.db.as_slice() {
            [] if self.url.as_ref().is_none_or(String::is_empty) => {
                eprintln!("PostgreSQL is left out: no `--url` and no TEST_POSTGRES_URL");
                vec![Kind::Sqlite]
            }
            [] => vec![Kind::Sqlite, Kind::Postgres],
            chosen => chosen.to_vec(),
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    // In a task, as a server's requests are: `main`'s own future waits for input through another thread.
    tokio::spawn(run(cli)).await?
}

async fn run(cli: Cli) -> Result<()> {
    let server = cli.target.url.as_deref();
    match cli.command {
        None => compare(&cli).await,
        Some(Action::Audited { ref case }) => compare_audited(&cli, case).await,
        Some(Action::Stream { rows }) => {
            let mut streamed = Vec::new();
            for kind in cli.target.databases() {
                streamed.push(stream::compare(kind, server, rows).await?);
            }
            println!("{}", stream::table(&streamed));
            write(&cli.json, &streamed)
        }
        Some(Action::SignIn { attempts }) => {
            let attempts = if cli.quick { 10 } else { attempts };
            let mut compared = Vec::new();
            for kind in cli.target.databases() {
                compared.push(sign_in::compare(kind, server, attempts).await?);
            }
            println!("{}", sign_in::table(&compared));
            write(&cli.json, &compared)
        }
        Some(Action::Compile { models, variant, cold }) => {
            let all = compile::Variant::value_variants();
            let variants = if variant.is_empty() { all } else { &variant };
            let edits = if cli.quick { 2 } else { 9 };
            let report = compile::compare(variants, models, edits, cold)?;
            report.print();
            write(&cli.json, &report)
        }
        Some(Action::Read { reader, database }) => {
            println!("{}", serde_json::to_string(&stream::read(reader, &database).await?)?);
            Ok(())
        }
    }
}

async fn compare(cli: &Cli) -> Result<()> {
    let machine = Machine::here();
    let mut databases = Vec::new();
    for kind in cli.target.databases() {
        let database = Database::new(kind, cli.target.url.as_deref()).await?;
        let mut measured = Vec::new();
        for case in cases(cli, &database) {
            eprintln!("{kind:?}: {}", case.label());
            let pairs = if cli.quick { (case.pairs() / 100).max(2) } else { case.pairs() };
            let ground = case::Ground::new(case, &database.pool).await?;
            measured.push(measure::measure(case.label(), case::LIMIT, pairs, ground).await?);
        }
        databases.push(OnDatabase { database: database.version().await?, cases: measured });
        database.close().await?;
    }
    let report = Report::new(machine, cli.quick, databases);
    report.print();
    write(&cli.json, &report)
}

async fn compare_audited(cli: &Cli, chosen: &[audited::Case]) -> Result<()> {
    let machine = Machine::here();
    let chosen = if chosen.is_empty() { audited::Case::value_variants() } else { chosen };
    let mut databases = Vec::new();
    for kind in cli.target.databases() {
        let database = Database::new(kind, cli.target.url.as_deref()).await?;
        let dialect = database.pool.dialect();
        let mut measured = Vec::new();
        for case in chosen.iter().filter(|case| case.is_for(dialect)) {
            eprintln!("{kind:?}: {}", case.label());
            let pairs = if cli.quick { (case.pairs() / 100).max(2) } else { case.pairs() };
            let ground = audited::Ground::new(*case, &database).await?;
            measured.push(measure::measure(case.label(), case.limit(dialect), pairs, ground).await?);
        }
        databases.push(OnDatabase { database: database.version().await?, cases: measured });
        database.close().await?;
    }
    let report = Report::new(machine, cli.quick, databases);
    report.print();
    write(&cli.json, &report)
}

fn cases(cli: &Cli, database: &Database) -> Vec<Case> {
    let chosen = if cli.case.is_empty() { Case::value_variants() } else { &cli.case };
    chosen.iter().copied().filter(|case| case.is_for(database.pool.dialect())).collect()
}

fn write(file: &Option<PathBuf>, results: &impl serde::Serialize) -> Result<()> {
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(results)? + "\n")?;
    }
    Ok(())
}
