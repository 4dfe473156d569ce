//! Whether trail and tables agree: the audit rows of every object, replayed from its `create`, give the content of
//! its table. Read by plain sqlx, with SQL of its own.

use std::collections::{BTreeMap, BTreeSet};

use model_runtime::prelude::*;
use model_runtime::record::MASK;
use serde_json::{Map, Value, json};
use tests::raw_sql;

/// Columns of articles that changes can touch and whose values the trail tells.
const ARTICLE: [&str; 8] =
    ["title", "content", "views", "price", "slug", "status", "deleted_at", "published_at"];
const BOOKING: [&str; 2] = ["account", "amount"];

/// How many entries an article's log keeps.
const KEEP: usize = 5;

/// An object: its model's label and its key.
type Object = (String, String);

/// What the trail says of an object.
#[derive(Debug, Default)]
struct Replayed {
    fields: BTreeMap<String, Value>,
    /// The changes of every row after the `create`.
    changes: Vec<Value>,
    /// When the last row was written.
    time: Value,
}

/// How much was compared.
#[derive(Debug, Default)]
pub struct Agreement {
    pub audit_rows: usize,
    pub objects: usize,
    /// Objects that are in their table still.
    pub live: usize,
    /// Rows by action.
    pub actions: BTreeMap<String, usize>,
}

/// Panics where trail, change logs and tables disagree.
pub async fn assert_agreement(db: &Pool) -> Agreement {
    let mut agreement = Agreement::default();
    let mut objects: BTreeMap<Object, Replayed> = BTreeMap::new();
    let mut removed: BTreeSet<Object> = BTreeSet::new();
    for text in raw_sql::column::<String>(db, audit_sql(db)).await {
        let (id, action, object, time, changes) = audit_row(&text);
        agreement.audit_rows += 1;
        *agreement.actions.entry(action.clone()).or_default() += 1;
        assert!(!removed.contains(&object), "audit row {id}: {object:?} is written after its removal");
        match action.as_str() {
            "create" => {
                let fields = changes.iter().map(|(field, change)| {
                    assert!(change["old"].is_null(), "audit row {id}: created from {change}");
                    (field.clone(), canonical(field, &change["new"]))
                });
                let replayed = Replayed { fields: fields.collect(), changes: Vec::new(), time };
                assert!(objects.insert(object, replayed).is_none(), "audit row {id}: created twice");
            }
            "hard_delete" => {
                let replayed = objects.remove(&object).expect("what is removed was created");
                let state = changes.iter().map(|(field, change)| {
                    assert!(change["new"].is_null(), "audit row {id}: removed to {change}");
                    (field.clone(), canonical(field, &change["old"]))
                });
                assert_eq!(state.collect::<BTreeMap<_, _>>(), replayed.fields, "audit row {id} of a removal");
                removed.insert(object);
            }
            action => {
                let replayed = objects.get_mut(&object);
                let replayed = replayed.unwrap_or_else(|| panic!("audit row {id}: {action} before create"));
                apply(id, action, &changes, &mut replayed.fields);
                replayed.changes.push(Value::Object(changes));
                replayed.time = time;
            }
        }
    }
    agreement.objects = objects.len() + removed.len();
    agreement.live = objects.len();
    compare(db, objects).await;
    agreement
}

/// One audit row of a change: its `old` is what the row had.
fn apply(id: i64, action: &str, changes: &Map<String, Value>, fields: &mut BTreeMap<String, Value>) {
    assert!(!changes.is_empty(), "audit row {id}: {action} without a change");
    for (field, change) in changes {
        let [old, new] = ["old", "new"].map(|side| canonical(field, &change[side]));
        let had = fields.insert(field.clone(), new.clone());
        assert_eq!(Some(&old), had.as_ref(), "audit row {id}: the old {field} of {action}");
        assert!(old != new || old == MASK, "audit row {id}: {field} of {action} is {old} still");
    }
    let now = |field: &str| &fields[field];
    match action {
        "delete" => assert!(!now("deleted_at").is_null(), "audit row {id}"),
        "restore" => assert!(now("deleted_at").is_null(), "audit row {id}"),
        "publish" => assert_eq!(now("status"), "published", "audit row {id}"),
        "unpublish" => assert_eq!(now("status"), "draft", "audit row {id}"),
        "archive" => assert_eq!(now("status"), "archived", "audit row {id}"),
        action => assert_eq!(action, "update", "audit row {id}"),
    }
}

