//! Who refers to a table: what a deletion must look at.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::table::{ColumnDef, Delete, OnDelete, TableDef};
use crate::value::Kind;

/// A model with foreign keys. The derive makes each known to all, since a model of another crate may be what it refers to.
#[doc(hidden)]
pub struct Referring(pub fn() -> &'static TableDef);

inventory::collect!(Referring);

/// A foreign key, seen from the table that it refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Referrer {
    /// The table that has it.
    pub(crate) table: &'static TableDef,
    /// Its column.
    pub(crate) key: &'static ColumnDef,
    pub(crate) on_delete: OnDelete,
}

/// The foreign keys that refer to a table, of all models of the program; of several models of a table, those of one.
pub(crate) fn referrers(table: &TableDef) -> &'static [Referrer] {
    static ALL: OnceLock<HashMap<Name, Vec<Referrer>>> = OnceLock::new();
    ALL.get_or_init(all).get(&name(table)).map_or(&[], Vec::as_slice)
}

/// A table's name, and its key's name and kind: models of several databases may have tables of one name.
type Name = (&'static str, &'static str, Kind);

fn name(table: &TableDef) -> Name {
    (table.name, table.key().name, table.key().kind)
}

fn all() -> HashMap<Name, Vec<Referrer>> {
    let mut all: HashMap<Name, Vec<Referrer>> = HashMap::new();
    let mut seen = HashSet::new();
    let mut tables: Vec<_> =
        inventory::iter::<Referring>.into_iter().map(|Referring(table)| table()).collect();
    // The linker's order is nobody's. Of several models of a table it is the one that asks for most.
    tables.sort_by_key(|table| {
        let marks = matches!(table.delete, Delete::Mark { .. });
        (table.name, !marks, table.record.journal.is_none(), table.record.log.is_none(), table.label)
    });
    for table in tables {
        for key in table.columns {
            if let Some(reference) = key.references.filter(|_| seen.insert((table.name, key.name))) {
                let referrer = Referrer { table, key, on_delete: reference.on_delete };
                all.entry(name((reference.table)())).or_default().push(referrer);
            }
        }
    }
    all
}

/// The tables from which a way of foreign keys leads to this one.
pub(crate) fn referring_tables(table: &TableDef) -> Vec<&'static TableDef> {
    let mut found: Vec<&'static TableDef> = Vec::new();
    let mut next = referrers(table).to_vec();
    while let Some(referrer) = next.pop() {
        if found.iter().all(|known| known.name != referrer.table.name) {
            found.push(referrer.table);
            next.extend(referrers(referrer.table));
        }
    }
    found
}
