//! The databases that are measured: a file under `target/`, and a schema of its own on a PostgreSQL server.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use harness::Case;
use model_runtime::Pool;
use sqlx::{AssertSqlSafe, Connection, Executor};

/// Connections of each side's pool.
pub const CONNECTIONS: u32 = 4;

/// A database to measure on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// SQLite, in a file under `target/`.
    Sqlite,
    /// PostgreSQL, at `--url`.
    Postgres,
}

impl Kind {
    /// Whether there is such a case: no network leads to SQLite.
    pub fn has(self, case: Case) -> bool {
        self == Self::Postgres || case != Case::AuditedSaveOverNetwork
    }

    /// What the command line calls it.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// A database that goes away with [`close`](Self::close).
pub struct Database {
    /// Where a further pool finds it.
    pub url: String,
    /// Connections to it.
    pub pool: Pool,
    file: Option<PathBuf>,
    schema: Option<(String, String)>,
}

impl Database {
    /// Makes an empty one. No write waits for the disk (SQLite `synchronous = NORMAL` with a write-ahead log,
    /// PostgreSQL `synchronous_commit = off`): waiting would take most of the time of a write, on both sides alike,
    /// and hide what they differ in.
    pub async fn new(kind: Kind, server: Option<&str>) -> Result<Self> {
        Self::named(kind, server, "benches").await
    }

    /// The same, for a process that has several.
    pub async fn named(kind: Kind, server: Option<&str>, name: &str) -> Result<Self> {
        let name = format!("{name}_{}", std::process::id());
        match kind {
            Kind::Sqlite => {
                let file = target().join(format!("{name}.db"));
                let url = format!("sqlite://{}", file.display());
                Ok(Self {
                    pool: Pool::connect_with(&url, CONNECTIONS).await?,
                    url,
                    file: Some(file),
                    schema: None,
                })
            }
            Kind::Postgres => {
                let server = server.context("PostgreSQL wants `--url` or TEST_POSTGRES_URL")?.to_owned();
                let schema = name;
                execute(&server, format!("CREATE SCHEMA {schema}")).await?;
                let separator = if server.contains('?') { '&' } else { '?' };
                let options = format!("-c%20search_path%3D{schema}%20-c%20synchronous_commit%3Doff");
                let url = format!("{server}{separator}options={options}");
                Ok(Self {
                    pool: Pool::connect_with(&url, CONNECTIONS).await?,
                    url,
                    file: None,
                    schema: Some((server, schema)),
                })
            }
        }
    }

    /// Name and version, as the server tells.
    pub async fn version(&self) -> Result<String> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => {
                format!(
                    "SQLite {}",
                    sqlx::query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(pool).await?
                )
            }
            Pool::Postgres(pool) => {
                format!(
                    "PostgreSQL {}",
                    sqlx::query_scalar::<_, String>("SHOW server_version").fetch_one(pool).await?
                )
            }
        })
    }

    /// Removes all that was made.
    pub async fn close(self) -> Result<()> {
        self.pool.close().await;
        if let Some(file) = self.file {
            std::fs::remove_file(file)?;
        }
        if let Some((server, schema)) = self.schema {
            execute(&server, format!("DROP SCHEMA {schema} CASCADE")).await?;
        }
        Ok(())
    }
}

/// The folder that cargo builds in.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => folder.into(),
        None => [env!("CARGO_MANIFEST_DIR"), "..", "target"].iter().collect(),
    }
}

async fn execute(url: &str, sql: String) -> Result<()> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(connection.close().await?)
}
