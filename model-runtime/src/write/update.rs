//! The update of rows whose writes are not recorded.

use chrono::{DateTime, Utc};

use crate::expr::{Expr, Operand};
use crate::record::{GIVEN, Rows, chosen, filter};
use crate::sql::{Sql, quoted};
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::Value;

/// Sets columns of those rows that meet the conditions and differ, and the time of their last write. Returns columns of
/// the rows that were written, where it is to.
pub(crate) fn update(
    dialect: Dialect,
    table: &TableDef,
    rows: &Rows<'_>,
    set: &[(&'static ColumnDef, Operand)],
    conditions: &[Expr],
    time: DateTime<Utc>,
    returned: Option<&str>,
) -> Sql {
    let mut sql = Sql::new(dialect, "");
    let (with, from) = match rows {
        Rows::Given(given) => (format!("WITH {} ", given.table(&mut sql)), format!(" FROM {GIVEN}")),
        Rows::One(_) | Rows::Many(_) => Default::default(),
    };
    let filter = filter(&mut sql, table, rows);
    let (mut assignments, mut differs) = (Vec::new(), Vec::new());
    for (column, operand) in set {
        let (name, value) = (quoted(column.name, dialect), sql.fragment(|sql| sql.assigned(column, operand)));
        assignments.push(format!("{name} = {value}"));
        differs.push(format!("{name} IS DISTINCT FROM {value}"));
    }
    for column in table.touched_beside(set) {
        let time = sql.placeholder(Value::Timestamp(time));
        assignments.push(format!("{} = {time}", quoted(column.name, dialect)));
    }
    if let Some((_, version)) = table.version() {
        let version = quoted(version.name, dialect);
        assignments.push(format!("{version} = {version} + 1"));
    }
    let chosen = chosen(&mut sql, &filter, conditions, &differs);
    let table = quoted(table.name, dialect);
    sql.push(&format!("{with}UPDATE {table} AS t SET {}{from}{filter}{chosen}", assignments.join(", ")));
    if let Some(columns) = returned {
        sql.push(&format!(" RETURNING {columns}"));
    }
    sql
}
