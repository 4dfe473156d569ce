//! Comparing the foreign keys of a database with the models' `#[belongs_to]`.

use super::check::TEXT;
use super::ddl::{reference_name, references};
use crate::backend::{self, Backend};
use crate::error::Result;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};

/// A foreign key of one column, as the database has it.
pub(super) struct Live {
    table: String,
    column: String,
    /// As the DDL has it: `REFERENCES "posts" ("id") ON DELETE CASCADE`.
    clause: String,
}

/// Those of all tables. One of several columns is none that an attribute could have asked for.
pub(super) async fn live<B: Backend>(connection: &mut B::Connection) -> Result<Vec<Live>> {
    let sql = match B::DIALECT {
        // Where it names no column, it refers to the other table's key.
        Dialect::Sqlite => {
            "SELECT t.name, f.\"from\", 'REFERENCES \"' || f.\"table\" || '\" (\"' || coalesce(f.\"to\", \
             (SELECT k.name FROM pragma_table_info(f.\"table\") AS k WHERE k.pk = 1), '') || '\") ON DELETE ' || f.on_delete \
             FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f \
             WHERE t.type = 'table' GROUP BY t.name, f.id HAVING count(*) = 1"
        }
        // A key to a partitioned table is there once more for each partition.
        Dialect::Postgres => {
            "SELECT t.relname::text, c.attname::text, 'REFERENCES ' \
             || CASE WHEN pg_table_is_visible(o.oid) THEN '' ELSE '\"' || s.nspname || '\".' END \
             || '\"' || o.relname || '\" (\"' || k.attname || '\") ON DELETE ' \
             || CASE f.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' \
             WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END \
             FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid \
             JOIN pg_attribute c ON c.attrelid = f.conrelid AND c.attnum = f.conkey[1] \
             JOIN pg_class o ON o.oid = f.confrelid JOIN pg_namespace s ON s.oid = o.relnamespace \
             JOIN pg_attribute k ON k.attrelid = f.confrelid AND k.attnum = f.confkey[1] \
             WHERE f.contype = 'f' AND cardinality(f.conkey) = 1 AND pg_table_is_visible(t.oid) \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint p WHERE p.oid = f.conparentid AND p.conrelid = f.conrelid) \
             ORDER BY f.conname"
        }
    };
    let read = |row: &B::Row| {
        Ok(Live {
            table: backend::read::<B, String>(row, 0, &TEXT)?,
            column: backend::read::<B, String>(row, 1, &TEXT)?,
            clause: backend::read::<B, String>(row, 2, &TEXT)?,
        })
    };
    backend::read_all::<B, _>(connection, Sql::new(B::DIALECT, sql), read).await
}

/// What is wrong with the foreign keys of a column; it reads on after the column's name.
pub(super) fn problems(table: &TableDef, column: &ColumnDef, live: &[Live], dialect: Dialect) -> Vec<String> {
    // SQLite takes no heed of case in names, and keeps them as they were written.
    let same = |a: &str, b: &str| a == b || dialect == Dialect::Sqlite && a.eq_ignore_ascii_case(b);
    let found: Vec<&str> = live
        .iter()
        .filter(|it| same(&it.table, table.name) && same(&it.column, column.name))
        .map(|it| it.clause.as_str())
        .collect();
    let field = format!("{}.{}", table.model, column.field);
    let Some(reference) = column.references else {
        let problem = |clause| {
            format!(
                "has the foreign key {clause}, {field} wants none: drop it in a migration, or give the field #[belongs_to]"
            )
        };
        return found.into_iter().map(problem).collect();
    };
    let wanted = references(reference);
    let (others, right): (Vec<&str>, Vec<&str>) =
        found.into_iter().partition(|clause| !same(clause, &wanted));
    if others.is_empty() && right.is_empty() {
        let name = reference_name(table, column);
        return vec![format!(
            "lacks the foreign key {name:?}: {field} wants {wanted}, add it in a migration"
        )];
    }
    let problem = |clause: &str| {
        let cure = if right.is_empty() {
            cure(clause, &wanted, column, same)
        } else {
            "drop it in a migration".into()
        };
        format!("has the foreign key {clause}, {field} wants {wanted}: {cure}")
    };
    others.into_iter().map(problem).collect()
}

/// What can be done about a foreign key that is another than the field wants.
fn cure(clause: &str, wanted: &str, column: &ColumnDef, same: impl Fn(&str, &str) -> bool) -> String {
    const ACTION: &str = " ON DELETE ";
    let migration = "change it in a migration";
    let (Some((to, action)), Some((other, _))) = (clause.rsplit_once(ACTION), wanted.rsplit_once(ACTION))
    else {
        return migration.to_owned();
    };
    if !same(to, other) {
        return format!("{migration}, or the model that #[belongs_to] names");
    }
    match action {
        "CASCADE" => format!("{migration}, or the field to on_delete = cascade"),
        "RESTRICT" => format!("{migration}, or the field to on_delete = protect"),
        "NO ACTION" => format!("{migration}, or the field to on_delete = restrict or do_nothing"),
        "SET NULL" if column.nullable => format!("{migration}, or the field to on_delete = set_null"),
        _ => migration.to_owned(),
    }
}
