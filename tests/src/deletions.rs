//! Models that are deleted with others, or that forbid it.

use model_runtime::TableDef;
use model_runtime::prelude::*;

/// Holds volumes.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "shelves", app = "library", display = name, unchecked)]
#[soft_delete]
#[audited]
pub struct Shelf {
    /// The name.
    #[column(unique)]
    pub name: String,
}

/// Is deleted with its shelf.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "volumes", app = "library", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[track_changes]
#[audited]
pub struct Volume {
    /// The title.
    #[column(unique)]
    pub title: String,
    /// Where it stands.
    #[belongs_to(Shelf, on_delete = cascade)]
    pub shelf_id: Uuid,
}

/// Is deleted with its volume, and with the remark that it answers.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "remarks", app = "library", id = i64, unchecked)]
#[soft_delete]
pub struct Remark {
    /// The text.
    pub text: String,
    /// What it is about.
    #[belongs_to(Volume, on_delete = cascade)]
    pub volume_id: Uuid,
    /// What it answers.
    #[belongs_to(Remark, on_delete = cascade)]
    pub answer_to_id: Option<i64>,
}

/// Forbids that its volume is deleted.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "loans", app = "library", id = i64, unchecked)]
#[soft_delete]
pub struct Loan {
    /// Who has it.
    pub reader: String,
    /// What.
    #[belongs_to(Volume, on_delete = protect)]
    pub volume_id: Uuid,
}

/// Cannot be marked, only removed with its volume; on record.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "stickers", app = "library", id = i64, display = code, unchecked)]
#[audited]
pub struct Sticker {
    /// The code.
    pub code: String,
    /// Where it sticks.
    #[belongs_to(Volume, on_delete = cascade)]
    pub volume_id: Uuid,
}

/// Loses its volume.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "pointers", app = "library", id = i64, unchecked)]
#[timestamps]
#[audited]
pub struct Pointer {
    /// Where to look.
    #[belongs_to(Volume, on_delete = set_null)]
    pub volume_id: Option<Uuid>,
}

/// Forbids that its volume is deleted, unless its shelf is.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "summaries", app = "library", id = i64, unchecked)]
#[soft_delete]
pub struct Summary {
    /// Of what.
    #[belongs_to(Volume, on_delete = restrict)]
    pub volume_id: Uuid,
    /// Where that stands.
    #[belongs_to(Shelf, on_delete = cascade)]
    pub shelf_id: Uuid,
}

/// Loses its volume, in the name of somebody.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "seals", app = "library", id = i64, unchecked)]
#[audited(require_actor)]
pub struct Seal {
    /// Of what.
    #[belongs_to(Volume, on_delete = set_null)]
    pub volume_id: Option<Uuid>,
}

/// A part of the same table, which knows nothing of deletions.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "volumes", app = "library", label = "library.a", unchecked)]
pub struct AnyVolume {
    /// Where it stands.
    #[belongs_to(Shelf, on_delete = cascade)]
    pub shelf_id: Uuid,
}

/// Does not mind what happens to its volume, as long as there is a row.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "quotes", app = "library", id = i64, unchecked)]
pub struct Quote {
    /// Where it is from.
    #[belongs_to(Volume, on_delete = do_nothing)]
    pub volume_id: Uuid,
}

/// The tables.
pub fn tables() -> [&'static TableDef; 10] {
    [
        Shelf::table(),
        Volume::table(),
        Remark::table(),
        Loan::table(),
        Sticker::table(),
        Pointer::table(),
        Summary::table(),
        Quote::table(),
        Seal::table(),
        AuditLog::table(),
    ]
}
