//! Recorded writes beside the same work by hand, on one connection.

mod delay;
mod hand_written;
mod model;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::ValueEnum;
use model_runtime::Connection;
use model_runtime::audit::{self, AuditContext};
use model_runtime::prelude::*;

use crate::database::Database;
use crate::measure::Sides;
use model::{Article, Draft};

/// Rows that one bulk delete deletes.
const BULK: u64 = 10_000;

/// A piece of work that both sides do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Case {
    /// A tracked and audited row of which one field was changed; by hand in a transaction.
    Save,
    /// The same over a network with a millisecond of delay.
    SaveOverNetwork,
    /// A save of a row with 1,000 writes behind it, beside one with 100; the log keeps 100.
    SaveLongHistory,
    /// 10,000 audited rows deleted at once; by hand with two statements in a transaction.
    BulkDelete,
    /// The same; by hand in one statement, which knows that nothing was deleted before.
    BulkDeleteInOne,
    /// The same; by hand in a loop over the rows.
    BulkDeleteLoop,
}

impl Case {
    /// What the table of results calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Save => "audited tracked save",
            Self::SaveOverNetwork => "audited tracked save, 1 ms of network",
            Self::SaveLongHistory => "audited tracked save, 1,000 writes behind it (beside 100)",
            Self::BulkDelete => "audited bulk delete of 10,000",
            Self::BulkDeleteInOne => "audited bulk delete of 10,000 (one statement)",
            Self::BulkDeleteLoop => "audited bulk delete of 10,000 (loop)",
        }
    }

    /// Whether there is such a case on that database.
    pub fn is_for(self, dialect: Dialect) -> bool {
        dialect == Dialect::Postgres || !matches!(self, Self::SaveOverNetwork | Self::BulkDeleteInOne)
    }

    /// The most that it may take beside what is done by hand.
    pub fn limit(self, dialect: Dialect) -> f64 {
        match (self, dialect) {
            (Self::Save, Dialect::Postgres) => 0.55,
            (Self::Save, Dialect::Sqlite) => 0.85,
            (Self::SaveOverNetwork | Self::BulkDeleteLoop, _) => 0.30,
            (Self::SaveLongHistory | Self::BulkDelete | Self::BulkDeleteInOne, _) => 1.05,
        }
    }

    /// Pairs of samples in a full run.
    pub fn pairs(self) -> usize {
        match self {
            Self::Save => 6_000,
            Self::SaveOverNetwork => 400,
            Self::SaveLongHistory => 2_000,
            Self::BulkDelete | Self::BulkDeleteInOne => 40,
            Self::BulkDeleteLoop => 5,
        }
    }
}

/// Fresh tables with the rows of one case.
pub struct Ground {
    case: Case,
    connection: Connection,
    editor: AuditContext,
    ours: Vec<Article>,
    theirs: Vec<Article>,
    count: u64,
}

impl Ground {
    /// Makes the tables anew.
    pub async fn new(case: Case, database: &Database) -> Result<Self> {
        let pool = match case {
            Case::SaveOverNetwork => crate::database::connect(&delay::url(&database.url).await?).await?,
            _ => database.pool.clone(),
        };
        for table in ["articles", "drafts", "audit_logs"] {
            crate::case::run(&database.pool, format!("DROP TABLE IF EXISTS {table}")).await?;
        }
        model::create_tables(&database.pool).await?;
        let connection = pool.acquire().await?;
        let mut ground = Self {
            case,
            connection,
            editor: model::editor(),
            ours: Vec::new(),
            theirs: Vec::new(),
            count: 0,
        };
        match case {
            Case::Save | Case::SaveOverNetwork => {
                let rows = (0..2_000).map(model::article).collect();
                ground.ours = Article::bulk_create(rows, &database.pool).await?;
                ground.theirs = ground.ours.split_off(1_000);
            }
            Case::SaveLongHistory => {
                for (writes, rows) in [(1_000, &mut ground.ours), (100, &mut ground.theirs)] {
                    for n in 0..4 {
                        let mut row = model::article(n);
                        row.insert(&database.pool).await?;
                        for write in 0..writes {
                            row.title = format!("Write number {write}");
                            row.save(&database.pool).await?;
                        }
                        rows.push(row);
                    }
                }
            }
            Case::BulkDelete | Case::BulkDeleteInOne | Case::BulkDeleteLoop => {
                for start in (0..BULK).step_by(1_000) {
                    let rows = (start..start + 1_000).map(model::draft).collect();
                    Draft::bulk_create(rows, &database.pool).await?;
                }
            }
        }
        if database.pool.dialect() == Dialect::Postgres {
            crate::case::run(&database.pool, "ANALYZE".to_owned()).await?;
        }
        Ok(ground)
    }

