//! What writes record: the change log of a row, and the audit trail of all.

#[path = "record/actions.rs"]
mod actions;
#[path = "record/fixtures.rs"]
mod fixtures;
