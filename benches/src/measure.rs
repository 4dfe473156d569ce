//! Measuring: samples of both sides in turn, so that whatever else the machine does falls on both.

use std::future::Future;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

/// What is measured: one sample of each side at a time.
pub trait Sides {
    /// One sample of this library.
    fn ours(&mut self) -> impl Future<Output = Result<Duration>> + Send;

    /// One sample of what is done by hand.
    fn theirs(&mut self) -> impl Future<Output = Result<Duration>> + Send;
}

/// Consecutive parts of a run, by which the spread of the ratio is judged.
const BLOCKS: usize = 10;

/// What one case took on one database.
#[derive(Debug, Serialize)]
pub struct Measured {
    /// The case.
    pub case: &'static str,
    /// Pairs of samples.
    pub pairs: usize,
    /// This library.
    pub ours: Side,
    /// Hand-written sqlx.
    pub hand_written: Side,
    /// Median of ours by the median of theirs.
    pub ratio: f64,
    /// The lowest and the highest of the same ratio in each tenth of the run.
    pub ratio_range: (f64, f64),
    /// The most that the ratio may be.
    pub limit: f64,
}

/// The times of one side, in microseconds.
#[derive(Debug, Serialize)]
pub struct Side {
    /// The median.
    pub median: f64,
    /// The first and the third quartile.
    pub quartiles: (f64, f64),
}

impl Side {
    fn of(samples: &[Duration]) -> Self {
        let mut samples: Vec<f64> = samples.iter().map(|time| time.as_secs_f64() * 1e6).collect();
        samples.sort_by(f64::total_cmp);
        let at = |part: f64| samples[((samples.len() - 1) as f64 * part).round() as usize];
        Self { median: at(0.5), quartiles: (at(0.25), at(0.75)) }
    }
}

/// Runs a case. The two sides take turns in going first, and the first tenth only warms up.
pub async fn measure(
    case: &'static str,
    limit: f64,
    pairs: usize,
    mut ground: impl Sides,
) -> Result<Measured> {
    let (mut ours, mut theirs) = (Vec::with_capacity(pairs), Vec::with_capacity(pairs));
    let warm_up = pairs.div_ceil(10);
    for pair in 0..warm_up + pairs {
        let (our_time, their_time);
        if pair % 2 == 0 {
            our_time = ground.ours().await?;
            their_time = ground.theirs().await?;
        } else {
            their_time = ground.theirs().await?;
            our_time = ground.ours().await?;
        }
        if pair >= warm_up {
            ours.push(our_time);
            theirs.push(their_time);
        }
    }
    let size = pairs.div_ceil(BLOCKS);
    let blocks = ours.chunks(size).zip(theirs.chunks(size));
    let ratios: Vec<f64> = blocks.map(|(a, b)| Side::of(a).median / Side::of(b).median).collect();
    let (ours, hand_written) = (Side::of(&ours), Side::of(&theirs));
    Ok(Measured {
        case,
        limit,
        pairs,
        ratio: ours.median / hand_written.median,
        ratio_range: ratios.iter().fold((f64::MAX, f64::MIN), |(low, high), r| (low.min(*r), high.max(*r))),
        ours,
        hand_written,
    })
}
