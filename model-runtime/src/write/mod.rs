//! Writing rows.

mod bulk_create;
mod change;
mod insert;
mod save;

pub use bulk_create::BulkCreate;
pub use change::{Change, Delete, HardDelete, RowChange};
pub use insert::{Create, Insert};
pub use save::{Save, SaveOnly};

use chrono::{DateTime, Utc};

use crate::backend::Backend;
use crate::clock;
use crate::error::Result;
use crate::model::{Hooks, Model, Write, WriteEvent};
use crate::table::ColumnDef;
use crate::validate::check_row;

/// Runs hooks and capabilities on a row and checks it: all that happens before its statement.
fn prepare<B: Backend, M: Model>(
    model: &mut M,
    event: WriteEvent,
    time: DateTime<Utc>,
    written: impl Fn(&ColumnDef) -> bool,
) -> Result<Write> {
    Hooks::before_save(model, event)?;
    let mut write = Write { time, event, generated: None };
    model.prepare(&mut write);
    model.normalise();
    check_row(model, B::DIALECT, written)?;
    Ok(write)
}

fn now() -> DateTime<Utc> {
    clock::now()
}
