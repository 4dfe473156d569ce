//! What writes record: the change log of a row, and the audit trail of all.

#[path = "record/actions.rs"]
mod actions;
#[path = "record/append_only.rs"]
mod append_only;
#[path = "record/at_once.rs"]
mod at_once;
#[path = "record/bypass.rs"]
mod bypass;
#[path = "record/change_log.rs"]
mod change_log;
#[path = "record/context.rs"]
mod context;
#[path = "record/diffs.rs"]
mod diffs;
#[path = "record/fixtures.rs"]
mod fixtures;
#[path = "record/going_back.rs"]
mod going_back;
#[path = "record/indexes.rs"]
mod indexes;
#[path = "record/masks.rs"]
mod masks;
#[path = "record/odd_models.rs"]
mod odd_models;
#[path = "record/random.rs"]
mod random;
#[path = "record/reading.rs"]
mod reading;
#[path = "record/values.rs"]
mod values;
#[path = "record/waiting.rs"]
mod waiting;
#[path = "record/wire.rs"]
mod wire;
