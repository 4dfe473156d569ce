//! Values that differ from row to row, as a table of the statement's own.

use crate::sql::{Sql, quoted};
use crate::table::{ColumnDef, Dialect};
use crate::value::{Kind, Value};

/// The table of what is given. The names of such parts begin with an underscore, since a table's own may be any other.
pub(crate) const GIVEN: &str = "_g";

/// What each of some rows is set to: its key, and its values.
pub(crate) struct Given<'r> {
    /// The key, then the columns that are set.
    pub(crate) columns: &'r [&'static ColumnDef],
    /// A value for each of them.
    pub(crate) rows: &'r [Vec<Value<'r>>],
}

impl Given<'_> {
    /// `_g (…) AS (…)`, to stand behind `WITH`.
    pub(crate) fn table(&self, sql: &mut Sql) -> String {
        let dialect = sql.dialect();
        let columns = self.columns.iter().enumerate();
        let columns: Vec<_> = columns.map(|(i, column)| (quoted(&name(i), dialect), column.kind)).collect();
        table_of(sql, GIVEN, &columns, self.rows)
    }
}

/// The name of a column of what is given. No column of a model has a space in its name.
fn name(i: usize) -> String {
    format!("given {i}")
}

/// A value that is given, beside the row `t`.
pub(crate) fn given(i: usize, dialect: Dialect) -> String {
    format!("{GIVEN}.{}", quoted(&name(i), dialect))
}

/// `name (columns) AS (rows)`, to stand behind `WITH`: an array for each column on PostgreSQL, values on SQLite.
pub(crate) fn table_of(
    sql: &mut Sql,
    name: &str,
    columns: &[(String, Kind)],
    rows: &[Vec<Value<'_>>],
) -> String {
    let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let rows = match sql.dialect() {
        Dialect::Postgres => {
            let (mut selected, mut arrays) = (Vec::new(), Vec::new());
            for (i, (_, kind)) in columns.iter().enumerate() {
                let values = rows.iter().map(|row| row[i].clone().into_owned()).collect();
                arrays.push(sql.placeholder(Value::Array(*kind, values)).to_string());
                selected.push(format!("c{i}{}", if *kind == Kind::Json { "::jsonb" } else { "" }));
            }
            let all: Vec<String> = (0..columns.len()).map(|i| format!("c{i}")).collect();
            let (selected, arrays, all) = (selected.join(", "), arrays.join(", "), all.join(", "));
            format!("SELECT {selected} FROM UNNEST({arrays}) AS u({all})")
        }
        Dialect::Sqlite => {
            let row = |row: &Vec<Value<'_>>| {
                let values = row.iter().map(|value| sql.placeholder(value.clone().into_owned()).to_string());
                format!("({})", values.collect::<Vec<_>>().join(", "))
            };
            format!("VALUES {}", rows.iter().map(row).collect::<Vec<_>>().join(", "))
        }
    };
    format!("{name} ({names}) AS ({rows})")
}
