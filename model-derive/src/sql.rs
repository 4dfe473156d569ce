//! The fixed statements of a model. They read the same on SQLite and on PostgreSQL.

use crate::model::{Generated, Id, Model, Role};

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// A statement with a number of parameters.
pub struct Statement {
    pub sql: String,
    pub parameters: usize,
}

impl Statement {
    fn new(sql: String, parameters: usize) -> Self {
        Self { sql, parameters }
    }
}

/// `SELECT <columns> FROM <table>`. Each column is qualified: SQLite takes an unknown name in quotes for a text.
pub fn select(model: &Model) -> String {
    let columns = model.fields.iter().map(|field| format!("t.{}", quoted(&field.column)));
    format!("SELECT {} FROM {} AS t", columns.collect::<Vec<_>>().join(", "), quoted(&model.table))
}

/// The row of a key in the default scope.
pub fn get(model: &Model) -> Statement {
    let scope = model.scope().map(|scope| format!(" AND {scope}")).unwrap_or_default();
    Statement::new(reload(model).sql + &scope, 1)
}

/// The row of a key.
pub fn reload(model: &Model) -> Statement {
    Statement::new(format!("{} WHERE {} = $1", select(model), quoted(&model.key_column())), 1)
}

fn inserted(model: &Model) -> Vec<&str> {
    let by_database = model.id == Id::I64;
    let fields = model.fields.iter().filter(|field| field.role != Role::Key || !by_database);
    fields.map(|field| field.column.as_str()).collect()
}

fn numbers(count: usize) -> String {
    (1..=count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Inserts a row.
pub fn insert(model: &Model) -> Statement {
    let columns = inserted(model);
    let count = columns.len();
    if columns.is_empty() {
        return Statement::new(format!("INSERT INTO {} DEFAULT VALUES", quoted(&model.table)), 0);
    }
    Statement::new(
        format!("INSERT INTO {} ({}) VALUES ({})", quoted(&model.table), list(columns), numbers(count)),
        count,
    )
}

/// Inserts a row, unless its generated value is taken.
pub fn insert_unless_taken(model: &Model, generated: &Generated) -> Statement {
    let columns = inserted(model);
    let count = columns.len();
    let column = quoted(&generated.column);
    let position = columns.iter().position(|name| *name == generated.column).map_or(0, |i| i + 1);
    // The cast gives the parameter one type for both places, which PostgreSQL wants where none is declared.
    Statement::new(
        format!(
            "INSERT INTO {} ({}) SELECT {} WHERE NOT EXISTS \
             (SELECT 1 FROM {} WHERE {column} = CAST(${position} AS VARCHAR)){}",
            quoted(&model.table),
            list(columns),
            numbers(count),
            quoted(&generated.reserved),
            on_conflict(model, generated)
        ),
        count,
    )
}

/// ` ON CONFLICT … DO NOTHING` for a generated value.
pub fn on_conflict(model: &Model, generated: &Generated) -> String {
    let scope = model.scope().map(|scope| format!(" WHERE {scope}")).unwrap_or_default();
    format!(" ON CONFLICT ({}){scope} DO NOTHING", quoted(&generated.column))
}

/// Counts a write.
fn counted(column: &str) -> String {
    format!("{0} = {0} + 1", quoted(column))
}

/// Updates the data columns of a row where one of them differs: `$1` is the key, then the data columns, then the
/// times.
pub fn update(model: &Model) -> Statement {
    let data: Vec<&str> = model.columns_of(Role::Data).collect();
    let touched: Vec<&str> = model.columns_of(Role::Touched).collect();
    let numbered = |names: &[&str], from: usize, between: &str| {
        let parts =
            names.iter().enumerate().map(|(i, name)| format!("{}{between}${}", quoted(name), i + from));
        parts.collect::<Vec<_>>()
    };
    let mut set = numbered(&data, 2, " = ");
    set.extend(numbered(&touched, 2 + data.len(), " = "));
    set.extend(model.columns_of(Role::Version).map(counted));
    let version = model.columns_of(Role::Version).next();
    let (table, key) = (quoted(&model.table), quoted(&model.key_column()));
    // A model without data columns has nothing to save.
    if data.is_empty() {
        return Statement::new(format!("UPDATE {table} SET {key} = {key} WHERE {key} = $1 AND (FALSE)"), 1);
    }
    let before = 1 + data.len() + touched.len();
    let stands = version.map(|column| format!(" AND {} = ${}", quoted(column), before + 1));
    let parameters = before + usize::from(stands.is_some());
    let (set, differs) = (set.join(", "), numbered(&data, 2, " IS DISTINCT FROM ").join(" OR "));
    let stands = stands.unwrap_or_default();
    Statement::new(format!("UPDATE {table} SET {set} WHERE {key} = $1{stands} AND ({differs})"), parameters)
}

/// Removes a row.
pub fn remove(model: &Model) -> Statement {
    let (table, key) = (quoted(&model.table), quoted(&model.key_column()));
    Statement::new(format!("DELETE FROM {table} WHERE {key} = $1"), 1)
}

/// What a change sets a column to; see `model_runtime::SetTo`.
#[derive(Clone, Copy)]
pub enum SetTo {
    Null,
    Time,
    Text(&'static str),
}

/// A change of a row's state, and of the time of its last write: `$1` is the key, `$2` the time.
pub struct Change {
    /// What it is, for records.
    pub action: &'static str,
    pub set: Vec<(String, SetTo)>,
    /// The rows that allow it.
    pub condition: String,
    pub statement: Statement,
}

impl Change {
    pub fn new(model: &Model, action: &'static str, set: Vec<(String, SetTo)>, condition: String) -> Self {
        let own = set.iter().map(|(column, to)| {
            let value = match to {
                SetTo::Null => "NULL".to_owned(),
                SetTo::Time => "$2".to_owned(),
                SetTo::Text(text) => format!("'{text}'"),
            };
            (column.as_str(), value)
        });
        let touched = model.columns_of(Role::Touched).map(|column| (column, "$2".to_owned()));
        let all: Vec<(&str, String)> = own.chain(touched).collect();
        let counted = model.columns_of(Role::Version).map(counted);
        let parameters = if all.iter().any(|(_, value)| value == "$2") { 2 } else { 1 };
        let assignments: Vec<String> = all
            .iter()
            .map(|(column, value)| format!("{} = {value}", quoted(column)))
            .chain(counted)
            .collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE {} = $1 AND {condition}",
            quoted(&model.table),
            assignments.join(", "),
            quoted(&model.key_column())
        );
        Self { action, set, condition, statement: Statement::new(sql, parameters) }
    }
}
