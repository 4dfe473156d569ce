//! Peak memory while all rows are streamed: each side in a process of its own, which does nothing else.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use comfy_table::{Table, presets};
use futures_util::TryStreamExt;
use model_runtime::prelude::*;
use serde::{Deserialize, Serialize};

use crate::case::{by_hand, fill};
use crate::database::{Database, Kind, connect};
use crate::hand_written;
use crate::post::Post;

/// Processes for each side.
const RUNS: usize = 3;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// This library's `fetch`.
    Ours,
    /// sqlx's `query_as(…).fetch`.
    HandWritten,
}

/// What a reading process reports.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Reading {
    rows: u64,
    seconds: f64,
    /// `VmHWM`: the most memory that the process ever had.
    peak_kib: u64,
}

/// What streaming took on one database: medians of the runs.
#[derive(Debug, Serialize)]
pub struct Streamed {
    database: String,
    ours: Reading,
    hand_written: Reading,
    memory_ratio: f64,
}

/// Fills a table and has both sides stream it.
pub async fn compare(kind: Kind, server: Option<&str>, rows: u64) -> Result<Streamed> {
    let database = Database::new(kind, server).await?;
    schema_and_rows(&database.pool, rows).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(in_child(Reader::Ours, &database.url, rows)?);
        theirs.push(in_child(Reader::HandWritten, &database.url, rows)?);
    }
    let (ours, hand_written) = (median(ours), median(theirs));
    let version = database.version().await?;
    database.close().await?;
    let memory_ratio = ours.peak_kib as f64 / hand_written.peak_kib as f64;
    Ok(Streamed { database: version, ours, hand_written, memory_ratio })
}

async fn schema_and_rows(pool: &Pool, rows: u64) -> Result<()> {
    model_runtime::schema::create_tables(&[Post::table()], pool).await?;
    eprintln!("writing {rows} rows");
    fill(pool, rows).await
}

fn in_child(reader: Reader, url: &str, rows: u64) -> Result<Reading> {
    let name = reader.to_possible_value().context("every reader has a name")?;
    let program = std::env::current_exe()?;
    let output = Command::new(program).args(["read", name.get_name(), url]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reading: Reading = serde_json::from_slice(&output.stdout)?;
    ensure!(reading.rows == rows, "{} of {rows} rows were read", reading.rows);
    Ok(reading)
}

fn median(mut readings: Vec<Reading>) -> Reading {
    readings.sort_by_key(|reading| reading.peak_kib);
    readings[readings.len() / 2]
}

/// What the child does.
pub async fn read(reader: Reader, url: &str) -> Result<Reading> {
    let pool = connect(url).await?;
    let start = Instant::now();
    let (rows, length) = match reader {
        Reader::Ours => ours(&pool).await?,
        Reader::HandWritten => by_hand!(&pool, stream()),
    };
    ensure!(length == rows * 400, "the rows had {length} characters of text");
    Ok(Reading { rows, seconds: start.elapsed().as_secs_f64(), peak_kib: peak_kib()? })
}

async fn ours(pool: &Pool) -> Result<(u64, u64)> {
    let mut posts = Post::objects().fetch(pool);
    let (mut count, mut length) = (0, 0);
    while let Some(post) = posts.try_next().await? {
        count += 1;
        length += post.content.len() as u64;
    }
    Ok((count, length))
}

fn peak_kib() -> Result<u64> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("peak memory is read from Linux's /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The results, for people.
pub fn table(streamed: &[Streamed]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header([
        "database",
        "rows",
        "peak, ours",
        "peak, by hand",
        "ratio",
        "time, ours",
        "time, by hand",
    ]);
    for it in streamed {
        let memory = |reading: &Reading| format!("{:.1} MiB", reading.peak_kib as f64 / 1024.0);
        let time = |reading: &Reading| format!("{:.2} s", reading.seconds);
        table.add_row([
            it.database.clone(),
            it.ours.rows.to_string(),
            memory(&it.ours),
            memory(&it.hand_written),
            format!("{:.2}", it.memory_ratio),
            time(&it.ours),
            time(&it.hand_written),
        ]);
    }
    table
}
