//! Audit rows, replayed and compared with the table.

use std::collections::BTreeMap;

use model_runtime::prelude::*;
use serde_json::Value;
use tests::raw_sql;

/// The fields that records tell of.
const TOLD: [&str; 11] = [
    "created_at",
    "deleted_at",
    "number",
    "price",
    "published_at",
    "seo_description",
    "seo_keywords",
    "seo_title",
    "slug",
    "status",
    "title",
];

/// The told fields of a row, each brought to one form; `None` is NULL.
type State = BTreeMap<String, Option<String>>;

fn one_form(field: &str, value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(match field {
        "price" => text.parse::<Decimal>().expect("a price").normalize().to_string(),
        field if field.ends_with("_at") => text.parse::<DateTime<Utc>>().expect("a time").to_rfc3339(),
        _ => text,
    })
}

/// Every row of the table as plain SQL reads it, with its change log.
async fn table(db: &Pool) -> BTreeMap<String, (State, Value)> {
    let [id, price, time, object] = match db.dialect() {
        Dialect::Sqlite => [
            "lower(hex(id))",
            "CASE WHEN price IS NOT NULL THEN printf('%.2f', price / 100.0) END",
            "",
            "json_object",
        ],
        Dialect::Postgres => {
            ["replace(id::text, '-', '')", "price::text", "::timestamptz", "json_build_object"]
        }
    };
    let mut members = vec![format!("'id', {id}, 'log', CAST(change_log AS TEXT)")];
    members.extend(TOLD.map(|field| match field {
        "price" => format!("'price', {price}"),
        field if field.ends_with("_at") => format!("'{field}', {field}{time}"),
        field => format!("'{field}', {field}"),
    }));
    let sql = format!("SELECT CAST({object}({}) AS TEXT) FROM entries", members.join(", "));
    let rows: Vec<String> = raw_sql::column(db, &sql).await;
    let rows = rows.iter().map(|row| {
        let row: Value = serde_json::from_str(row).expect("JSON");
        let log = serde_json::from_str(row["log"].as_str().expect("a log")).expect("JSON");
        let state = TOLD.map(|field| (field.to_owned(), one_form(field, &row[field]))).into();
        (row["id"].as_str().expect("a key").to_owned(), (state, log))
    });
    rows.collect()
}

/// Replays the audit rows and compares all with the table. Returns how many audit rows there were.
pub async fn verify(db: &Pool) -> u64 {
    let sql = "SELECT replace(object_id, '-', '') || ' ' || action || ' ' || CAST(changes AS TEXT) FROM audit_logs \
               WHERE id > (SELECT COALESCE(MAX(upto), 0) FROM verified) ORDER BY id";
    let rows: Vec<String> = raw_sql::column(db, sql).await;
    let mut states: BTreeMap<String, State> = BTreeMap::new();
    let mut logs: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in &rows {
        let mut parts = row.splitn(3, ' ');
        let [id, action, text] = [(); 3].map(|()| parts.next().expect("three parts"));
        let changes: Value = serde_json::from_str(text).expect("JSON");
        let changes = changes.as_object().expect("an object");
        let sides = changes.iter().map(|(field, change)| {
            assert!(TOLD.contains(&field.as_str()), "{row}");
            let side = |name: &str| one_form(field, change.get(name).expect("a side"));
            (field, side("old"), side("new"))
        });
        match action {
            "create" => {
                assert_eq!(changes.len(), TOLD.len(), "{row}");
                let state = sides.map(|(field, old, new)| {
                    assert_eq!(old, None, "{row}");
                    (field.clone(), new)
                });
                assert_eq!(states.insert(id.to_owned(), state.collect()), None, "{row}");
            }
            "hard_delete" => {
                let state = states.remove(id).expect(row);
                let last = sides.map(|(field, old, new)| {
                    assert_eq!(new, None, "{row}");
                    (field.clone(), old)
                });
                assert_eq!(last.collect::<State>(), state, "{row}");
                logs.remove(id);
            }
            _ => {
                assert!(!changes.is_empty(), "{row}");
                let state = states.get_mut(id).expect(row);
                for (field, old, new) in sides {
                    assert_ne!(old, new, "{field} of {row}");
                    let before = state.insert(field.clone(), new).expect("a told field");
                    assert_eq!(before, old, "{field} of {row}");
                }
                logs.entry(id.to_owned()).or_default().push(Value::Object(changes.clone()));
            }
        }
    }
    let table = table(db).await;
    let stored: BTreeMap<String, State> =
        table.iter().map(|(id, (state, _))| (id.clone(), state.clone())).collect();
    assert_eq!(states, stored);
    for (id, (_, log)) in table {
        let logged: Vec<Value> = log.as_object().expect("an object").values().cloned().collect();
        assert_eq!(logged, logs.get(&id).map_or(&[][..], Vec::as_slice), "{id}");
    }
    rows.len() as u64
}
