//! Where the database is, and opening it.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use anyhow::Context;
use model_runtime::prelude::*;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Opens the database and brings its tables up to date.
pub async fn open(url: &str) -> anyhow::Result<Pool> {
    // The address stays out of the message: it may hold a password.
    let db = Pool::connect(url).await.context("the database cannot be opened")?;
    let migrated = match &db {
        Pool::Sqlite(db) => sqlx::migrate!("migrations/sqlite").run(db).await,
        Pool::Postgres(db) => sqlx::migrate!("migrations/postgres").run(db).await,
    };
    migrated.context("the tables of the database cannot be brought up to date")?;
    Ok(db)
}

/// The address of the SQLite file that commands share.
pub fn kept() -> anyhow::Result<String> {
    Ok(url(&target()?.join("blog.db")))
}

/// A SQLite file that does not exist yet, since what an earlier run left is removed; with its address.
pub fn fresh() -> anyhow::Result<(PathBuf, String)> {
    let file = target()?.join("blog-walkthrough.db");
    for suffix in ["db", "db-wal", "db-shm"] {
        let file = file.with_extension(suffix);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", file.display()));
            }
            _ => {}
        }
    }
    let url = url(&file);
    Ok((file, url))
}

fn url(file: &Path) -> String {
    SqliteConnectOptions::new().filename(file).create_if_missing(true).to_url_lossy().into()
}

/// The folder that cargo builds into.
fn target() -> anyhow::Result<PathBuf> {
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
    };
    fs::create_dir_all(&target).with_context(|| format!("{} cannot be made", target.display()))?;
    target.canonicalize().with_context(|| format!("{} cannot be found", target.display()))
}
