//! Peak memory and time while all rows are streamed: each side in a process of its own, which does nothing else.

use std::process::Command;

use anyhow::{Result, ensure};
use comfy_table::Table;
use harness::Reading;
use serde::Serialize;

use crate::database::{Database, Kind};
use crate::peer::Side;
use crate::{ground, report};

/// Processes for each side, in turn.
const RUNS: usize = 3;

/// What streaming took on one database: for each side the run of median memory.
#[derive(Debug, Serialize)]
pub struct Streamed {
    database: String,
    sides: Vec<(Side, Reading)>,
}

/// Fills a table and has all sides stream it.
pub async fn compare(kind: Kind, server: Option<&str>, rows: u64, sides: &[Side]) -> Result<Streamed> {
    let database = Database::new(kind, server).await?;
    eprintln!("writing {rows} rows");
    ground::posts(&database.pool, rows).await?;
    let mut readings: Vec<(Side, Vec<Reading>)> = sides.iter().map(|side| (*side, Vec::new())).collect();
    for _ in 0..RUNS {
        for (side, readings) in &mut readings {
            readings.push(in_child(*side, kind, &database.url, rows)?);
        }
    }
    let version = database.version().await?;
    database.close().await?;
    let median = |(side, mut readings): (Side, Vec<Reading>)| {
        readings.sort_by_key(|reading| reading.peak_kib);
        (side, readings[RUNS / 2])
    };
    Ok(Streamed { database: version, sides: readings.into_iter().map(median).collect() })
}

fn in_child(side: Side, kind: Kind, url: &str, rows: u64) -> Result<Reading> {
    let program = std::env::current_exe()?;
    let output = Command::new(program).args(["read", &side.name(), &kind.name(), url]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reading: Reading = serde_json::from_slice(&output.stdout)?;
    ensure!(reading.rows == rows, "{} read {} of {rows} rows", side.label(), reading.rows);
    Ok(reading)
}

/// The results, for people.
pub fn table(streamed: &[Streamed]) -> Table {
    let mut table = report::table(["database", "side", "rows", "peak", "time"]);
    for it in streamed {
        for (side, reading) in &it.sides {
            table.add_row([
                it.database.clone(),
                side.label().to_owned(),
                reading.rows.to_string(),
                format!("{:.1} MiB", reading.peak_kib as f64 / 1024.0),
                format!("{:.2} s", reading.seconds),
            ]);
        }
    }
    table
}
