//! What goes with a user who is removed for good: a trigger takes it, since it refers to the user by text.

use super::{UserGroup, UserPermission};
use crate::Model;
use crate::record::{plain_text, removed};
use crate::schema::{ObjectKind, SchemaObject};
use crate::table::{Dialect, TableDef};

/// What is the user's alone, and not audited.
const TABLES: [&str; 3] = ["auth_tokens", "auth_two_factor", "auth_recovery_codes"];

/// What was granted. Its removal is on record, without an actor.
const AUDITED: [&TableDef; 2] = [UserGroup::TABLE, UserPermission::TABLE];

/// The trigger on the users' table. The derive names this function.
#[doc(hidden)]
pub fn companions(table: &TableDef, dialect: Dialect) -> Vec<SchemaObject> {
    let (name, label, key) = (table.name, table.label.replace('\'', "''"), table.key());
    let id = plain_text(key, &format!("OLD.\"{}\"", key.name), dialect);
    let theirs = format!("\"user_type\" = '{label}' AND \"user_id\" = {id}");
    let recorded = AUDITED.map(|table| format!("{} WHERE {theirs};", removed(table, dialect)));
    let tables = TABLES.into_iter().chain(AUDITED.map(|table| table.name));
    let deletions = tables.map(|table| format!("DELETE FROM \"{table}\" WHERE {theirs};"));
    let steps: Vec<String> = recorded.into_iter().chain(deletions).collect();
    let trigger = format!("{name}_removed");
    let object = |kind, sql| SchemaObject { kind, name: trigger.clone(), sql };
    match dialect {
        Dialect::Sqlite => {
            let body = steps.join(" ");
            let sql = format!(
                "CREATE TRIGGER IF NOT EXISTS \"{trigger}\" AFTER DELETE ON \"{name}\" BEGIN {body} END"
            );
            vec![object(ObjectKind::Trigger, sql)]
        }
        Dialect::Postgres => {
            let body = steps.join("\n    ");
            let function = format!(
                "CREATE OR REPLACE FUNCTION \"{trigger}\"() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    {body}\n    \
                 RETURN NULL;\nEND $$"
            );
            let sql = format!(
                "CREATE OR REPLACE TRIGGER \"{trigger}\" AFTER DELETE ON \"{name}\" FOR EACH ROW EXECUTE FUNCTION \"{trigger}\"()"
            );
            vec![object(ObjectKind::Function, function), object(ObjectKind::Trigger, sql)]
        }
    }
}
