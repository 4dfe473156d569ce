//! The rows of an update: what they are set to, which of them it writes, and what it tells of them.

use super::Recording;
use super::given::{GIVEN, Given, given};
use super::json::{change_text, concatenated, qualified};
use crate::arithmetic::all_differ;
use crate::expr::{Expr, Operand};
use crate::sql::{Sql, quoted};
use crate::table::{ColumnDef, Dialect, Role, TableDef};
use crate::value::Value;

/// The row that is written, in the journal's part of a statement. The names of such parts begin with an underscore,
/// since a table's own may be any other.
pub(super) const ROW: &str = "_c";

/// The alias of a row's differences. No column's name has a space.
pub(super) const CHANGES: &str = "the changes";

/// The rows that a statement writes.
pub(crate) enum Rows<'r> {
    /// The row of a key.
    One(Value<'static>),
    /// Those of ` WHERE …`, which may be empty.
    Many(&'r (dyn Fn(&mut Sql) + Sync)),
    /// Those of the keys that are given, each with its values.
    Given(&'r Given<'r>),
}

/// The rows of an update, with their new values and their differences.
pub(super) struct Source {
    table: &'static TableDef,
    /// ` WHERE …` of the rows.
    pub(super) filter: String,
    /// What the columns are set to.
    pub(super) values: Vec<Assigned>,
    /// The differences of a row `t`, each after a comma.
    pub(super) changes: String,
    /// Whether a row may hold the values already.
    may_be_same: bool,
    /// ` ORDER BY …`, for locks.
    order: String,
    /// `_g (…) AS (…)`, where values are given for each row.
    given: Option<String>,
}

/// A column that is set.
pub(super) struct Assigned {
    /// Its name.
    pub(super) column: &'static str,
    /// The same, quoted.
    quoted: String,
    /// What it is set to, beside the row `t`.
    beside_t: String,
    /// The same, beside the row `_c`.
    pub(super) beside_c: String,
}

impl Assigned {
    /// PostgreSQL's update reads from `_c`, SQLite's from the row itself.
    pub(super) fn sql(&self, dialect: Dialect) -> String {
        let value = match dialect {
            Dialect::Postgres => &self.beside_c,
            Dialect::Sqlite => &self.beside_t,
        };
        format!("{} = {value}", self.quoted)
    }
}

impl Source {
    pub(super) fn new(
        sql: &mut Sql,
        table: &'static TableDef,
        rows: &Rows<'_>,
        set: &[(&'static ColumnDef, Operand)],
        only_what_differs: bool,
    ) -> Self {
        let dialect = sql.dialect();
        let given = match rows {
            Rows::Given(given) => Some(given.table(sql)),
            Rows::One(_) | Rows::Many(_) => None,
        };
        let filter = sql.fragment(|sql| filter(sql, table, rows));
        let values = set.iter().enumerate().map(|(i, (column, operand))| {
            let beside_t = sql.fragment(|sql| sql.assigned(column, operand));
            let beside_c = match operand {
                Operand::Value(_) => beside_t.clone(),
                Operand::Column(_) | Operand::Computed(_) | Operand::Sql(_) => {
                    qualified(ROW, &new(i), dialect)
                }
            };
            Assigned { column: column.name, quoted: quoted(column.name, dialect), beside_t, beside_c }
        });
        let values: Vec<Assigned> = values.collect();
        let alone = only_what_differs && set.len() == 1;
        let changes = set.iter().zip(&values).filter(|((column, _), _)| is_told(column));
        let changes = changes.map(|((column, operand), value)| {
            let (old, new) = (qualified("t", column.name, dialect), &value.beside_t);
            // Another column may be NULL where this one may not; the database refuses it only afterwards.
            let nullable = !matches!(operand, Operand::Value(_)) && operand.is_nullable();
            let column = ColumnDef { nullable: column.nullable || nullable, ..**column };
            let change = change_text(&column, Some(&old), Some(new), dialect);
            // Of one column alone it is this one that differs.
            if alone {
                return change;
            }
            format!("CASE WHEN {old} IS DISTINCT FROM {new} THEN {change} ELSE '' END")
        });
        let changes = concatenated(&changes.collect::<Vec<_>>(), dialect);
        // On PostgreSQL many rows are locked in the order of their keys, so that two such writes wait for each other
        // and do not deadlock.
        let order = match (rows, dialect) {
            (Rows::Many(_) | Rows::Given(_), Dialect::Postgres) => {
                format!(" ORDER BY {}", quoted(table.key().name, dialect))
            }
            _ => String::new(),
        };
        Self { table, filter, values, changes, may_be_same: !all_differ(set), order, given }
    }

    /// What is given, where it is, with what stands before and behind it.
    pub(super) fn with(&self, before: &str, behind: &str) -> String {
        self.given.as_ref().map(|given| format!("{before}{given}{behind}")).unwrap_or_default()
    }

    /// The table of what is given, where it is, behind `before`.
    pub(super) fn beside(&self, before: &str) -> String {
        self.given.as_ref().map(|_| format!("{before}{GIVEN}")).unwrap_or_default()
    }

    /// What a row must meet to be written, behind its filter: a slice is chosen first.
    pub(super) fn conditions(&self, sql: &mut Sql, conditions: &[Expr]) -> String {
        let mut all: Vec<String> =
            conditions.iter().map(|condition| sql.fragment(|sql| condition.render(sql))).collect();
        if self.may_be_same {
            let differs =
                self.values.iter().map(|it| format!("{} IS DISTINCT FROM {}", it.quoted, it.beside_t));
            all.push(format!("({})", differs.collect::<Vec<_>>().join(" OR ")));
        }
        if all.is_empty() {
            return String::new();
        }
        let before = if self.filter.is_empty() { " WHERE " } else { " AND " };
        format!("{before}{}", all.join(" AND "))
    }

    /// The differences, where a row is updated.
    pub(super) fn changes(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Postgres => qualified(ROW, CHANGES, dialect),
            Dialect::Sqlite => self.changes.clone(),
        }
    }

    /// A column's old value, where a row is updated.
    pub(super) fn old(&self, column: &str, dialect: Dialect) -> String {
        qualified(if dialect == Dialect::Postgres { ROW } else { "t" }, column, dialect)
    }

    /// The rows to write: some of their columns, the values that are expressions, and their differences.
    pub(super) fn select<'n>(
        &self,
        columns: impl Iterator<Item = &'n str>,
        conditions: &str,
        dialect: Dialect,
    ) -> String {
        let columns = columns.map(|name| qualified("t", name, dialect));
        let expressions = self.values.iter().enumerate().filter(|(_, it)| it.beside_t != it.beside_c);
        let values = expressions.map(|(i, it)| format!("{} AS {}", it.beside_t, quoted(&new(i), dialect)));
        let changes = format!("{} AS {}", self.changes, quoted(CHANGES, dialect));
        let selected: Vec<String> = columns.chain(values).chain([changes]).collect();
        format!(
            "SELECT {} FROM {} AS t{}{}{conditions}{}",
            selected.join(", "),
            quoted(self.table.name, dialect),
            self.beside(", "),
            self.filter,
            self.order
        )
    }
}

/// ` WHERE …` of the rows.
pub(crate) fn filter(sql: &mut Sql, table: &TableDef, rows: &Rows<'_>) {
    match rows {
        Rows::One(key) => {
            sql.push(" WHERE ");
            sql.column(table.key());
            sql.push(" = ");
            sql.unseen(|sql| sql.bind(key.clone()));
        }
        Rows::Many(filter) => filter(sql),
        Rows::Given(_) => {
            sql.push(" WHERE ");
            sql.column(table.key());
            // The sign keeps SQLite from an index of its own making on the rows that are given, and a scan of the table.
            sql.push(if sql.dialect() == Dialect::Sqlite { " = +" } else { " = " });
            sql.push(&given(0, sql.dialect()));
        }
    }
}

/// The alias of a new value. No column's name has a space.
pub(super) fn new(i: usize) -> String {
    format!("new {i}")
}

/// Whether records tell of the column.
pub(crate) fn is_told(column: &ColumnDef) -> bool {
    matches!(column.role, Role::Data | Role::Managed) && column.recording != Recording::Skip
}

/// Changes, each of which begins with a comma, as an object.
pub(super) fn told(changes: &str) -> String {
    format!("'{{' || substr({changes}, 2) || '}}'")
}

/// Every column of the row `_c` that records tell of, as changes.
pub(super) fn whole(
    table: &TableDef,
    sides: for<'v> fn(&'v str) -> (Option<&'v str>, Option<&'v str>),
    dialect: Dialect,
) -> String {
    let members = table.columns.iter().filter(|column| is_told(column)).map(|column| {
        let value = qualified(ROW, column.name, dialect);
        let (old, new) = sides(&value);
        change_text(column, old, new, dialect)
    });
    concatenated(&members.collect::<Vec<_>>(), dialect)
}

