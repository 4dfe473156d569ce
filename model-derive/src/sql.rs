//! The fixed statements of a model. They read the same on SQLite and on PostgreSQL.

use crate::model::{Generated, Id, Model, Role};

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// `SELECT <columns> FROM <table>`. Each column is qualified: SQLite takes an unknown name in quotes for a text.
pub fn select(model: &Model) -> String {
    let columns = model.fields.iter().map(|field| format!("t.{}", quoted(&field.column)));
    format!("SELECT {} FROM {} AS t", columns.collect::<Vec<_>>().join(", "), quoted(&model.table))
}

/// The row of a key in the default scope.
pub fn get(model: &Model) -> String {
    let scope = model.scope().map(|scope| format!(" AND {scope}")).unwrap_or_default();
    reload(model) + &scope
}

/// The row of a key.
pub fn reload(model: &Model) -> String {
    format!("{} WHERE {} = $1", select(model), quoted(&model.key_column()))
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
pub fn insert(model: &Model) -> String {
    let columns = inserted(model);
    let count = columns.len();
    if columns.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES", quoted(&model.table));
    }
    format!("INSERT INTO {} ({}) VALUES ({})", quoted(&model.table), list(columns), numbers(count))
}

/// Inserts a row, unless its generated value is taken.
pub fn insert_unless_taken(model: &Model, generated: &Generated) -> String {
    let columns = inserted(model);
    let count = columns.len();
    let column = quoted(&generated.column);
    let position = columns.iter().position(|name| *name == generated.column).map_or(0, |i| i + 1);
    // The cast gives the parameter one type for both places, which PostgreSQL wants where none is declared.
    format!(
        "INSERT INTO {} ({}) SELECT {} WHERE NOT EXISTS \
         (SELECT 1 FROM {} WHERE {column} = CAST(${position} AS VARCHAR)){}",
        quoted(&model.table),
        list(columns),
        numbers(count),
        quoted(&generated.reserved),
        on_conflict(model, generated)
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
pub fn update(model: &Model) -> String {
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
        return format!("UPDATE {table} SET {key} = {key} WHERE {key} = $1 AND (FALSE)");
    }
    let before = 1 + data.len() + touched.len();
    let stands = version.map(|column| format!(" AND {} = ${}", quoted(column), before + 1));
    let (set, differs) = (set.join(", "), numbered(&data, 2, " IS DISTINCT FROM ").join(" OR "));
    let stands = stands.unwrap_or_default();
    format!("UPDATE {table} SET {set} WHERE {key} = $1{stands} AND ({differs})")
}

/// Removes a row.
pub fn remove(model: &Model) -> String {
    format!("DELETE FROM {} WHERE {} = $1", quoted(&model.table), quoted(&model.key_column()))
}

/// What the statements of a model ask of the schema, without parameters: all columns can be inserted, with the unique
/// index that a generated value wants; all but the key can be updated, and the data columns be compared; rows can be
/// removed; and so the triggers hold that these writes set off.
pub fn checks(model: &Model) -> Vec<String> {
    let (table, key, columns) = (quoted(&model.table), quoted(&model.key_column()), inserted(model));
    let insert = if columns.is_empty() {
        insert(model)
    } else {
        let taken = model.slots.generated.as_ref().map(|generated| {
            let (column, reserved) = (quoted(&generated.column), quoted(&generated.reserved));
            let on_conflict = on_conflict(model, generated);
            format!("NOT EXISTS (SELECT 1 FROM {reserved} AS r WHERE r.{column} = t.{column}){on_conflict}")
        });
        let (columns, taken) = (list(columns), taken.unwrap_or_else(|| "FALSE".to_owned()));
        format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} AS t WHERE {taken}")
    };
    let written = model.fields.iter().filter(|field| field.role != Role::Key);
    let mut set: Vec<String> = written.map(|field| quoted(&field.column)).collect();
    if set.is_empty() {
        set.push(key.clone());
    }
    let set: Vec<String> = set.iter().map(|column| format!("{column} = {column}")).collect();
    let differs = model.columns_of(Role::Data).map(|name| format!("{0} IS DISTINCT FROM {0}", quoted(name)));
    let differs: Vec<String> = std::iter::once("FALSE".to_owned()).chain(differs).collect();
    vec![
        insert,
        format!("UPDATE {table} SET {} WHERE {}", set.join(", "), differs.join(" OR ")),
        format!("DELETE FROM {table} WHERE {key} IS NULL"),
    ]
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
    pub sql: String,
    /// Whether it has `$2`.
    pub binds_time: bool,
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
        let binds_time = all.iter().any(|(_, value)| value == "$2");
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
        Self { action, set, condition, sql, binds_time }
    }
}
