//! Models whose writes are recorded.

use model_runtime::TableDef;
use model_runtime::prelude::*;

/// An article with every capability.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "articles", app = "news", display = title)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title)]
#[track_changes(keep = 5)]
#[audited]
pub struct Article {
    /// The title.
    #[column(max_length = 400)]
    pub title: String,
    /// The text.
    #[column(default)]
    pub content: String,
    /// How often it was read.
    #[column(default = 0)]
    pub views: i32,
    /// What it costs to read.
    #[column(precision = 10, scale = 2)]
    pub price: Option<Decimal>,
    /// Of no interest later.
    #[track(skip)]
    #[column(default)]
    pub draft_notes: String,
    /// Opens it to a reader; masked by its name.
    #[column(default)]
    pub access_token: String,
}

/// A note that keeps its own log alone, all of it.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "notes", app = "news")]
#[track_changes]
pub struct Note {
    /// The text.
    pub text: String,
}

/// A booking that is audited alone: a key made by the database, and no soft delete.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "bookings", app = "news", id = i64, display = amount)]
#[audited]
pub struct Booking {
    /// The account.
    #[column(unique)]
    pub account: String,
    /// How much.
    #[column(precision = 12, scale = 2)]
    pub amount: Decimal,
}

/// A secret that nobody changes without a name.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "vaults", app = "news", display = password)]
#[track_changes(keep = 3)]
#[audited(require_actor)]
pub struct Vault {
    /// What it opens with; masked by its name.
    pub password: String,
    /// Masked by its attribute.
    #[track(mask)]
    pub pin: Option<i32>,
    /// Not masked, for all its name.
    #[track(full)]
    #[column(default)]
    pub token_count: i32,
}

/// Their tables, and the audit log.
pub fn tables() -> Vec<&'static TableDef> {
    vec![Article::table(), Note::table(), Booking::table(), Vault::table(), AuditLog::table()]
}

/// Makes the tables.
pub async fn create_tables(db: &Pool) {
    model_runtime::schema::create_tables(&tables(), db).await.expect("the tables are made");
}