/// The tables hold what the trail says, and the logs end as the trail does.
async fn compare(db: &Pool, mut objects: BTreeMap<Object, Replayed>) {
    for (label, columns, sql) in
        [("news.article", &ARTICLE[..], article_sql(db)), ("news.booking", &BOOKING[..], booking_sql(db))]
    {
        for text in raw_sql::column::<String>(db, sql).await {
            let row: Vec<Value> = serde_json::from_str(&text).expect("the row is JSON");
            let id = row[0].as_str().expect("the key is text").to_owned();
            let replayed = objects.remove(&(label.to_owned(), id.clone()));
            let replayed = replayed.unwrap_or_else(|| panic!("{label} {id} has no audit row: {text}"));
            for (column, value) in columns.iter().zip(&row[1..]) {
                let told = &replayed.fields[*column];
                assert_eq!(&canonical(column, value), told, "{column} of {label} {id}");
            }
            if label == "news.article" {
                let [updated_at, log] = &row[1 + columns.len()..] else {
                    panic!("columns are missing: {text}")
                };
                assert_eq!(canonical("updated_at", updated_at), replayed.time, "updated_at of {id}");
                compare_log(&id, log, &replayed.changes);
            }
        }
    }
    assert!(objects.is_empty(), "audit rows of objects that are not there: {:?}", objects.keys());
}

/// The entries of the log, oldest first, are the last audit rows.
fn compare_log(id: &str, log: &Value, changes: &[Value]) {
    let log: BTreeMap<&String, &Value> = log.as_object().expect("the log is an object").iter().collect();
    let entries: Vec<&Value> = log.into_values().collect();
    let last: Vec<&Value> = changes.iter().skip(changes.len().saturating_sub(KEEP)).collect();
    assert_eq!(entries, last, "the change log of article {id}");
}

/// A value as both the trail and the table can tell it.
fn canonical(field: &str, value: &Value) -> Value {
    match (field, value) {
        (_, Value::Null) => Value::Null,
        ("price" | "amount", value) => {
            let number = value.as_f64().unwrap_or_else(|| panic!("{field} is {value}"));
            json!((number * 100.0).round() as i64)
        }
        ("timestamp", value) => time(field, value),
        (field, value) if field.ends_with("_at") => time(field, value),
        (_, value) => value.clone(),
    }
}

fn time(field: &str, value: &Value) -> Value {
    let text = value.as_str().unwrap_or_else(|| panic!("{field} is {value}"));
    let time: DateTime<Utc> = text.parse().unwrap_or_else(|error| panic!("{field} is {text}: {error}"));
    json!(time.timestamp_micros())
}

fn audit_row(text: &str) -> (i64, String, Object, Value, Map<String, Value>) {
    let row: (i64, String, String, String, Value, Map<String, Value>) =
        serde_json::from_str(text).expect("the audit row is JSON");
    let (id, action, label, key, time, changes) = row;
    (id, action, (label, key.replace('-', "")), canonical("timestamp", &time), changes)
}

fn audit_sql(db: &Pool) -> &'static str {
    match db {
        Pool::Sqlite(_) => {
            "SELECT json_array(id, action, content_type, object_id, timestamp, json(changes))
             FROM audit_logs ORDER BY id"
        }
        Pool::Postgres(_) => {
            "SELECT json_build_array(id, action, content_type, object_id, timestamp, changes)::text
             FROM audit_logs ORDER BY id"
        }
    }
}

fn article_sql(db: &Pool) -> &'static str {
    match db {
        Pool::Sqlite(_) => {
            "SELECT json_array(lower(hex(id)), title, content, views, price / 100.0, slug, status, deleted_at,
                               published_at, updated_at, json(change_log)) FROM articles"
        }
        Pool::Postgres(_) => {
            "SELECT json_build_array(replace(id::text, '-', ''), title, content, views, price, slug, status,
                                     deleted_at, published_at, updated_at, change_log)::text FROM articles"
        }
    }
}

fn booking_sql(db: &Pool) -> &'static str {
    match db {
        Pool::Sqlite(_) => "SELECT json_array(CAST(id AS TEXT), account, amount / 100.0) FROM bookings",
        Pool::Postgres(_) => "SELECT json_build_array(id::text, account, amount)::text FROM bookings",
    }
}

/// Every column of every row of these tables, as text: two are equal where nothing was written in between.
pub async fn snapshot(db: &Pool, tables: &[&str]) -> Vec<String> {
    let mut rows = Vec::new();
    for table in tables {
        let sql = match db {
            Pool::Sqlite(_) => {
                let columns = format!(
                    "SELECT group_concat('quote(\"' || name || '\")') FROM pragma_table_info('{table}')"
                );
                let columns = raw_sql::value::<String>(db, &columns).await;
                format!("SELECT '{table} ' || json_array({columns}) AS r FROM {table} ORDER BY r")
            }
            Pool::Postgres(_) => format!("SELECT '{table} ' || t::text AS r FROM {table} AS t ORDER BY r"),
        };
        rows.extend(raw_sql::column::<String>(db, &sql).await);
    }
    rows
}

/// Panics where the tables do not hold what they held, and tells which rows differ.
pub async fn assert_unchanged(db: &Pool, tables: &[&str], before: &[String], what: &str) {
    let after = snapshot(db, tables).await;
    let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
    let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert!(after == before, "{what} left something: {new:#?} in place of {lost:#?}");
}
