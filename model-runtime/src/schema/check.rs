//! Comparing models with a live database.

use std::collections::HashSet;
use std::fmt;

use super::ddl::{check, check_name};
use super::{ObjectKind, column_type, foreign_key, objects};
use crate::backend::{self, Backend};
use crate::db::Op;
use crate::error::Result;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, Role, TableDef};
use crate::value::{Kind, Value};

/// One difference between a model and the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What differs; it reads on after the column's name.
    pub problem: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{}.{column} {}", self.table, self.problem),
            None => write!(f, "{} {}", self.table, self.problem),
        }
    }
}

/// Compares tables with a database.
#[derive(Debug)]
pub struct Check(pub(super) Vec<&'static TableDef>);

impl<B: Backend> Op<B> for Check {
    type Out = Vec<Difference>;

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<Difference>> {
        let mut differences = Vec::new();
        let existing = existing::<B>(connection).await?;
        let foreign_keys = foreign_key::live::<B>(connection).await?;
        for table in self.0 {
            check_table::<B>(connection, table, &existing, &foreign_keys, &mut differences).await?;
        }
        Ok(differences)
    }
}

/// A column as the database has it.
struct Live {
    name: String,
    type_name: String,
    nullable: bool,
}

pub(super) const TEXT: ColumnDef = ColumnDef::new::<String>("result");

/// The kinds and names of all indexes, functions, triggers and tables: `index posts_slug_key`.
async fn existing<B: Backend>(connection: &mut B::Connection) -> Result<HashSet<String>> {
    let sql = match B::DIALECT {
        Dialect::Sqlite => "SELECT type || ' ' || name FROM sqlite_master",
        Dialect::Postgres => {
            "SELECT CASE relkind WHEN 'i' THEN 'index ' ELSE 'table ' END || relname FROM pg_class \
             WHERE relnamespace = current_schema()::regnamespace \
             UNION ALL SELECT 'function ' || proname FROM pg_proc \
             WHERE pronamespace = current_schema()::regnamespace \
             UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
             WHERE c.relnamespace = current_schema()::regnamespace"
        }
    };
    let read = |row: &B::Row| backend::read::<B, String>(row, 0, &TEXT);
    Ok(backend::read_all::<B, _>(connection, Sql::new(B::DIALECT, sql), read).await?.into_iter().collect())
}

async fn columns<B: Backend>(connection: &mut B::Connection, table: &TableDef) -> Result<Vec<Live>> {
    let mut sql = Sql::new(
        B::DIALECT,
        match B::DIALECT {
            Dialect::Sqlite => "SELECT name, upper(type), \"notnull\" = 0 FROM pragma_table_info(",
            Dialect::Postgres => {
                "SELECT attname::text, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute \
                 WHERE attnum > 0 AND NOT attisdropped AND attrelid = to_regclass(quote_ident("
            }
        },
    );
    sql.bind(Value::Text(table.name.into()));
    sql.push(if B::DIALECT == Dialect::Postgres { "))" } else { ")" });
    let read = |row: &B::Row| {
        Ok(Live {
            name: backend::read::<B, String>(row, 0, &TEXT)?,
            type_name: backend::read::<B, String>(row, 1, &TEXT)?,
            nullable: backend::read::<B, bool>(row, 2, &TEXT)?,
        })
    };
    backend::read_all::<B, _>(connection, sql, read).await
}

/// The names of the table's constraints: PostgreSQL lists them, SQLite keeps them in the statement that made it.
async fn constraints<B: Backend>(connection: &mut B::Connection, table: &TableDef) -> Result<Vec<String>> {
    let mut sql = Sql::new(
        B::DIALECT,
        match B::DIALECT {
            Dialect::Sqlite => "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ",
            Dialect::Postgres => {
                "SELECT conname::text FROM pg_constraint WHERE conrelid = to_regclass(quote_ident("
            }
        },
    );
    sql.bind(Value::Text(table.name.into()));
    sql.push(if B::DIALECT == Dialect::Postgres { "))" } else { "" });
    backend::read_all::<B, _>(connection, sql, |row| backend::read::<B, String>(row, 0, &TEXT)).await
}

async fn check_table<B: Backend>(
    connection: &mut B::Connection,
    table: &TableDef,
    existing: &HashSet<String>,
    foreign_keys: &[foreign_key::Live],
    differences: &mut Vec<Difference>,
) -> Result<()> {
    let mut differ = |column: Option<&str>, problem: String| {
        differences.push(Difference {
            table: table.name.to_owned(),
            column: column.map(str::to_owned),
            problem,
        });
    };
    let live = columns::<B>(connection, table).await?;
    if live.is_empty() {
        differ(None, "is missing: no such table".to_owned());
        return Ok(());
    }
    for column in table.columns {
        let Some(found) = live.iter().find(|live| live.name == column.name) else {
            differ(Some(column.name), "is missing".to_owned());
            continue;
        };
        let wanted = live_type(column, B::DIALECT);
        if found.type_name != wanted {
            differ(Some(column.name), format!("is {}, the model wants {wanted}", found.type_name));
        }
        // SQLite's INTEGER PRIMARY KEY is never NULL, said or not.
        if found.nullable != column.nullable && column.role != Role::Key {
            let (is, wants) =
                if found.nullable { ("nullable", "NOT NULL") } else { ("NOT NULL", "nullable") };
            differ(Some(column.name), format!("is {is}, the model wants it {wants}"));
        }
    }
    let constraints = constraints::<B>(connection, table).await?;
    for column in table.columns.iter().filter(|column| live.iter().any(|live| live.name == column.name)) {
        let name = check(column, B::DIALECT).map(|_| check_name(table, column));
        if let Some(name) = name.filter(|name| !constraints.iter().any(|known| known.contains(name))) {
            differ(Some(column.name), format!("lacks the check {name:?}"));
        }
        for problem in foreign_key::problems(table, column, foreign_keys, B::DIALECT) {
            differ(Some(column.name), problem);
        }
    }
    let objects = objects(table, B::DIALECT);
    let beside: Vec<&str> =
        objects.iter().filter(|it| it.kind == ObjectKind::Column).map(|it| it.name.as_str()).collect();
    for found in live.iter().filter(|live| table.column(&live.name).is_none()) {
        if !beside.contains(&found.name.as_str()) {
            differ(Some(&found.name), "is not in the model".to_owned());
        }
    }
    for object in &objects {
        let kind = match object.kind {
            ObjectKind::Index => "index",
            ObjectKind::Function => "function",
            ObjectKind::Trigger => "trigger",
            ObjectKind::Table => "table",
            ObjectKind::Column => {
                if live.iter().all(|found| found.name != object.name) {
                    differ(Some(&object.name), "is missing".to_owned());
                }
                continue;
            }
            ObjectKind::Comment => continue,
        };
        if !existing.contains(&format!("{kind} {}", object.name)) {
            differ(None, format!("lacks the {kind} {:?}", object.name));
        }
    }
    Ok(())
}

/// The column's type as the database names it.
fn live_type(column: &ColumnDef, dialect: Dialect) -> String {
    if dialect == Dialect::Sqlite {
        return column_type(column, dialect);
    }
    match column.kind {
        Kind::Text => match column.max_length {
            Some(length) => format!("character varying({length})"),
            None => "text".to_owned(),
        },
        Kind::Decimal => format!("numeric({},{})", column.precision, column.scale),
        Kind::Timestamp => "timestamp with time zone".to_owned(),
        _ => column_type(column, dialect).to_lowercase(),
    }
}
