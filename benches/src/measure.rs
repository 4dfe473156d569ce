//! Measuring: samples of all sides in turn, so that whatever else the machine does falls on all of them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use harness::{Case, Sample, Sampler};
use serde::{Deserialize, Serialize};

use crate::ground::Ground;
use crate::peer::Side;

/// Consecutive parts of a run, by which the spread of a ratio is judged.
const BLOCKS: usize = 10;

/// What one case took on one database.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measured {
    /// The case.
    pub case: Case,
    /// Samples of each side.
    pub rounds: usize,
    /// The sides.
    pub sides: Vec<OfSide>,
    /// Sides that do not have it, and why.
    pub lacking: Vec<(Side, String)>,
}

/// What one side took.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfSide {
    /// The side.
    pub side: Side,
    /// The median, in microseconds.
    pub median: f64,
    /// The first and the third quartile.
    pub quartiles: (f64, f64),
    /// Allocations of one sample: the median.
    pub allocations: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// The median of each tenth of the run.
    pub tenths: Vec<f64>,
}

impl OfSide {
    fn new(side: Side, samples: &[Sample]) -> Self {
        let block = samples.len().div_ceil(BLOCKS);
        Self {
            side,
            median: quantile(samples, 0.5, time),
            quartiles: (quantile(samples, 0.25, time), quantile(samples, 0.75, time)),
            allocations: quantile(samples, 0.5, |sample| sample.allocations as f64) as u64,
            bytes: quantile(samples, 0.5, |sample| sample.bytes as f64) as u64,
            tenths: samples.chunks(block).map(|samples| quantile(samples, 0.5, time)).collect(),
        }
    }

    /// This side's median by that of another, and the lowest and the highest of the same in each tenth of the run.
    pub fn beside(&self, other: &Self) -> (f64, (f64, f64)) {
        let tenths = self.tenths.iter().zip(&other.tenths).map(|(a, b)| a / b);
        let range = tenths.fold((f64::MAX, f64::MIN), |(low, high), it| (low.min(it), high.max(it)));
        (self.median / other.median, range)
    }
}

fn time(sample: &Sample) -> f64 {
    sample.nanoseconds as f64 / 1e3
}

fn quantile(samples: &[Sample], part: f64, of: impl Fn(&Sample) -> f64) -> f64 {
    let mut samples: Vec<f64> = samples.iter().map(of).collect();
    samples.sort_by(f64::total_cmp);
    samples[((samples.len() - 1) as f64 * part).round() as usize]
}

impl Measured {
    /// What a side took, where it has the case.
    pub fn of(&self, side: Side) -> Option<&OfSide> {
        self.sides.iter().find(|it| it.side == side)
    }
}

/// How long a case is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Samples of each side, at most.
    pub rounds: usize,
    /// Rounds begin until then.
    pub time: Duration,
}

impl Effort {
    /// Of a full or a quick run.
    pub fn of(case: Case, quick: bool) -> Self {
        if quick {
            Self { rounds: (case.rounds() / 100).max(2), time: Duration::from_secs(1) }
        } else {
            Self { rounds: case.rounds(), time: Duration::from_secs(16) }
        }
    }
}

/// Samples that a side takes in a turn. Of a short case one more comes before them, which does not count: it finds the
/// caches full of what the side before left there.
const TURN: usize = 4;

/// Rounds of a case from which on it is a short one.
const SHORT: usize = 100;

/// The sides in the order of a round: each comes behind several others, and none always first.
fn order(round: usize, count: usize) -> impl Iterator<Item = usize> {
    let coprime =
        |step: &usize| (2..=*step).all(|part| !count.is_multiple_of(part) || !step.is_multiple_of(part));
    let steps: Vec<usize> = (1..=count).filter(coprime).collect();
    let step = steps[round % steps.len()];
    (0..count).map(move |turn| (round + turn * step) % count)
}

/// Runs a case. The sides take turns, in another order each round, and the first tenth only warms up.
pub async fn measure(
    case: Case,
    effort: Effort,
    sides: &mut [(Side, Box<dyn Sampler>)],
    (url, connections): (&str, u32),
    ground: &mut Ground<'_>,
) -> Result<Measured> {
    let materials = ground.lay(case, sides.len()).await?;
    let (mut running, mut lacking) = (Vec::new(), Vec::new());
    for ((side, sampler), material) in sides.iter_mut().zip(&materials) {
        let prepared = sampler.prepare(url, connections, material).await;
        match prepared.with_context(|| format!("{}: {}", side.label(), case.label()))? {
            None => running.push((*side, sampler, Vec::with_capacity(effort.rounds))),
            Some(reason) => lacking.push((*side, reason)),
        }
    }
    let (turn, cold) = if effort.rounds < SHORT { (1, 0) } else { (TURN, 1) };
    let (rounds, mut start) = (effort.rounds.div_ceil(turn), Instant::now());
    let warm_up = rounds.div_ceil(10);
    for round in 0..warm_up + rounds {
        if round == warm_up {
            start = Instant::now();
        }
        if round >= warm_up + 2 && start.elapsed() > effort.time {
            break;
        }
        for side in order(round, running.len()) {
            let (side, sampler, samples) = &mut running[side];
            for number in 0..cold + turn {
                ground.put_back().await?;
                let sample = sampler.sample().await;
                let sample = sample.with_context(|| format!("{}: {}", side.label(), case.label()))?;
                if round >= warm_up && number >= cold {
                    samples.push(sample);
                }
            }
        }
    }
    let rounds = running.first().map_or(0, |(_, _, samples)| samples.len());
    let mut measured = Vec::new();
    for (side, sampler, samples) in running {
        sampler.finish().await?;
        measured.push(OfSide::new(side, &samples));
    }
    Ok(Measured { case, rounds, sides: measured, lacking })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_side_comes_once_a_round_and_behind_several_others() {
        for count in 1..=9 {
            let (mut first, mut pairs) = (HashSet::new(), HashSet::new());
            for round in 0..60 {
                let order: Vec<usize> = order(round, count).collect();
                assert_eq!(order.iter().collect::<HashSet<_>>().len(), count, "{order:?}");
                first.insert(order[0]);
                pairs.extend(order.windows(2).map(|pair| (pair[0], pair[1])));
            }
            assert_eq!(first.len(), count);
            // Where the count is no prime, some steps would leave sides out.
            assert!(count < 4 || pairs.len() >= 2 * count, "{count} sides: {} pairs", pairs.len());
        }
    }
}
