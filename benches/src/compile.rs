//! What models cost to compile, ours and those of others: a generated crate, built, and checked and built again after
//! one field was edited.

mod generate;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use self::generate::Crate;
use crate::database::target;
use crate::report::Machine;

/// A crate to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Variant {
    /// Structs of 12 fields without any derive.
    Structs,
    /// The same with `sqlx::FromRow`.
    FromRow,
    /// The same with `Model`, unchecked.
    Model,
    /// `Model` with all capabilities, 12 fields with those that these add, unchecked.
    Capabilities,
    /// The same with build-time checks.
    CapabilitiesChecked,
    /// `Model` with all capabilities and 11 further fields, 21 in all, unchecked.
    Large,
    /// The same with build-time checks.
    LargeChecked,
    /// Structs of 12 fields with SeaORM's entities and a relation each.
    SeaOrm,
    /// The same with Diesel's tables, derives and a relation each.
    Diesel,
    /// The same with Toasty's derive and a relation each.
    Toasty,
}

impl Variant {
    fn label(self) -> &'static str {
        match self {
            Self::Structs => "structs without derives",
            Self::FromRow => "FromRow",
            Self::Model => "Model, no capabilities, unchecked",
            Self::Capabilities => "Model, all capabilities, unchecked",
            Self::CapabilitiesChecked => "Model, all capabilities, checked",
            Self::Large => "Model, all capabilities, unchecked",
            Self::LargeChecked => "Model, all capabilities, checked",
            Self::SeaOrm => "SeaORM",
            Self::Diesel => "Diesel",
            Self::Toasty => "Toasty",
        }
    }

    /// Where the versions are written that it is measured with.
    fn lock(self) -> PathBuf {
        match self {
            Self::Toasty => workspace().join("benches/peers/toasty/Cargo.lock"),
            _ => workspace().join("Cargo.lock"),
        }
    }

    /// The folder of its crate: crates of the same dependencies share one.
    fn folder(self) -> PathBuf {
        let name = match self {
            Self::SeaOrm => "sea-orm",
            Self::Diesel => "diesel",
            Self::Toasty => "toasty",
            _ => "ours",
        };
        target().join("benches-compile").join(name)
    }
}

/// What one variant took.
#[derive(Debug, Serialize)]
pub struct Compiled {
    variant: &'static str,
    models: usize,
    fields: usize,
    /// `cargo build` of the crate alone, its dependencies being built.
    build_seconds: f64,
    /// `cargo check` after an edit of one field: the median, the quickest and the slowest.
    check: Times,
    /// `cargo build` after an edit of one field.
    edit_build: Times,
    /// The most memory that a compiler had in a `cargo check` and in a `cargo build`.
    peak_mib: (u64, u64),
    /// What the derive wrote, for each model, as rustc prints it.
    expanded_kib: f64,
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
struct Time {
    seconds: f64,
    /// Time of all cores, which tells more where others use them too.
    cpu_seconds: f64,
}

/// What several runs took: the medians, and the quickest and the slowest.
#[derive(Debug, Serialize)]
pub struct Times {
    median: f64,
    range: (f64, f64),
    cpu_median: f64,
}

impl Times {
    fn of(times: &[Time]) -> Self {
        let sorted = |of: fn(&Time) -> f64| {
            let mut seconds: Vec<f64> = times.iter().map(of).collect();
            seconds.sort_by(f64::total_cmp);
            seconds
        };
        let (seconds, cpu) = (sorted(|time| time.seconds), sorted(|time| time.cpu_seconds));
        let middle = times.len() / 2;
        Self {
            median: seconds[middle],
            range: (seconds[0], seconds[times.len() - 1]),
            cpu_median: cpu[middle],
        }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { median, range: (low, high), cpu_median } = self;
        write!(f, "{median:.2} s ({low:.2}–{high:.2})\n{cpu_median:.2} s of CPU")
    }
}

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    rustc: String,
    /// A build with all dependencies, where that was asked for.
    cold_seconds: Option<f64>,
    compiled: Vec<Compiled>,
}

/// Compiles crates of that many models, and edits each as often. The crates stay under `target/`, so that their
/// dependencies are built once.
pub fn compare(variants: &[Variant], models: usize, edits: usize, cold: bool) -> Result<Report> {
    let machine = Machine::here();
    let mut compiled = Vec::new();
    let plain_bytes = {
        let generated = Crate { variant: Variant::Structs, models, edited: false };
        Cargo::new(&generated)?.expanded()?
    };
    for variant in variants {
        eprintln!("{}, {} models", variant.label(), models);
        let mut generated = Crate { variant: *variant, models, edited: false };
        let cargo = Cargo::new(&generated)?;
        let folder = &cargo.folder;
        if generated.is_checked() {
            write_migration(&cargo, folder)?;
        }
        cargo.time(&["build"])?;
        cargo.time(&["clean", "--package", generate::NAME])?;
        let build_seconds = cargo.time(&["build"])?.seconds;
        cargo.time(&["check"])?;
        let mut after_an_edit = |work: &mut dyn FnMut() -> Result<Time>| {
            let mut edit = || {
                generated.edited = !generated.edited;
                generated.write_first(folder)?;
                work()
            };
            (0..edits).map(|_| edit()).collect::<Result<Vec<Time>>>()
        };
        let check = Times::of(&after_an_edit(&mut || cargo.time(&["check"]))?);
        let edit_build = Times::of(&after_an_edit(&mut || cargo.time(&["build"]))?);
        generated.edited = !generated.edited;
        generated.write_first(folder)?;
        let peak_mib = (cargo.peak_mib("check")?, cargo.peak_mib("build")?);
        let bytes = cargo.expanded()?;
        compiled.push(Compiled {
            variant: variant.label(),
            models,
            fields: generated.fields(),
            build_seconds,
            check,
            edit_build,
            peak_mib,
            expanded_kib: bytes.saturating_sub(plain_bytes) as f64 / 1024.0 / models as f64,
        });
    }
    let cold_seconds = match variants.last() {
        Some(last) if cold => {
            eprintln!("the last of them, with all dependencies");
            let cargo = Cargo::new(&Crate { variant: *last, models, edited: false })?;
            let target = tempfile::tempdir()?;
            Some(cargo.time_with(&["build"], &[("CARGO_TARGET_DIR", target.path())])?.seconds)
        }
        _ => None,
    };
    Ok(Report { machine, rustc: version()?, cold_seconds, compiled })
}

