//! This library beside hand-written sqlx and other libraries: `cargo run --release -p benches -- --help`.

mod cached;
mod compile;
mod database;
mod delay;
mod ground;
mod limit;
mod load;
mod measure;
mod model;
mod peer;
mod plot;
mod report;
mod sign_in;
mod stream;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};
use database::{CONNECTIONS, Database, Kind};
use ground::Ground;
use harness::{Case, Sampler};
use measure::Effort;
use peer::Side;
use report::{Machine, OnDatabase, Report};

/// Measures this library beside hand-written sqlx and other libraries, in turn, on the same tables.
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    target: Target,
    /// Only these cases.
    #[arg(long)]
    case: Vec<Case>,
    /// Only these sides; without, all that are in this program.
    #[arg(long, global = true)]
    side: Vec<Side>,
    /// These sides too, which are programs of their own: `toasty` and `rustango` are built first, `django` wants Python.
    #[arg(long, global = true)]
    with: Vec<Side>,
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
    /// Rows from memory beside the query for them.
    Cached,
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
    /// The REST API beside the same handlers by hand, under load.
    Load {
        /// Seconds of load on each side.
        #[arg(long, default_value_t = 30)]
        seconds: u64,
        /// Connections at once.
        #[arg(long, default_value_t = 64)]
        connections: u64,
    },
    /// What models cost to compile: builds a crate of them, and checks it again after an edit.
    Compile {
        /// Models of the crate.
        #[arg(long, default_value_t = 20)]
        models: usize,
        /// Only these crates.
        #[arg(long)]
        variant: Vec<compile::Variant>,
        /// Also builds the last of them with all dependencies.
        #[arg(long)]
        cold: bool,
    },
    /// Draws the results that `--json` kept, as SVG.
    Plot {
        /// The results.
        results: PathBuf,
        /// The picture.
        picture: PathBuf,
    },
    /// What `stream` starts: reads all rows and tells the peak memory.
    #[command(hide = true)]
    Read { reader: Side, kind: Kind, database: String },
    /// What `load` starts: serves the API of a side, until its input ends.
    #[command(hide = true)]
    Serve {
        api: load::Api,
        #[arg(long, env = load::URL, hide_env_values = true)]
        database: String,
    },
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
        Some(Action::Cached) => {
            let rounds = if cli.quick { 5 } else { 500 };
            let mut compared = Vec::new();
            for kind in cli.target.databases() {
                compared.push(cached::compare(kind, server, rounds).await?);
            }
            println!("{}", cached::table(&compared));
            write(&cli.json, &compared)
        }
        Some(Action::Stream { rows }) => {
            let mut streamed = Vec::new();
            for kind in cli.target.databases() {
                streamed.push(stream::compare(kind, server, rows, &cli.sides()).await?);
            }
            println!("{}", stream::table(&streamed));
            write(&cli.json, &streamed)
        }
        Some(Action::Load { seconds, connections }) => {
            let effort = load::Effort::new(seconds, connections, cli.quick);
            let mut loaded = Vec::new();
            for kind in cli.target.databases() {
                loaded.push(load::compare(kind, server, effort).await?);
            }
            println!("{}", load::table(&loaded));
            write(&cli.json, &loaded)
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
            let edits = if cli.quick { 1 } else { 3 };
            let report = compile::compare(variants, models, edits, cold)?;
            report.print();
            write(&cli.json, &report)
        }
        Some(Action::Plot { ref results, ref picture }) => {
            let results = std::fs::read(results).with_context(|| results.display().to_string())?;
            plot::draw(&serde_json::from_slice(&results)?, picture)
        }
        Some(Action::Read { reader, kind, ref database }) => {
            println!("{}", serde_json::to_string(&reader.stream(kind, database).await?)?);
            Ok(())
        }
        Some(Action::Serve { api, ref database }) => load::serve(api, database).await,
    }
}

impl Cli {
    fn sides(&self) -> Vec<Side> {
        let mut sides = if self.side.is_empty() { Side::at_hand() } else { self.side.clone() };
        sides.extend(self.with.iter().filter(|side| !self.side.contains(side)));
        sides
    }

    fn cases(&self) -> Vec<Case> {
        match self.case.as_slice() {
            // A sample of it takes seconds.
            [] if self.quick => {
                Case::value_variants().iter().copied().filter(|it| *it != Case::BulkCreateLarge).collect()
            }
            [] => Case::value_variants().to_vec(),
            chosen => chosen.to_vec(),
        }
    }
}

async fn compare(cli: &Cli) -> Result<()> {
    let machine = Machine::here();
    let mut databases = Vec::new();
    for kind in cli.target.databases() {
        let database = Database::new(kind, cli.target.url.as_deref()).await?;
        let mut sides: Vec<(Side, Box<dyn Sampler>)> = Vec::new();
        for side in cli.sides() {
            sides.push((side, side.start(kind)?));
        }
        let mut ground = Ground::new(&database);
        let (mut cases, mut limits) = (Vec::new(), Vec::new());
        for case in cli.cases().into_iter().filter(|case| kind.has(*case)) {
            eprintln!("{kind:?}: {}", case.label());
            let url = match case {
                Case::AuditedSaveOverNetwork => delay::url(&database.url)?,
                _ => database.url.clone(),
            };
            let effort = Effort::of(case, cli.quick);
            let measured =
                measure::measure(case, effort, &mut sides, (&url, CONNECTIONS), &mut ground).await?;
            limits.extend(limit::limits(&measured, kind));
            cases.push(measured);
        }
        drop(sides);
        databases.push(OnDatabase { database: database.version().await?, cases, limits });
        database.close().await?;
    }
    let report = Report { machine, quick: cli.quick, connections: CONNECTIONS, databases };
    report.print();
    write(&cli.json, &report)
}

fn write(file: &Option<PathBuf>, results: &impl serde::Serialize) -> Result<()> {
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(results)? + "\n")?;
    }
    Ok(())
}
