//! What models cost to compile: a generated crate, built cold, and checked again after one field was edited.

mod generate;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use self::generate::Crate;
use crate::database::target;

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
        }
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
    /// `cargo check` after an edit of one field: the median.
    check_seconds: f64,
    /// The quickest and the slowest of them.
    check_range: (f64, f64),
    /// What the derive wrote, for each model, as rustc prints it.
    expanded_kib: f64,
}

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    rustc: String,
    /// A build with all dependencies, where that was asked for.
    cold_seconds: Option<f64>,
    compiled: Vec<Compiled>,
}

/// Compiles crates of that many models, and edits each as often. The crate stays under `target/`, so that its
/// dependencies are built once.
pub fn compare(variants: &[Variant], models: usize, edits: usize, cold: bool) -> Result<Report> {
    let folder = &target().join("benches-compile");
    fs::create_dir_all(folder)?;
    let cargo = Cargo::new(folder)?;
    let mut cold_seconds = None;
    let mut compiled = Vec::new();
    let mut plain_bytes = None;
    for variant in variants {
        eprintln!("{}, {} models", variant.label(), models);
        let mut generated = Crate { variant: *variant, models, edited: false };
        generated.write(folder)?;
        if generated.is_checked() {
            write_migration(&cargo, folder)?;
        }
        cargo.time(&["build"])?;
        cargo.time(&["clean", "--package", generate::NAME])?;
        let build_seconds = cargo.time(&["build"])?;
        cargo.time(&["check"])?;
        let mut checks = Vec::new();
        for _ in 0..edits {
            generated.edited = !generated.edited;
            generated.write_first(folder)?;
            checks.push(cargo.time(&["check"])?);
        }
        checks.sort_by(f64::total_cmp);
        let bytes = cargo.expanded()?;
        let plain = *plain_bytes.get_or_insert(bytes);
        compiled.push(Compiled {
            variant: variant.label(),
            models,
            fields: generated.fields(),
            build_seconds,
            check_seconds: checks[checks.len() / 2],
            check_range: (checks[0], checks[checks.len() - 1]),
            expanded_kib: bytes.saturating_sub(plain) as f64 / 1024.0 / models as f64,
        });
    }
    if cold {
        eprintln!("the last of them, with all dependencies");
        let target = tempfile::tempdir()?;
        cold_seconds = Some(cargo.time_with(&["build"], &[("CARGO_TARGET_DIR", target.path())])?);
    }
    Ok(Report { rustc: version()?, cold_seconds, compiled })
}

/// The schema that the models want, as they print it themselves.
fn write_migration(cargo: &Cargo, folder: &Path) -> Result<()> {
    let schema = cargo.run(cargo.command(&["run"]).env("MODEL_UNCHECKED", "1"))?;
    let migrations = folder.join("migrations");
    fs::create_dir_all(&migrations)?;
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
    /// Has the crate use the versions of this workspace.
    fn new(folder: &Path) -> Result<Self> {
        fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(arguments).arg("--quiet").current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", self.folder.join("target"));
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

    fn time(&self, arguments: &[&str]) -> Result<f64> {
        self.time_with(arguments, &[])
    }

    fn time_with(&self, arguments: &[&str], variables: &[(&str, &Path)]) -> Result<f64> {
        let start = Instant::now();
        self.run(self.command(arguments).envs(variables.iter().copied()))?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Length of the crate with all macros expanded; rustc prints that only where unstable options are allowed.
    fn expanded(&self) -> Result<usize> {
        let mut command = self.command(&["rustc", "--profile", "check"]);
        command.args(["--", "-Zunpretty=expanded"]).env("RUSTC_BOOTSTRAP", "1");
        Ok(self.run(&mut command)?.len())
    }
}

fn workspace() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

impl Report {
    /// Prints it for people.
    pub fn print(&self) {
        println!("{}", self.rustc);
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
            "expanded per model",
        ]);
        for column in 1..6 {
            table.column_mut(column).expect("six columns").set_cell_alignment(CellAlignment::Right);
        }
        for it in &self.compiled {
            let (low, high) = it.check_range;
            table.add_row([
                it.variant.to_owned(),
                it.models.to_string(),
                it.fields.to_string(),
                format!("{:.2} s", it.build_seconds),
                format!("{:.2} s ({low:.2}–{high:.2})", it.check_seconds),
                format!("{:.1} KiB", it.expanded_kib),
            ]);
        }
        println!("{table}");
    }
}
