//! Models with full-text search.

use model_runtime::TableDef;
use model_runtime::prelude::*;

/// In English, and with what else writes a row.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "essays", app = "letters", display = title)]
#[soft_delete]
#[publishable]
#[track_changes]
#[audited]
#[searchable(title = A, content = B, summary = C)]
pub struct Essay {
    /// Counts most.
    #[column(max_length = 200)]
    pub title: String,
    /// Under another name in the database.
    #[column(name = "body", default)]
    pub content: String,
    /// Perhaps there.
    pub summary: Option<String>,
    /// Not searched.
    #[column(default)]
    pub notes: String,
}

/// Words as they stand, in a table and columns of which each name is a word of SQL or of FTS5.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "order", app = "letters", id = i64, unchecked)]
#[searchable(r#type = D, language = B, language = "simple")]
pub struct Verse {
    /// The key, made by the database.
    #[column(name = "rowid_")]
    pub id: i64,
    /// A field and a column that are words of SQL.
    #[column(name = "rank")]
    pub r#type: String,
    /// A field as the attribute's own key.
    #[column(name = "group", default)]
    pub language: String,
    /// Where it is quoted.
    #[belongs_to(Essay, on_delete = cascade)]
    pub essay_id: Option<Uuid>,
}

/// The tables.
pub fn tables() -> [&'static TableDef; 3] {
    [Essay::table(), Verse::table(), AuditLog::table()]
}