/// The schema that the models want, as they print it themselves.
fn write_migration(cargo: &Cargo, folder: &Path) -> Result<()> {
    let migrations = folder.join("migrations");
    // The build script reads it, also where nothing is checked.
    fs::create_dir_all(&migrations)?;
    let schema = cargo.run(cargo.command(&["run"]).env("MODEL_UNCHECKED", "1"))?;
    Ok(fs::write(migrations.join("0001_models.sql"), schema)?)
}

fn version() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Cargo in the generated crate.
struct Cargo {
    folder: PathBuf,
}

impl Cargo {
    /// Writes a crate, and has it use the versions of this workspace.
    fn new(generated: &Crate) -> Result<Self> {
        let folder = generated.variant.folder();
        generated.write(&folder)?;
        fs::copy(generated.variant.lock(), folder.join("Cargo.lock"))?;
        Ok(Self { folder })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(arguments).arg("--quiet").current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", target().join("benches-compile/target"));
        // What the surrounding `cargo run` and its user have set is not for this crate.
        for name in ["DATABASE_URL", "SQLX_OFFLINE", "MODEL_UNCHECKED", "CARGO_MANIFEST_DIR"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, command: &mut Command) -> Result<Vec<u8>> {
        let output = command.output().context("cargo does not start")?;
        ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    }

    fn time(&self, arguments: &[&str]) -> Result<Time> {
        self.time_with(arguments, &[])
    }

    fn time_with(&self, arguments: &[&str], variables: &[(&str, &Path)]) -> Result<Time> {
        let (start, before) = (Instant::now(), cpu_of_children()?);
        self.run(self.command(arguments).envs(variables.iter().copied()))?;
        Ok(Time { seconds: start.elapsed().as_secs_f64(), cpu_seconds: cpu_of_children()? - before })
    }

    /// The most memory that a compiler has, which is looked at every few milliseconds: the highest ever is what counts.
    fn peak_mib(&self, command: &str) -> Result<u64> {
        let mut cargo = self.command(&[command]).spawn().context("cargo does not start")?;
        let mut peak_kib = 0;
        let status = loop {
            peak_kib = compilers(cargo.id()).filter_map(highest_kib).fold(peak_kib, u64::max);
            if let Some(status) = cargo.try_wait()? {
                break status;
            }
            thread::sleep(Duration::from_millis(5));
        };
        ensure!(status.success(), "cargo {command} failed");
        Ok(peak_kib / 1024)
    }

    /// Length of the crate with all macros expanded; rustc prints that only where unstable options are allowed.
    fn expanded(&self) -> Result<usize> {
        let mut command = self.command(&["rustc", "--profile", "check"]);
        command.args(["--", "-Zunpretty=expanded"]).env("RUSTC_BOOTSTRAP", "1");
        Ok(self.run(&mut command)?.len())
    }
}

/// Seconds that all processes have computed which this one has waited for, and those that they have waited for.
fn cpu_of_children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("CPU time is read from Linux's /proc")?;
    // Behind the name of the program, which may hold spaces.
    let fields = stat.rsplit_once(')').context("no name in /proc/self/stat")?.1.split_whitespace();
    let ticks: Vec<f64> = fields.skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    // The kernel tells in hundredths of a second.
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

/// What a process has started, each by one of its threads.
fn compilers(cargo: u32) -> impl Iterator<Item = String> {
    let threads = fs::read_dir(format!("/proc/{cargo}/task")).into_iter().flatten().flatten();
    threads.flat_map(|thread| {
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    })
}

/// The most memory that a process ever had, while it lives.
fn highest_kib(process: String) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn workspace() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

impl Report {
    /// Prints it for people.
    pub fn print(&self) {
        println!("{}\n{}", self.machine, self.rustc);
        if let Some(seconds) = self.cold_seconds {
            println!("the last of these crates with all dependencies, built cold: {seconds:.0} s");
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_header([
            "crate",
            "models",
            "fields",
            "build of the crate",
            "check after an edit",
            "build after an edit",
            "peak of check and build",
            "expanded per model",
        ]);
        for column in 1..8 {
            table.column_mut(column).expect("eight columns").set_cell_alignment(CellAlignment::Right);
        }
        for it in &self.compiled {
            table.add_row([
                it.variant.to_owned(),
                it.models.to_string(),
                it.fields.to_string(),
                format!("{:.2} s", it.build_seconds),
                it.check.to_string(),
                it.edit_build.to_string(),
                format!("{} and {} MiB", it.peak_mib.0, it.peak_mib.1),
                format!("{:.1} KiB", it.expanded_kib),
            ]);
        }
        println!("{table}");
    }
}
