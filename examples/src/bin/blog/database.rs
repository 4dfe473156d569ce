//! Where the database is, and opening it.

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

use anyhow::Context;
use model_runtime::prelude::*;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Opens the database and brings its tables up to date.
pub async fn open(url: &str) -> anyhow::Result<Pool> {
    // The address stays out of the message: it may hold a password.
    let db = Pool::connect(url)
        .await
        .context("the database cannot be opened")?;
    let migrated = match &db {
        Pool::Sqlite(db) => sqlx::migrate!("migrations/sqlite").run(db).await,
        Pool::Postgres(db) => sqlx::migrate!("migrations/postgres").run(db).await,

    };
    migrated.context("the tables of the database cannot be brought up to date")?;
    Ok(db)
}

/// The address of a SQLite file under `target/` that stays from run to run.
pub fn kept(name: &str) -> anyhow::Result<String> {
    let path = file(name)?;
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .to_url_lossy()
        .into())
}

/// The address of a SQLite file under `target/` that does not exist yet: what an earlier run left is removed.
pub fn fresh(name: &str) -> anyhow::Result<String> {
    for name in [name.to_owned(), format!("{name}-wal"), format!("{name}-shm")] {
        let path = file(&name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", path.display()));
            }
            _ => {}
        }
    }
    kept(name)
}

/// A file in the folder that cargo builds into.
fn file(name: &str) -> anyhow::Result<PathBuf> {
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
    };
    fs::create_dir_all(&target).with_context(|| format!("{} cannot be made", target.display()))?;
    let target = target
        .canonicalize()
        .with_context(|| format!("{} cannot be found", target.display()))?;
    Ok(target.join(name))
}
