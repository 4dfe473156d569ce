//! A side in a process of its own, which does what its standard input says: a line of JSON for each request, and one
//! for its answer. The clock is in that process.

use std::io::{self, BufRead, Write};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::case::Material;
use crate::peer::Peer;
use crate::run::{Run, Sample, Sampler};
use crate::stream::{Reading, stream};

/// What is asked of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Makes ready for a case.
    Prepare {
        /// The database.
        url: String,
        /// Connections of the pool.
        connections: u32,
        /// What the case works on.
        material: Material,
    },
    /// Takes one sample of the case.
    Sample,
    /// Ends the case.
    Finish,
    /// Reads all posts, one after another.
    Stream {
        /// The database.
        url: String,
    },
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The case can begin.
    Ready,
    /// It has no such case, and why.
    Lacks(String),
    /// One sample.
    Sample(Sample),
    /// The case has ended.
    Finished,
    /// What reading all posts took.
    Reading(Reading),
    /// What went wrong.
    Failed(String),
}

/// The `main` of a process that is a side: one type on SQLite, one on PostgreSQL. Ends with its standard input.
///
/// # Errors
///
/// A request that is none; whatever else goes wrong is an answer.
pub fn serve<S: Peer, P: Peer>() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut running: Option<Box<dyn Sampler>> = None;
    for line in io::stdin().lock().lines() {
        let request = serde_json::from_str(&line?).context("no such request")?;
        // In a task, as a server's requests are.
        let work = runtime.spawn(async move {
            let answer = answer::<S, P>(request, &mut running).await;
            (answer.unwrap_or_else(|error| Answer::Failed(format!("{error:#}"))), running)
        });
        let answer;
        (answer, running) = runtime.block_on(work)?;
        let mut output = io::stdout().lock();
        writeln!(output, "{}", serde_json::to_string(&answer)?)?;
        output.flush()?;
    }
    Ok(())
}

async fn answer<S: Peer, P: Peer>(
    request: Request,
    running: &mut Option<Box<dyn Sampler>>,
) -> Result<Answer> {
    Ok(match request {
        Request::Prepare { url, connections, material } => {
            let mut sampler: Box<dyn Sampler> =
                if is_sqlite(&url) { Box::<Run<S>>::default() } else { Box::<Run<P>>::default() };
            let lacking = sampler.prepare(&url, connections, &material).await?;
            *running = Some(sampler);
            lacking.map_or(Answer::Ready, Answer::Lacks)
        }
        Request::Sample => Answer::Sample(running.as_mut().context("no case is ready")?.sample().await?),
        Request::Finish => {
            *running = None;
            Answer::Finished
        }
        Request::Stream { url } if is_sqlite(&url) => Answer::Reading(stream::<S>(&url).await?),
        Request::Stream { url } => Answer::Reading(stream::<P>(&url).await?),
    })
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite")
}
