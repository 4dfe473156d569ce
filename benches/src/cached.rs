//! A row from memory, beside the query for it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use comfy_table::Table;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use serde::Serialize;
use sqlx::FromRow;

use crate::database::{Database, Kind};
use crate::report;

/// The most that it may take of the query's time on SQLite.
const LIMIT: f64 = 0.05;

/// Reads in a sample: one from memory takes less time than a clock tells.
const READS: usize = 100;

/// Rows in turn.
const ROWS: usize = 500;

/// Is read far more often than it is written.
#[mixins]
#[derive(Debug, Clone, PartialEq, FromRow, Model)]
#[model(table = "articles", unchecked)]
#[timestamps]
#[soft_delete]
#[cached(ttl = 3600)]
struct Article {
    title: String,
    content: String,
    author_id: Uuid,
    views_count: i32,
}

/// What was measured on one database.
#[derive(Debug, Serialize)]
pub struct Compared {
    database: String,
    /// Median of a read from memory, in microseconds.
    cached: f64,
    /// Median of the query.
    query: f64,
}

/// Reads from memory and by the query, in turn.
pub async fn compare(kind: Kind, server: Option<&str>, rounds: usize) -> Result<Compared> {
    let database = Database::new(kind, server).await?;
    let ground = Ground::new(&database.pool).await?;
    let (mut cached, mut query) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for _ in 0..rounds {
        cached.push(ground.cached().await?);
        query.push(ground.query().await?);
    }
    let version = database.version().await?;
    database.close().await?;
    Ok(Compared { database: version, cached: median(cached), query: median(query) })
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// The results, for people.
pub fn table(compared: &[Compared]) -> Table {
    let mut table = report::table(["database", "cached", "query", "ratio", "at most"]);
    for it in compared {
        table.add_row([
            it.database.clone(),
            format!("{:.2} µs", it.cached),
            format!("{:.2} µs", it.query),
            format!("{:.3}", it.cached / it.query),
            format!("{LIMIT}"),
        ]);
    }
    table
}

/// A table with rows, all of them in memory.
struct Ground {
    pool: Pool,
    ids: Vec<Uuid>,
}

impl Ground {
    async fn new(pool: &Pool) -> Result<Self> {
        create_tables(&[Article::table()], pool).await?;
        let article = |n: usize| {
            let content = format!("The article number {n}. ").repeat(20);
            Article::builder()
                .title(format!("{n}"))
                .content(content)
                .author_id(Uuid::from_u128(1))
                .views_count(1)
        };
        let articles = Article::bulk_create((0..ROWS).map(|n| article(n).build()).collect(), pool).await?;
        let ids: Vec<Uuid> = articles.iter().map(|article| article.id).collect();
        for id in &ids {
            Article::get_cached(*id, pool).await?;
        }
        Ok(Self { pool: pool.clone(), ids })
    }

    fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.ids.iter().copied().cycle().take(READS)
    }
}

const GET: &str = "SELECT id, title, content, author_id, views_count, created_at, updated_at, deleted_at FROM articles \
                   WHERE id = $1 AND deleted_at IS NULL";

impl Ground {
    async fn cached(&self) -> Result<Duration> {
        let start = Instant::now();
        for id in self.ids() {
            let article = Article::get_cached(id, &self.pool).await?;
            ensure!(article.id == id, "another row was found");
        }
        Ok(start.elapsed() / READS as u32)
    }

    async fn query(&self) -> Result<Duration> {
        let start = Instant::now();
        for id in self.ids() {
            let article = match &self.pool {
                Pool::Sqlite(pool) => sqlx::query_as::<_, Article>(GET).bind(id).fetch_one(pool).await?,
                Pool::Postgres(pool) => sqlx::query_as::<_, Article>(GET).bind(id).fetch_one(pool).await?,
            };
            ensure!(article.id == id, "another row was found");
        }
        Ok(start.elapsed() / READS as u32)
    }
}
