//! Reading all rows, one after another, in a process that does nothing else.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::peer::Peer;

/// What it took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Reading {
    /// The rows.
    pub rows: u64,
    /// The time.
    pub seconds: f64,
    /// `VmHWM`: the most memory that the process ever had.
    pub peak_kib: u64,
}

/// Has a side read all posts.
pub async fn stream<P: Peer>(url: &str) -> Result<Reading> {
    let peer = P::connect(url, 1).await?;
    let start = Instant::now();
    let (rows, length) = peer.stream().await?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(length == rows * 400, "the rows had {length} characters of text");
    Ok(Reading { rows, seconds, peak_kib: peak_kib()? })
}

fn peak_kib() -> Result<u64> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("peak memory is read from Linux's /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
