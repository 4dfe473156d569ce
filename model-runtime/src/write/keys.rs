//! Rows by their keys, whatever their model.

use crate::backend::{self, Backend};
use crate::error::Result;
use crate::expr::Expr;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::{Kind, Value};

/// The keys of rows.
pub(crate) type Keys = Vec<Value<'static>>;

/// A key as text, as `record::plain_text` has it in SQL: a UUID without the quotes of its `Display`.
pub(super) fn key_text(key: &Value<'_>) -> String {
    match key {
        Value::Uuid(key) => key.to_string(),
        other => other.to_string(),
    }
}

/// ` WHERE column IN (keys)`.
pub(crate) fn where_in(column: &'static ColumnDef, keys: Keys) -> impl Fn(&mut Sql) + Send + Sync {
    let values = Value::Array(column.kind, keys);
    move |sql| {
        sql.push(" WHERE ");
        Expr::In { column: column.into(), values: values.clone() }.render(sql);
    }
}

/// The keys of rows, in order; on PostgreSQL the rows are locked.
pub(crate) async fn select_keys<B: Backend>(
    connection: &mut B::Connection,
    table: &'static TableDef,
    filter: impl Fn(&mut Sql) + Send,
) -> Result<Keys> {
    let key = table.key();
    let mut sql = Sql::new(B::DIALECT, "SELECT ");
    sql.name(key.name);
    sql.push(" FROM ");
    sql.name(table.name);
    filter(&mut sql);
    sql.push(" ORDER BY ");
    sql.name(key.name);
    if B::DIALECT == Dialect::Postgres {
        sql.push(" FOR UPDATE");
    }
    let read = |row: &B::Row| match key.kind {
        Kind::Uuid => backend::read::<B, uuid::Uuid>(row, 0, key).map(Value::Uuid),
        _ => backend::read::<B, i64>(row, 0, key).map(Value::BigInt),
    };
    backend::read_all::<B, _>(connection, sql, read).await
}
