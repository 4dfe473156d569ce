//! The cases: what each of the two sides does in one sample, and what is made ready for it outside of the clock.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::ValueEnum;
use model_runtime::prelude::*;
use model_runtime::schema;

use crate::hand_written;
use crate::measure::Sides;
use crate::post::{Draft, Post};

/// Rows that one bulk create writes.
const BULK: u64 = 1000;

/// A piece of work that both sides do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Case {
    /// One row by its key.
    Get,
    /// The newest 100 rows.
    List100,
    /// The newest 10,000 rows.
    List10000,
    /// A new row.
    Insert,
    /// A row of which one field was changed.
    Save,
    /// 1,000 new rows; by hand with `push_values` on SQLite, with `UNNEST` on PostgreSQL.
    BulkCreate,
    /// 1,000 new rows, by hand with `push_values` on PostgreSQL too.
    BulkCreateValues,
}

/// The most that a case may take beside hand-written sqlx.
pub const LIMIT: f64 = 1.05;

impl Case {
    /// What the table of results calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Get => "get by id",
            Self::List100 => "list 100",
            Self::List10000 => "list 10,000",
            Self::Insert => "insert",
            Self::Save => "save, one field changed",
            Self::BulkCreate => "bulk create of 1,000",
            Self::BulkCreateValues => "bulk create of 1,000 (push_values)",
        }
    }

    /// Whether it says anything on that database that another case does not.
    pub fn is_for(self, dialect: Dialect) -> bool {
        self != Self::BulkCreateValues || dialect == Dialect::Postgres
    }

    /// Pairs of samples in a full run: some seconds for each case.
    pub fn pairs(self) -> usize {
        match self {
            Self::Get => 20_000,
            Self::List100 => 2_000,
            Self::List10000 => 60,
            Self::Insert | Self::Save => 6_000,
            Self::BulkCreate | Self::BulkCreateValues => 150,
        }
    }

    fn rows(self) -> u64 {
        match self {
            Self::List10000 => 20_000,
            Self::Get | Self::List100 | Self::Insert | Self::Save => 5_000,
            Self::BulkCreate | Self::BulkCreateValues => 0,
        }
    }
}

/// Calls a hand-written function for the database that the pool is of.
macro_rules! by_hand {
    ($pool:expr, $function:ident($($argument:expr),*)) => {
        match $pool {
            Pool::Sqlite(pool) => hand_written::sqlite::$function($($argument,)* pool).await?,
            Pool::Postgres(pool) => hand_written::postgres::$function($($argument,)* pool).await?,
        }
    };
}
pub(crate) use by_hand;

/// A fresh table with the rows of one case.
pub struct Ground {
    case: Case,
    pool: Pool,
    ours: Vec<Post>,
    theirs: Vec<hand_written::Post>,
    count: u64,
}

impl Ground {
    /// Makes the table anew.
    pub async fn new(case: Case, pool: &Pool) -> Result<Self> {
        run(pool, "DROP TABLE IF EXISTS posts").await?;
        schema::create_tables(&[Post::table()], pool).await?;
        let mut ground = Self { case, pool: pool.clone(), ours: Vec::new(), theirs: Vec::new(), count: 0 };
        fill(pool, case.rows()).await?;
        if case.rows() > 0 {
            // Each side works on rows of its own, of which every second one is.
            let mut is_ours = false;
            for post in Post::objects().limit(2000).fetch_all(pool).await? {
                is_ours = !is_ours;
                if is_ours {
                    ground.ours.push(post);
                } else {
                    ground.theirs.push(by_hand!(pool, get(post.id)));
                }
            }
        }
        run(pool, "ANALYZE").await?;
        Ok(ground)
    }

