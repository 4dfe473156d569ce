//! The cases: what each side does in one sample.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rows::{Editor, Last};

/// A piece of work that every side does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// One row by its key.
    Get,
    /// The newest 100 rows.
    List100,
    /// The newest 10,000 rows.
    List10000,
    /// The newest 100 rows, each with its author, in one query.
    Joined100,
    /// How many rows there are.
    Count,
    /// The newest 20 rows, as page 1 of pages that go on from a row.
    Page1,
    /// The 20 rows of page 1,000, behind the last row of page 999.
    Page1000,
    /// A new row.
    Insert,
    /// 1,000 new rows.
    BulkCreate,
    /// 100,000 new rows.
    BulkCreateLarge,
    /// A row of which one field was changed.
    Save,
    /// A row of which nothing was changed.
    SaveUnchanged,
    /// Takes from a stock what is there, and tells whether it was.
    Sell,
    /// The same, and reads the row that is left.
    SellAndRead,
    /// One field of a row, with its change log and its audit row.
    AuditedSave,
    /// The same over a network with a millisecond of delay.
    AuditedSaveOverNetwork,
    /// The same of rows whose change log is full, at 100 entries.
    AuditedSaveFullLog,
    /// A row made, published, deleted softly, and restored, each with its audit row and change log.
    AuditedLifecycle,
    /// 10,000 rows deleted softly, each with its audit row.
    AuditedBulkDelete,
    /// 16 tasks on 4 connections, each with 8 gets, a page, and an audited save.
    Mixed,
}

/// What the samples of one case on one side work on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Material {
    /// The case.
    pub case: Case,
    /// Rows of this side: of the posts, products or articles, as the case wants.
    pub ids: Vec<Uuid>,
    /// The last row of page 999.
    pub last: Option<Last>,
    /// In whose name it writes.
    pub editor: Editor,
}

impl Case {
    /// Rows of a bulk create, or of a bulk delete.
    pub fn bulk(self) -> u64 {
        match self {
            Self::BulkCreate => 1_000,
            Self::BulkCreateLarge => 100_000,
            Self::AuditedBulkDelete => 10_000,
            _ => 0,
        }
    }

    /// Whether it writes articles, which are recorded.
    pub fn is_audited(self) -> bool {
        matches!(
            self,
            Self::AuditedSave
                | Self::AuditedSaveOverNetwork
                | Self::AuditedSaveFullLog
                | Self::AuditedLifecycle
                | Self::Mixed
        )
    }

    /// What the table of results calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Get => "get by id",
            Self::List100 => "list 100",
            Self::List10000 => "list 10,000",
            Self::Joined100 => "joined list of 100",
            Self::Count => "count",
            Self::Page1 => "keyset page 1",
            Self::Page1000 => "keyset page 1,000",
            Self::Insert => "insert",
            Self::BulkCreate => "bulk insert of 1,000",
            Self::BulkCreateLarge => "bulk insert of 100,000",
            Self::Save => "update one",
            Self::SaveUnchanged => "save unchanged",
            Self::Sell => "guarded stock update",
            Self::SellAndRead => "guarded stock update, row read",
            Self::AuditedSave => "audited tracked save",
            Self::AuditedSaveOverNetwork => "audited tracked save, 1 ms of network",
            Self::AuditedSaveFullLog => "audited tracked save, full log of 100",
            Self::AuditedLifecycle => "audited create, publish, delete, restore",
            Self::AuditedBulkDelete => "audited bulk delete of 10,000",
            Self::Mixed => "16 tasks, mixed",
        }
    }

    /// Rounds of a full run: about a second for each side.
    pub fn rounds(self) -> usize {
        match self {
            Self::Get | Self::Sell | Self::SellAndRead => 4_000,
            Self::Insert | Self::Save | Self::SaveUnchanged => 2_000,
            Self::Page1 | Self::Page1000 | Self::Count | Self::AuditedSave => 1_500,
            Self::AuditedSaveFullLog => 1_000,
            Self::List100 | Self::Joined100 | Self::AuditedLifecycle => 600,
            Self::AuditedSaveOverNetwork => 200,
            Self::Mixed => 60,
            Self::BulkCreate => 50,
            Self::List10000 => 20,
            Self::BulkCreateLarge | Self::AuditedBulkDelete => 5,
        }
    }
}
