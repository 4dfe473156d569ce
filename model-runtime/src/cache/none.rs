//! Without the feature `cache` nothing is kept, and nothing held.

use std::future::Future;

use super::Touched;
use crate::error::Result;
use crate::table::TableDef;

pub(crate) async fn hold(_: &'static TableDef, _: Touched) -> Result<()> {
    Ok(())
}

pub(crate) fn during<T>(_: bool, operation: impl Future<Output = T>) -> impl Future<Output = T> {
    operation
}