    /// Bulk creates always write into an empty table.
    async fn make_ready(&mut self) -> Result<()> {
        self.count += 1;
        if matches!(self.case, Case::BulkCreate | Case::BulkCreateValues) {
            match self.pool.dialect() {
                Dialect::Sqlite => {
                    run(&self.pool, "DELETE FROM posts").await?;
                    run(&self.pool, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
                }
                Dialect::Postgres => run(&self.pool, "TRUNCATE posts").await?,
            }
        }
        Ok(())
    }
}

impl Sides for Ground {
    async fn ours(&mut self) -> Result<Duration> {
        self.make_ready().await?;
        let at = self.count as usize / 2 % self.ours.len().max(1);
        let pool = &self.pool;
        Ok(match self.case {
            Case::Get => {
                let id = self.ours[at].id;
                let start = Instant::now();
                let post = Post::get(id, pool).await?;
                let time = start.elapsed();
                ensure!(post.id == id, "another row was found");
                time
            }
            Case::List100 | Case::List10000 => {
                let limit = if self.case == Case::List100 { 100 } else { 10_000 };
                let start = Instant::now();
                let posts = Post::objects().limit(limit).fetch_all(pool).await?;
                let time = start.elapsed();
                ensure!(posts.len() as u64 == limit, "{} rows were listed", posts.len());
                time
            }
            Case::Insert => {
                let draft = Draft::new(self.count);
                let start = Instant::now();
                let post = draft.create(pool).await?;
                let time = start.elapsed();
                drop(post);
                time
            }
            Case::Save => {
                let post = &mut self.ours[at];
                post.title = format!("Another title for number {}", self.count);
                let start = Instant::now();
                let wrote = post.save(pool).await?;
                let time = start.elapsed();
                ensure!(wrote, "nothing was saved");
                time
            }
            Case::BulkCreate | Case::BulkCreateValues => {
                let drafts: Vec<Draft> = (0..BULK).map(Draft::new).collect();
                let start = Instant::now();
                let posts = drafts.into_iter().map(Draft::build).collect();
                let posts = Post::bulk_create(posts, pool).await?;
                let time = start.elapsed();
                ensure!(posts.len() as u64 == BULK, "{} rows were made", posts.len());
                time
            }
        })
    }

    async fn theirs(&mut self) -> Result<Duration> {
        self.make_ready().await?;
        let at = self.count as usize / 2 % self.theirs.len().max(1);
        let pool = &self.pool;
        Ok(match self.case {
            Case::Get => {
                let id = self.theirs[at].id;
                let start = Instant::now();
                let post = by_hand!(pool, get(id));
                let time = start.elapsed();
                ensure!(post.id == id, "another row was found");
                time
            }
            Case::List100 => {
                let start = Instant::now();
                let posts = by_hand!(pool, list_100());
                let time = start.elapsed();
                ensure!(posts.len() == 100, "{} rows were listed", posts.len());
                time
            }
            Case::List10000 => {
                let start = Instant::now();
                let posts = by_hand!(pool, list_10_000());
                let time = start.elapsed();
                ensure!(posts.len() == 10_000, "{} rows were listed", posts.len());
                time
            }
            Case::Insert => {
                let draft = Draft::new(self.count);
                let start = Instant::now();
                let post = by_hand!(pool, create(draft));
                let time = start.elapsed();
                drop(post);
                time
            }
            Case::Save => {
                let post = &mut self.theirs[at];
                post.title = format!("Another title for number {}", self.count);
                let start = Instant::now();
                by_hand!(pool, save(post));
                start.elapsed()
            }
            Case::BulkCreate | Case::BulkCreateValues => {
                let drafts: Vec<Draft> = (0..BULK).map(Draft::new).collect();
                let start = Instant::now();
                let posts = match pool {
                    Pool::Postgres(pool) if self.case == Case::BulkCreate => {
                        hand_written::unnest(drafts, pool).await?
                    }
                    pool => by_hand!(pool, bulk_create(drafts)),
                };
                let time = start.elapsed();
                ensure!(posts.len() as u64 == BULK, "{} rows were made", posts.len());
                time
            }
        })
    }
}

/// Writes that many posts.
pub async fn fill(pool: &Pool, rows: u64) -> Result<()> {
    for start in (0..rows).step_by(BULK as usize) {
        let drafts = (start..rows.min(start + BULK)).map(Draft::new);
        Post::bulk_create(drafts.map(Draft::build).collect(), pool).await?;
    }
    Ok(())
}

/// Runs a statement.
pub async fn run(pool: &Pool, sql: impl Into<String>) -> Result<()> {
    let sql = sqlx::AssertSqlSafe(sql.into());
    match pool {
        Pool::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
        Pool::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
    }
    Ok(())
}
