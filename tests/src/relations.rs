//! Models that refer to each other.

use model_runtime::TableDef;
use model_runtime::prelude::*;

/// Employs people.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "companies", app = "press", display = name, unchecked)]
pub struct Company {
    /// The name.
    #[column(unique)]
    pub name: String,
}

/// Writes stories; there surely is one where a story says so.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "people", app = "press", display = name, unchecked)]
pub struct Person {
    /// The name.
    pub name: String,
    /// Where they work, if anywhere.
    #[belongs_to(Company, on_delete = set_null)]
    pub company_id: Option<Uuid>,
}

/// A part of the paper, which can be closed.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "sections", app = "press", id = i64, display = name, unchecked)]
#[soft_delete]
pub struct Section {
    /// The name.
    pub name: String,
}

/// Refers to all of them.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "stories", app = "press", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[audited]
pub struct Story {
    /// The headline.
    pub title: String,
    /// How long it is.
    #[column(default = 0)]
    pub words: i32,
    /// Always there.
    #[belongs_to(Person, on_delete = protect)]
    pub author_id: Uuid,
    /// Perhaps there.
    #[belongs_to(Person, on_delete = set_null)]
    pub editor_id: Option<Uuid>,
    /// There, unless it is closed.
    #[belongs_to(Section, on_delete = protect)]
    pub section_id: i64,
}

/// The tables.
pub fn tables() -> [&'static TableDef; 5] {
    [Company::table(), Person::table(), Section::table(), Story::table(), AuditLog::table()]
}
