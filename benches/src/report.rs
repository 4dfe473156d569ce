//! What is printed and written: the machine, the versions, the ratios.

use std::fs;

use comfy_table::{CellAlignment, Table, presets};
use serde::{Deserialize, Serialize};

use crate::limit::Limit;
use crate::measure::{Measured, OfSide};
use crate::peer::Side;

/// A whole run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// Where it ran.
    pub machine: Machine,
    /// Whether its samples were few.
    pub quick: bool,
    /// Connections of each side's pool.
    pub connections: u32,
    /// What was measured on each database.
    pub databases: Vec<OnDatabase>,
}

/// Where it ran.
#[derive(Debug, Serialize, Deserialize)]
pub struct Machine {
    cpu: String,
    cores: usize,
    kernel: String,
    load: String,
}

/// The cases on one database.
#[derive(Debug, Serialize, Deserialize)]
pub struct OnDatabase {
    /// Name and version.
    pub database: String,
    /// What its cases took.
    pub cases: Vec<Measured>,
    /// What they may have taken.
    pub limits: Vec<Limit>,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
        Self {
            cpu: cpu.trim_start_matches([' ', '\t', ':']).to_owned(),
            cores: std::thread::available_parallelism().map_or(0, Into::into),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cpu, cores, kernel, load } = self;
        write!(f, "{cpu}, {cores} cores, Linux {kernel}, load {load} at the start")
    }
}

/// A table, all columns but the first to the right.
pub fn table<'a>(header: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(header.into_iter());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

impl Report {
    /// Prints it for people.
    pub fn print(&self) {
        println!("{}", self.machine);
        for database in &self.databases {
            database.print();
        }
        if self.quick {
            println!("a quick run shows that the cases run; its times say little");
        }
    }
}

impl OnDatabase {
    fn print(&self) {
        let sides: Vec<Side> =
            Side::all().filter(|side| self.cases.iter().any(|it| it.of(*side).is_some())).collect();
        let Some(base) = [Side::SqlxBest, Side::Sqlx]
            .into_iter()
            .chain(sides.first().copied())
            .find(|it| sides.contains(it))
        else {
            return;
        };
        println!(
            "\n{}: medians by that of {:?} (lowest to highest tenth of the run), and allocations of a sample",
            self.database,
            base.label()
        );
        let labels = sides.iter().map(|side| side.label());
        let mut table = table(["case", "rounds", base.label()].into_iter().chain(labels));
        for it in &self.cases {
            let beside = it.of(base);
            let cell = |side: &Side| match (it.of(*side), beside) {
                (Some(side), Some(base)) => cell(side, base),
                (Some(side), None) => format!("{:.1} µs\n{}", side.median, side.allocations),
                (None, _) => String::new(),
            };
            let time = beside.map_or_else(String::new, |it| format!("{:.1} µs", it.median));
            let first = [it.case.label().to_owned(), it.rounds.to_string(), time];
            table.add_row(first.into_iter().chain(sides.iter().map(cell)));
        }
        println!("{table}");
        for it in &self.cases {
            for (side, reason) in &it.lacking {
                println!("{} has no {:?}: {reason}", side.label(), it.case.label());
            }
        }
        let mut table = crate::report::table(["case", "beside", "ours", "at most", ""]);
        for it in &self.limits {
            let (low, high) = it.range;
            table.add_row([
                it.case.label().to_owned(),
                it.beside.label().to_owned(),
                format!("{:.2} ({low:.2}–{high:.2})", it.ratio),
                format!("{:.2}", it.at_most),
                it.verdict().to_owned(),
            ]);
        }
        println!("{table}");
    }
}

fn cell(side: &OfSide, base: &OfSide) -> String {
    let (ratio, (low, high)) = side.beside(base);
    format!("{ratio:.2} ({low:.2}–{high:.2})\n{}", side.allocations)
}
