//! What is printed and written: the machine, the versions, the ratios.

use std::fs;

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use crate::measure::{Measured, Side};

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    quick: bool,
    databases: Vec<OnDatabase>,
}

/// Where it ran.
#[derive(Debug, Serialize)]
pub struct Machine {
    cpu: String,
    cores: usize,
    kernel: String,
    load: String,
}

/// The cases on one database.
#[derive(Debug, Serialize)]
pub struct OnDatabase {
    /// Name and version.
    pub database: String,
    /// What its cases took.
    pub cases: Vec<Measured>,
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

impl Report {
    /// A run that is about to be shown.
    pub fn new(machine: Machine, quick: bool, databases: Vec<OnDatabase>) -> Self {
        Self { machine, quick, databases }
    }

    /// Prints it for people.
    pub fn print(&self) {
        let Machine { cpu, cores, kernel, load } = &self.machine;
        println!("{cpu}, {cores} cores, Linux {kernel}, load {load} at the start");
        println!(
            "microseconds: median (first to third quartile); ratio of medians (lowest to highest tenth)"
        );
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_header(["database", "case", "pairs", "ours", "by hand", "ratio", ""]);
        for column in 2..6 {
            table.column_mut(column).expect("seven columns").set_cell_alignment(CellAlignment::Right);
        }
        for (database, it) in
            self.databases.iter().flat_map(|on| on.cases.iter().map(|it| (&on.database, it)))
        {
            let (low, high) = it.ratio_range;
            table.add_row([
                database.clone(),
                it.case.to_owned(),
                it.pairs.to_string(),
                side(&it.ours),
                side(&it.hand_written),
                format!("{:.3} ({low:.2}–{high:.2})", it.ratio),
                if it.ratio > it.limit {
                    format!("above {}", it.limit)
                } else {
                    format!("at most {}", it.limit)
                },
            ]);
        }
        println!("{table}");
        if self.quick {
            println!("a quick run shows that the cases run; its times say little");
        }
    }
}

fn side(side: &Side) -> String {
    let (low, high) = side.quartiles;
    format!("{:.1} ({low:.1}–{high:.1})", side.median)
}