    /// All drafts live again, and no audit row.
    async fn make_ready(&mut self) -> Result<()> {
        self.count += 1;
        if !matches!(self.case, Case::BulkDelete | Case::BulkDeleteInOne | Case::BulkDeleteLoop) {
            return Ok(());
        }
        Draft::objects().deleted().without_audit().restore(&mut self.connection).await?;
        match &mut self.connection {
            Connection::Sqlite(connection) => {
                sqlx::query("DROP TABLE audit_logs").execute(&mut **connection).await?;
                model_runtime::schema::create_tables(&[AuditLog::table()], &mut **connection).await?;
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut **connection).await?;
            }
            Connection::Postgres(connection) => {
                sqlx::query("DROP TABLE audit_logs").execute(&mut **connection).await?;
                model_runtime::schema::create_tables(&[AuditLog::table()], &mut **connection).await?;
                sqlx::query("VACUUM drafts").execute(&mut **connection).await?;
            }
        }
        Ok(())
    }

    async fn save(&mut self, ours: bool) -> Result<Duration> {
        let (rows, count) = (if ours { &mut self.ours } else { &mut self.theirs }, self.count);
        let at = count as usize / 2 % rows.len();
        let row = &mut rows[at];
        row.title = format!("Another title for number {count}");
        let start = Instant::now();
        let wrote = row.with_audit(&self.editor).save(&mut self.connection).await?;
        let time = start.elapsed();
        ensure!(wrote, "nothing was saved");
        Ok(time)
    }

    async fn save_by_hand(&mut self) -> Result<Duration> {
        let at = self.count as usize / 2 % self.theirs.len();
        let row = &mut self.theirs[at];
        row.title = format!("Another title for number {}", self.count);
        let start = Instant::now();
        let wrote = match &mut self.connection {
            Connection::Sqlite(connection) => {
                hand_written::sqlite::save(row, &self.editor, connection).await?
            }
            Connection::Postgres(connection) => {
                hand_written::postgres::save(row, &self.editor, connection).await?
            }
        };
        let time = start.elapsed();
        ensure!(wrote, "nothing was saved");
        Ok(time)
    }

    async fn delete_in_a_loop(&mut self) -> Result<u64> {
        let drafts = Draft::objects().fetch_all(&mut self.connection).await?;
        let mut deleted = 0;
        for mut draft in drafts {
            deleted += u64::from(draft.delete(&mut self.connection).await?);
        }
        Ok(deleted)
    }
}

impl Sides for Ground {
    async fn ours(&mut self) -> Result<Duration> {
        self.make_ready().await?;
        match self.case {
            Case::Save | Case::SaveOverNetwork | Case::SaveLongHistory => self.save(true).await,
            Case::BulkDelete | Case::BulkDeleteInOne | Case::BulkDeleteLoop => {
                let start = Instant::now();
                let all = Draft::objects().with_audit(&self.editor);
                let deleted = all.delete(&mut self.connection).await?;
                let time = start.elapsed();
                ensure!(deleted == BULK, "{deleted} rows were deleted");
                Ok(time)
            }
        }
    }

    async fn theirs(&mut self) -> Result<Duration> {
        self.make_ready().await?;
        let start = Instant::now();
        let deleted = match (self.case, &mut self.connection) {
            (Case::Save | Case::SaveOverNetwork, _) => return self.save_by_hand().await,
            (Case::SaveLongHistory, _) => return self.save(false).await,
            (Case::BulkDeleteLoop, _) => audit::scope(self.editor.clone(), self.delete_in_a_loop()).await?,
            (_, Connection::Sqlite(connection)) => {
                hand_written::delete_all::sqlite(&self.editor, connection).await?
            }
            (Case::BulkDeleteInOne, Connection::Postgres(connection)) => {
                hand_written::delete_all::postgres_in_one(&self.editor, connection).await?
            }
            (_, Connection::Postgres(connection)) => {
                hand_written::delete_all::postgres(&self.editor, connection).await?
            }
        };
        let time = start.elapsed();
        ensure!(deleted == BULK, "{deleted} rows were deleted");
        Ok(time)
    }
}
