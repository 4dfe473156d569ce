//! Triggers by which a row cannot come to refer to a deleted one: a foreign key finds the row, which is only marked.

use super::{ObjectKind, SchemaObject};
use crate::table::{ColumnDef, Delete, Dialect, OnDelete, TableDef};

/// What ends the name of such a trigger, behind the table's and the column's.
pub(crate) const SUFFIX: &str = "_live";

/// The message of SQLite's, which can raise nothing else, before the trigger's name.
pub(crate) const SQLITE: &str = "FOREIGN KEY constraint failed: ";

/// The triggers of a table.
pub(super) fn objects(table: &TableDef, dialect: Dialect) -> Vec<SchemaObject> {
    let references = table.columns.iter().filter_map(|column| {
        let reference = column.references.filter(|it| it.on_delete != OnDelete::DoNothing)?;
        let other = (reference.table)();
        let Delete::Mark { time, .. } = other.delete else { return None };
        Some((column, other, time))
    });
    references.flat_map(|(column, other, time)| trigger(table, column, other, time, dialect)).collect()
}

fn trigger(
    table: &TableDef,
    column: &ColumnDef,
    other: &TableDef,
    time: &str,
    dialect: Dialect,
) -> Vec<SchemaObject> {
    // With a point, so that no other table and column have the same.
    let name = format!("{}.{}{SUFFIX}", table.name, column.name);
    let (table, column, other, key) = (table.name, column.name, other.name, other.key().name);
    let object = |kind, name: &str, sql| SchemaObject { kind, name: name.to_owned(), sql };
    let changed = format!("NEW.\"{column}\" IS DISTINCT FROM OLD.\"{column}\"");
    match dialect {
        Dialect::Sqlite => {
            let deleted = format!(
                "EXISTS (SELECT 1 FROM \"{other}\" WHERE \"{key}\" = NEW.\"{column}\" AND \"{time}\" IS NOT NULL)"
            );
            let make = |behind: &str, event: &str, when: &str| {
                let trigger = format!("{name}_{behind}");
                let sql = format!(
                    "CREATE TRIGGER IF NOT EXISTS \"{trigger}\" BEFORE {event} ON \"{table}\" WHEN {when}{deleted} \
                     BEGIN SELECT RAISE(ABORT, '{SQLITE}{name}'); END"
                );
                object(ObjectKind::Trigger, &trigger, sql)
            };
            vec![
                make("insert", "INSERT", ""),
                make("update", &format!("UPDATE OF \"{column}\""), &format!("{changed} AND ")),
            ]
        }
        Dialect::Postgres => {
            // The lock waits for a deletion under way, and sees what it did.
            let function = format!(
                "CREATE OR REPLACE FUNCTION \"{name}\"() RETURNS trigger LANGUAGE plpgsql AS $$\nDECLARE\n    deleted timestamptz;\nBEGIN\n    \
                 IF TG_OP = 'UPDATE' AND NOT {changed} THEN\n        RETURN NEW;\n    END IF;\n    \
                 SELECT \"{time}\" INTO deleted FROM \"{other}\" WHERE \"{key}\" = NEW.\"{column}\" FOR KEY SHARE;\n    \
                 IF deleted IS NOT NULL THEN\n        \
                 RAISE foreign_key_violation USING MESSAGE = 'the row of \"{other}\" is deleted', TABLE = '{table}', CONSTRAINT = '{name}';\n    \
                 END IF;\n    RETURN NEW;\nEND $$"
            );
            let sql = format!(
                "CREATE OR REPLACE TRIGGER \"{name}\" BEFORE INSERT OR UPDATE OF \"{column}\" ON \"{table}\" \
                 FOR EACH ROW EXECUTE FUNCTION \"{name}\"()"
            );
            vec![object(ObjectKind::Function, &name, function), object(ObjectKind::Trigger, &name, sql)]
        }
    }
}
