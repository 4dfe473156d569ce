//! Rows as JSON, by the table's metadata.

use std::fmt;
use std::sync::Arc;

use utoipa::openapi::{RefOr, Schema};

use crate::fields::write_json;
use crate::model::Model;
use crate::record::Recording;
use crate::table::{ColumnDef, Role};
use crate::web::problem::{Problem, WebResult};

/// A row as it is shown.
pub(in crate::web) struct Shown {
    pub json: Vec<u8>,
    /// Whether nothing is shown but its columns.
    pub by_columns_alone: bool,
}

/// Writes what is computed of a row, as JSON.
type Compute<M> = Arc<dyn Fn(&M, &mut Vec<u8>) -> serde_json::Result<()> + Send + Sync>;

/// Which columns of a row are shown, and what is computed of it.
pub(in crate::web) struct Representation<M> {
    hidden: Vec<&'static str>,
    computed: Vec<(&'static str, RefOr<Schema>, Compute<M>)>,
}

impl<M> Clone for Representation<M> {
    fn clone(&self) -> Self {
        Self { hidden: self.hidden.clone(), computed: self.computed.clone() }
    }
}

impl<M> Default for Representation<M> {
    fn default() -> Self {
        Self { hidden: Vec::new(), computed: Vec::new() }
    }
}

impl<M> fmt::Debug for Representation<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Representation").field("hidden", &self.hidden).finish_non_exhaustive()
    }
}

impl<M: Model> Representation<M> {
    pub(super) fn hide(&mut self, fields: impl Iterator<Item = &'static str>) {
        self.hidden.extend(fields);
    }

    pub(super) fn compute(&mut self, name: &'static str, schema: RefOr<Schema>, write: Compute<M>) {
        self.computed.push((name, schema, write));
    }

    /// The columns that are shown, with their positions. Logs of writes and what is masked never are.
    pub(in crate::web) fn columns(&self) -> impl Iterator<Item = (usize, &'static ColumnDef)> {
        M::TABLE.columns.iter().enumerate().filter(|(_, column)| {
            column.role != Role::Log
                && column.recording != Recording::Mask
                && !self.hidden.contains(&column.field)
        })
    }

    pub(in crate::web) fn computed(&self) -> impl Iterator<Item = (&'static str, &RefOr<Schema>)> {
        self.computed.iter().map(|(name, schema, _)| (*name, schema))
    }

    /// A row as JSON, with further members.
    pub(super) fn of(&self, row: &M, members: &str) -> WebResult<Shown> {
        let mut json = Vec::new();
        self.write(row, members, &mut json)?;
        Ok(Shown { json, by_columns_alone: members.is_empty() && self.computed.is_empty() })
    }

    /// Writes a row as JSON, with further members.
    pub(super) fn write(&self, row: &M, members: &str, json: &mut Vec<u8>) -> WebResult<()> {
        let refused = |name: &str, why: &dyn fmt::Display| Problem::internal(&format!("{name} {why}"));
        let mut before = b'{';
        let mut name = |name: &str, json: &mut Vec<u8>| {
            json.push(before);
            before = b',';
            json.push(b'"');
            json.extend_from_slice(name.as_bytes());
            json.extend_from_slice(b"\":");
        };
        for (position, column) in self.columns() {
            name(column.field, json);
            write_json(&row.value(position), json).map_err(|why| refused(column.field, &why))?;
        }
        for (computed, _, write) in &self.computed {
            name(computed, json);
            write(row, json).map_err(|why| refused(computed, &why))?;
        }
        if !members.is_empty() {
            json.push(b',');
            json.extend_from_slice(members.as_bytes());
        }
        json.push(b'}');
        Ok(())
    }
}
