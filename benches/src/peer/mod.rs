//! The sides: this library, sqlx by hand, the drivers below, and other libraries, some of them in programs of their own.

#[cfg(feature = "peers")]
mod diesel;
mod ours;
mod process;
mod rusqlite;
#[cfg(feature = "peers")]
mod sea_orm;
#[macro_use]
pub mod sql;
pub mod sqlx;
mod tokio_postgres;

use anyhow::Result;
use clap::ValueEnum;
use harness::{Peer, Reading, Run, Sampler};
use serde::{Deserialize, Serialize};

use self::process::Process;
use crate::database::Kind;

/// A side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// This library.
    Ours,
    /// sqlx as people write it: `query_as` with `FromRow`, and the pool as it comes.
    Sqlx,
    /// The best that was found to write with sqlx, on this library's pool.
    SqlxBest,
    /// The driver below: rusqlite or tokio-postgres, on one connection, prepared once.
    Driver,
    /// Diesel, synchronous.
    Diesel,
    /// SeaORM.
    SeaOrm,
    /// Toasty, in a program of its own.
    Toasty,
    /// rustango, in a program of its own.
    Rustango,
    /// Django, by `python3`.
    Django,
}

/// Calls a macro with the type of a side that is in this program, or does something else.
macro_rules! with_type {
    ($side:expr, $kind:expr, $with:ident, else $elsewhere:expr) => {
        match ($side, $kind) {
            (Side::Ours, _) => $with!(ours::Ours),
            (Side::Sqlx, Kind::Sqlite) => $with!(sqlx::sqlite::Sqlx<false>),
            (Side::Sqlx, Kind::Postgres) => $with!(sqlx::postgres::Sqlx<false>),
            (Side::SqlxBest, Kind::Sqlite) => $with!(sqlx::sqlite::Sqlx<true>),
            (Side::SqlxBest, Kind::Postgres) => $with!(sqlx::postgres::Sqlx<true>),
            (Side::Driver, Kind::Sqlite) => $with!(rusqlite::Rusqlite),
            (Side::Driver, Kind::Postgres) => $with!(tokio_postgres::TokioPostgres),
            #[cfg(feature = "peers")]
            (Side::Diesel, Kind::Sqlite) => $with!(diesel::sqlite::Diesel),
            #[cfg(feature = "peers")]
            (Side::Diesel, Kind::Postgres) => $with!(diesel::postgres::Diesel),
            #[cfg(feature = "peers")]
            (Side::SeaOrm, _) => $with!(sea_orm::SeaOrm),
            #[cfg(not(feature = "peers"))]
            (Side::Diesel | Side::SeaOrm, _) => anyhow::bail!("{} wants the feature `peers`", $side.label()),
            (Side::Toasty | Side::Rustango | Side::Django, _) => $elsewhere,
        }
    };
}

impl Side {
    /// What the tables call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Sqlx => "sqlx",
            Self::SqlxBest => "sqlx, best",
            Self::Driver => "driver",
            Self::Diesel => "Diesel",
            Self::SeaOrm => "SeaORM",
            Self::Toasty => "Toasty",
            Self::Rustango => "rustango",
            Self::Django => "Django",
        }
    }

    /// Starts it, or tells why it is not to be had.
    pub fn start(self, kind: Kind) -> Result<Box<dyn Sampler>> {
        fn run<P: Peer>() -> Result<Box<dyn Sampler>>
        where
            P::Article: 'static,
        {
            Ok(Box::new(Run::<P>::default()))
        }
        macro_rules! run {
            ($Peer:ty) => {
                run::<$Peer>()
            };
        }
        with_type!(self, kind, run, else Ok(Box::new(Process::start(self)?)))
    }

    /// Has it read all posts, in this process or in its own.
    pub async fn stream(self, kind: Kind, url: &str) -> Result<Reading> {
        macro_rules! run {
            ($Peer:ty) => {
                harness::stream::<$Peer>(url).await
            };
        }
        with_type!(self, kind, run, else Process::start(self)?.stream(url).await)
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied()
    }

    /// Those that are in this program.
    pub fn at_hand() -> Vec<Self> {
        let is_at_hand = |side: &Self| match side {
            Self::Diesel | Self::SeaOrm => cfg!(feature = "peers"),
            Self::Toasty | Self::Rustango | Self::Django => false,
            _ => true,
        };
        Self::all().filter(is_at_hand).collect()
    }

    /// What the command line calls it.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
