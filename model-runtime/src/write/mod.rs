//! Writing rows.

mod bulk_create;
mod change;
mod get_or_create;
mod insert;
mod save;
mod update;
mod update_if;

pub use bulk_create::BulkCreate;
pub use change::{Change, Delete, HardDelete, RowChange};
pub use get_or_create::{GetOrCreate, UpdateOrCreate};
pub use insert::{Create, Insert};
pub use save::{Differences, Save, SaveOnly};
pub(crate) use update::update;
pub use update_if::UpdateIf;

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
