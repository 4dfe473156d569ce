//! The update of rows whose writes are not recorded.

use chrono::{DateTime, Utc};

use crate::arithmetic::all_differ;
use crate::expr::{Expr, Operand};
use crate::record::{GIVEN, Rows, filter};
use crate::sql::Sql;
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
    let is_given = matches!(rows, Rows::Given(_));
    if let Rows::Given(given) = rows {
        let given = given.table(&mut sql);
        sql.push("WITH ");
        sql.push(&given);
        sql.push(" ");
    }
    sql.push("UPDATE ");
    sql.name(table.name);
    sql.push(" AS t SET ");
    let mut before = "";
    let mut assign = |sql: &mut Sql, column: &ColumnDef| {
        sql.push(std::mem::replace(&mut before, ", "));
        sql.name(column.name);
        sql.push(" = ");
    };
    let mut values = Vec::with_capacity(set.len());
    for (column, operand) in set {
        assign(&mut sql, column);
        let start = sql.end();
        sql.assigned(column, operand);
        values.push(start..sql.end());
    }
    let mut bound = None;
    for column in table.touched_beside(set) {
        assign(&mut sql, column);
        let time = *bound.get_or_insert_with(|| sql.placeholder(Value::Timestamp(time)));
        sql.push_placeholder(time);
    }
    if let Some((_, version)) = table.version() {
        assign(&mut sql, version);
        sql.name(version.name);
        sql.push(" + 1");
    }
    if is_given {
        sql.push(" FROM ");
        sql.push(GIVEN);
    }
    let start = sql.end();
    filter(&mut sql, table, rows);
    let mut before = if sql.end() == start { " WHERE " } else { " AND " };
    for condition in conditions {
        sql.push(std::mem::replace(&mut before, " AND "));
        condition.render(&mut sql);
    }
    if !all_differ(set) {
        sql.push(before);
        for (i, ((column, _), value)) in set.iter().zip(values).enumerate() {
            sql.push(if i == 0 { "(" } else { " OR " });
            sql.name(column.name);
            sql.push(" IS DISTINCT FROM ");
            sql.repeat(value);
        }
        sql.push(")");
    }
    if let Some(columns) = returned {
        sql.push(" RETURNING ");
        sql.push(columns);
    }
    sql
}
