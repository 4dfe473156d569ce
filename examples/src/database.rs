//! Where the database is, and opening it.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use anyhow::Context;
use model_runtime::prelude::*;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Opens the database and brings its tables up to date.
///
/// # Errors
/// Where there is no such database, and those of [`migrate`].
pub async fn open(url: &str) -> anyhow::Result<Pool> {
    // The address stays out of the message: it may hold a password.
    let db = Pool::connect(url).await.context("the database cannot be opened")?;
    migrate(&db).await?;
    Ok(db)
}

/// Brings the tables of a database up to date. They are those of all programs, which can share a database: the users and
/// the audit trail are common to them.
///
/// # Errors
/// Where the tables were made by something else.
pub async fn migrate(db: &Pool) -> anyhow::Result<()> {
    let migrated = match db {
        Pool::Sqlite(db) => sqlx::migrate!("migrations/sqlite").run(db).await,
        Pool::Postgres(db) => sqlx::migrate!("migrations/postgres").run(db).await,
    };
    migrated.context("the tables of the database cannot be brought up to date")
}

/// The address of the SQLite file that a program's commands share.
///
/// # Errors
/// Where the folder cannot be made.
pub fn kept(program: &str) -> anyhow::Result<String> {
    Ok(url(&target()?.join(program).with_extension("db")))
}

/// The address of a SQLite file for a program's walk-through, which is named on standard error. It does not exist yet: what
/// an earlier run left is removed.
///
/// # Errors
/// Where the folder cannot be made, or the earlier file cannot be removed.
pub fn fresh(program: &str) -> anyhow::Result<String> {
    let file = target()?.join(format!("{program}-walkthrough.db"));
    for suffix in ["db", "db-wal", "db-shm"] {
        let file = file.with_extension(suffix);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", file.display()));
            }
            _ => {}
        }
    }
    eprintln!("A fresh database: {}", file.display());
    Ok(url(&file))
}

fn url(file: &Path) -> String {
    SqliteConnectOptions::new().filename(file).create_if_missing(true).to_url_lossy().into()
}

/// The folder that cargo builds into.
///
/// # Errors
/// Where it cannot be made.
pub fn target() -> anyhow::Result<PathBuf> {
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
    };
    fs::create_dir_all(&target).with_context(|| format!("{} cannot be made", target.display()))?;
    target.canonicalize().with_context(|| format!("{} cannot be found", target.display()))
}