/// `INSERT INTO audit_logs … SELECT …`, of rows that a trigger is about to remove, without a `WHERE`. Nothing is bound, and
/// nobody is named.
#[cfg(feature = "users")]
pub(crate) fn removed(table: &'static TableDef, dialect: Dialect) -> String {
    let changes = told(&whole(table, |value| (Some(value), None), dialect));
    let key = table.key();
    let id = super::plain_text(key, &qualified(ROW, key.name, dialect), dialect);
    let (time, json) = match dialect {
        Dialect::Postgres => ("clock_timestamp()", "::jsonb"),
        Dialect::Sqlite => ("strftime('%Y-%m-%dT%H:%M:%f', 'now') || '+00:00'", ""),
    };
    let (label, model) = (table.label, table.model);
    format!(
        "INSERT INTO \"audit_logs\" (\"timestamp\", \"action\", \"content_type\", \"object_id\", \"object_repr\", \
         \"changes\", \"user_agent\") SELECT {time}, 'hard_delete', '{label}', {id}, '{model} ' || {id}, ({changes}){json}, '' \
         FROM {} AS {ROW}",
        quoted(table.name, dialect)
    )
}

/// A query for what setting these columns of a row would tell, as an object.
pub(crate) fn differences(
    dialect: Dialect,
    table: &'static TableDef,
    key: Value<'static>,
    set: &[(&'static ColumnDef, Operand)],
) -> Sql {
    let mut sql = Sql::new(dialect, "");
    let source = Source::new(&mut sql, table, &Rows::One(key), set, false);
    let changes = told(&source.changes);
    sql.push(&format!("SELECT {changes} FROM {} AS t{}", quoted(table.name, dialect), source.filter));
    sql
}
