//! The REST API under load: this library's view set beside handlers by hand, each in a process of its own, asked in turn by as many
//! connections at once. An answer that is not right, and a write that is not on record, is an error.

mod alike;
mod by_hand;
mod client;
mod ground;
mod ours;
mod server;

pub use server::{Api, URL, serve};

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use client::{Client, Writes};
use comfy_table::Table;
use ground::Ground;
use model_runtime::prelude::Uuid;
use serde::Serialize;
use server::Server;
use tokio::task::JoinSet;

use crate::database::Kind;
use crate::report::{self, Machine};

/// The path of the rows, on both sides.
const PATH: &str = "/api/articles";

/// What we want at least of the rate by hand.
const AT_LEAST: f64 = 0.95;

/// How much load, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Connections at once, each with one request on its way.
    pub connections: u64,
    /// Rounds of each side.
    pub rounds: usize,
    /// How long a round takes.
    pub round: Duration,
    /// Rows to begin with.
    pub articles: u64,
}

impl Effort {
    /// Rounds of about five seconds, or a quick run.
    pub fn new(seconds: u64, connections: u64, quick: bool) -> Self {
        if quick {
            return Self { connections, rounds: 1, round: Duration::from_secs(1), articles: 500 };
        }
        let rounds = (seconds / 5).max(1);
        let round = Duration::from_secs(seconds.max(1)) / rounds as u32;
        Self { connections, rounds: rounds as usize, round, articles: 5_000 }
    }
}

/// What was measured on one database.
#[derive(Debug, Serialize)]
pub struct Loaded {
    database: String,
    machine: Machine,
    connections: u64,
    sides: Vec<OfSide>,
    /// Our rate by theirs: the median of all rounds, the lowest, the highest.
    ratio: (f64, f64, f64),
}

/// What one side did.
#[derive(Debug, Serialize)]
struct OfSide {
    api: Api,
    requests: u64,
    /// Requests a second, of each round.
    rates: Vec<f64>,
    /// Half of the answers took no longer than that, in milliseconds.
    p50: f64,
    /// 99 of 100 answers took no longer than that.
    p99: f64,
    /// Writes that were answered, each of which is on record.
    writes: u64,
}

impl OfSide {
    fn rate(&self) -> f64 {
        self.rates.iter().sum::<f64>() / self.rates.len() as f64
    }
}

/// A side under load.
struct Side {
    api: Api,
    ground: Ground,
    server: Server,
    clients: Vec<Client>,
    writes: Writes,
    rates: Vec<f64>,
    times: Vec<u32>,
}

/// Puts both sides under load, in turn.
pub async fn compare(kind: Kind, server: Option<&str>, effort: Effort) -> Result<Loaded> {
    let machine = Machine::here();
    let articles = ground::articles(effort.articles);
    let ids: Vec<Uuid> = articles.iter().map(|article| article.id).collect();
    let (mut sides, mut told) = (Vec::new(), Vec::new());
    for api in Api::ALL {
        let ground = Ground::lay(kind, server, &api.name().replace('-', "_"), &articles).await?;
        let server = Server::start(api, &ground.database.url)?;
        let (answers, writes) = alike::told(&server.host, &ground.token, &ids).await?;
        told.push(answers);
        let mut clients = Vec::new();
        for number in 0..effort.connections {
            clients.push(Client::open(&server.host, &ground.token, number).await?);
        }
        sides.push(Side { api, ground, server, clients, writes, rates: Vec::new(), times: Vec::new() });
    }
    for (ours, by_hand) in told[0].iter().zip(&told[1]) {
        ensure!(ours == by_hand, "the sides do not answer alike:\n{ours:#?}\n{by_hand:#?}");
    }
    // The first only warms up. Each goes first in turn, so that whatever else the machine does falls on both.
    for round in 0..=effort.rounds {
        eprintln!("{kind:?}: round {round} of {}", effort.rounds);
        for turn in 0..sides.len() {
            let turn = (round + turn) % sides.len();
            sides[turn].round(&ids, effort.round, round > 0).await?;
        }
    }
    let ratios = sides[0].rates.iter().zip(&sides[1].rates).map(|(ours, by_hand)| ours / by_hand);
    let mut ratios: Vec<f64> = ratios.collect();
    ratios.sort_by(f64::total_cmp);
    let database = sides[0].ground.database.version().await?;
    let mut measured = Vec::new();
    for side in sides {
        measured.push(side.finish().await?);
    }
    let last = ratios.len() - 1;
    let median = (ratios[last / 2] + ratios[last.div_ceil(2)]) / 2.0;
    let ratio = (median, ratios[0], ratios[last]);
    Ok(Loaded { database, machine, connections: effort.connections, sides: measured, ratio })
}

impl Side {
    async fn round(&mut self, articles: &[Uuid], time: Duration, counts: bool) -> Result<()> {
        let (start, mut running) = (Instant::now(), JoinSet::new());
        for mut client in self.clients.drain(..) {
            let articles = articles.to_vec();
            running.spawn(async move { client.run(&articles, start + time).await.map(|()| client) });
        }
        while let Some(ended) = running.join_next().await {
            self.clients.push(ended?.with_context(|| self.api.name())?);
        }
        let elapsed = start.elapsed().as_secs_f64();
        if counts {
            let before = self.times.len();
            self.times.extend(self.clients.iter().flat_map(|client| &client.times));
            self.rates.push((self.times.len() - before) as f64 / elapsed);
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<OfSide> {
        for client in &self.clients {
            self.writes += client.writes;
        }
        // Before the connections end: a server waits for them.
        self.clients.clear();
        self.server.stop()?;
        let writes = self.ground.audit(&self.writes).await.with_context(|| self.api.name())?;
        self.ground.database.close().await?;
        self.times.sort_unstable();
        let part = |part: f64| f64::from(self.times[((self.times.len() - 1) as f64 * part) as usize]) / 1e3;
        let (p50, p99) = (part(0.5), part(0.99));
        Ok(OfSide { api: self.api, requests: self.times.len() as u64, rates: self.rates, p50, p99, writes })
    }
}

/// The results, for people.
pub fn table(loaded: &[Loaded]) -> Table {
    let header =
        ["database", "side", "requests", "a second", "p50", "p99", "writes, audited", "ratio", "at least"];
    let mut table = report::table(header);
    for it in loaded {
        for side in &it.sides {
            let (ratio, low, high) = it.ratio;
            let ours = side.api == Api::Ours;
            table.add_row([
                it.database.clone(),
                side.api.name(),
                side.requests.to_string(),
                format!("{:.0}", side.rate()),
                format!("{:.1} ms", side.p50),
                format!("{:.1} ms", side.p99),
                side.writes.to_string(),
                if ours { format!("{ratio:.2} ({low:.2}–{high:.2})") } else { String::new() },
                if ours { format!("{AT_LEAST}") } else { String::new() },
            ]);
        }
    }
    table
}
