//! Whether the time of a refused sign-in tells that an account exists (rule 25): a statistical check.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use comfy_table::Table;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use model_runtime::users::{self, Limits, Throttle, User, UserSettings};
use serde::Serialize;

use crate::database::{Database, Kind};

/// What was measured on one database.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// The database.
    pub database: String,
    /// Attempts of each kind.
    pub attempts: usize,
    /// Median of attempts at an account that exists, in milliseconds.
    pub known: f64,
    /// Median of attempts at one that does not.
    pub unknown: f64,
    /// How likely an attempt at a known account takes longer than one at an unknown account: 0.5 tells nothing
    /// (Mann and Whitney).
    pub known_is_slower: f64,
    /// How far it may be from 0.5 by chance: four standard deviations.
    pub by_chance: f64,
}

/// Attempts in turn at a known and at an unknown account, each with a wrong password.
pub async fn compare(kind: Kind, server: Option<&str>, attempts: usize) -> Result<Compared> {
    let database = Database::new(kind, server).await?;
    let db = &database.pool;
    create_tables(&users::tables(), db).await?;
    create_tables(&[User::table(), AuditLog::table()], db).await?;
    let unlimited = Limits { free: u32::MAX >> 1, max: u32::MAX >> 1 };
    let throttle = Throttle { account: unlimited, address: unlimited, ..Throttle::default() };
    let manager: UserManager<User> = UserManager::new(UserSettings { throttle, ..UserSettings::default() });
    let jane = User::builder().email("jane@example.com").build();
    manager.create_user(jane, Some("a boat on the Lek"), db).await?;

    let (mut known, mut unknown) = (Vec::with_capacity(attempts), Vec::with_capacity(attempts));
    for attempt in 0..attempts + 2 {
        for turn in 0..2 {
            let at_known = (attempt + turn) % 2 == 0;
            let (address, times) =
                if at_known { ("jane@example.com", &mut known) } else { ("john@example.com", &mut unknown) };
            let start = Instant::now();
            let refused = manager.authenticate(address, "a wrong password", db).await;
            let time = start.elapsed();
            ensure!(matches!(refused, Err(Error::Credentials)), "the attempt was not refused: {refused:?}");
            // The first ones make the rows of the counts.
            if attempt >= 2 {
                times.push(time);
            }
        }
    }
    let version = database.version().await?;
    database.close().await?;
    let n = attempts as f64;
    Ok(Compared {
        database: version,
        attempts,
        known: median(&known),
        unknown: median(&unknown),
        known_is_slower: slower(&known, &unknown),
        by_chance: 4.0 * ((2.0 * n + 1.0) / (12.0 * n * n)).sqrt(),
    })
}

fn median(times: &[Duration]) -> f64 {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The part of all pairs in which the first takes longer.
fn slower(first: &[Duration], second: &[Duration]) -> f64 {
    let pairs = first.iter().flat_map(|a| second.iter().map(move |b| (a, b)));
    let (longer, all) = pairs.fold((0.0, 0.0), |(longer, all), (a, b)| {
        let part = if a > b {
            1.0
        } else if a == b {
            0.5
        } else {
            0.0
        };
        (longer + part, all + 1.0)
    });
    longer / all
}

/// What was measured, and whether it tells accounts apart.
pub fn table(compared: &[Compared]) -> Table {
    let mut table = Table::new();
    table.set_header(["Database", "Attempts", "Known", "Unknown", "Known is slower", "Verdict"]);
    for row in compared {
        let tells = (row.known_is_slower - 0.5).abs() > row.by_chance;
        table.add_row([
            row.database.clone(),
            row.attempts.to_string(),
            format!("{:.2} ms", row.known),
            format!("{:.2} ms", row.unknown),
            format!("{:.3} (0.5 ± {:.3} by chance)", row.known_is_slower, row.by_chance),
            if tells { "the times tell them apart" } else { "the times overlap" }.to_owned(),
        ]);
    }
    table
}
