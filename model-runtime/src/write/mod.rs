//! Writing rows.

mod bulk_create;
mod bulk_create_new;
mod bulk_update;
pub(crate) mod cascade;
mod change;
mod delete;
mod get_or_create;
mod insert;
pub(crate) mod keys;
pub(crate) mod reach;
pub(crate) mod revive;
mod rows;
mod save;
mod update;
mod update_if;
mod upsert;

pub use bulk_create::BulkCreate;
pub use bulk_create_new::BulkCreateNew;
pub use bulk_update::BulkUpdate;
pub use change::{Change, RowChange};
pub use delete::{Delete, HardDelete, Restore};
pub use get_or_create::{GetOrCreate, UpdateOrCreate};
pub use insert::{Create, Insert};
pub(crate) use rows::{remove_rows, update_returning, update_rows};
pub use save::{Differences, Save, SaveOnly};
use update::update;
pub use update_if::UpdateIf;
pub use upsert::Upsert;

use chrono::{DateTime, Utc};

use crate::clock;
use crate::error::Result;
use crate::model::{Model, Write, WriteEvent};

/// Runs hooks and capabilities on a row: all that happens before its values are checked and written.
fn prepare<M: Model>(model: &mut M, event: WriteEvent, time: DateTime<Utc>) -> Result<Write> {
    let mut write = Write { time, event, generated: None };
    // A new row has no history, whatever row it was copied from.
    if event == WriteEvent::Insert && M::TABLE.record.log.is_some() {
        model.logged("{}".to_owned());
    }
    model.prepare(&mut write)?;
    model.normalise();
    Ok(write)
}

fn now() -> DateTime<Utc> {
    clock::now()
}
