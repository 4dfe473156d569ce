//! What goes with a user who is removed for good: a trigger takes it, since it refers to the user by text.

use crate::record::plain_text;
use crate::schema::{ObjectKind, SchemaObject};
use crate::table::{Dialect, TableDef};

/// The tables that hold what is the user's alone.
const TABLES: [&str; 5] =
    ["auth_tokens", "auth_two_factor", "auth_recovery_codes", "auth_user_groups", "auth_user_permissions"];

/// The trigger on the users' table. The derive names this function.
#[doc(hidden)]
pub fn companions(table: &TableDef, dialect: Dialect) -> Vec<SchemaObject> {
    let (name, label, key) = (table.name, table.label.replace('\'', "''"), table.key());
    let id = plain_text(key, &format!("OLD.\"{}\"", key.name), dialect);
    let deletions = TABLES.map(|beside| {
        format!("DELETE FROM \"{beside}\" WHERE \"user_type\" = '{label}' AND \"user_id\" = {id};")
    });
    let trigger = format!("{name}_removed");
    let object = |kind, sql| SchemaObject { kind, name: trigger.clone(), sql };
    match dialect {
        Dialect::Sqlite => {
            let body = deletions.join(" ");
            let sql = format!("CREATE TRIGGER IF NOT EXISTS \"{trigger}\" AFTER DELETE ON \"{name}\" BEGIN {body} END");
            vec![object(ObjectKind::Trigger, sql)]
        }
        Dialect::Postgres => {
            let body = deletions.join("\n    ");
            let function = format!(
                "CREATE OR REPLACE FUNCTION \"{trigger}\"() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    {body}\n    RETURN NULL;\nEND $$"
            );
            let sql = format!(
                "CREATE OR REPLACE TRIGGER \"{trigger}\" AFTER DELETE ON \"{name}\" FOR EACH ROW EXECUTE FUNCTION \"{trigger}\"()"
            );
            vec![object(ObjectKind::Function, function), object(ObjectKind::Trigger, sql)]
        }
    }
}
