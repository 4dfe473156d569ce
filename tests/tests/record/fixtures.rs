//! What the tests of records begin with.

use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::record::Changes;
use serde_json::{Value, json};
use tests::raw_sql;
use tests::recorded::Article;

/// Jane, at her browser.
pub fn jane() -> AuditContext {
    AuditContext::default()
        .actor(7, "jane@example.com")
        .ip_address([192, 168, 1, 1])
        .user_agent("Test Agent")
        .request_id("r-1")
}

/// An article, in the database.
pub async fn article(title: &str, db: &Pool) -> Article {
    Article::builder().title(title).create(db).await.expect("the article is created")
}

/// The audit trail of a row, oldest first: what was done, and what it changed.
pub async fn trail<M: Model>(row: &M, db: &Pool) -> Vec<AuditLog> {
    let mut logs = AuditLog::objects().for_object(row).fetch_all(db).await.expect("the trail is read");
    logs.reverse();
    logs
}

/// The actions of a row, oldest first.
pub async fn actions<M: Model>(row: &M, db: &Pool) -> Vec<Action> {
    trail(row, db).await.into_iter().map(|log| log.action).collect()
}

/// Changes as `{field: [old, new]}`, to be compared.
pub fn pairs(changes: &Changes) -> Value {
    let pairs = changes.iter();
    pairs
        .map(|(field, change)| (field.clone(), json!([change.old.to_value(), change.new.to_value()])))
        .collect()
}

/// How many audit rows there are.
pub async fn audit_rows(db: &Pool) -> i64 {
    raw_sql::count(db, "audit_logs").await
}

/// Makes the tables of the models, and the audit log.
pub async fn tables_of(models: &[&'static model_runtime::TableDef], db: &Pool) {
    let tables: Vec<_> = models.iter().copied().chain([AuditLog::table()]).collect();
    model_runtime::schema::create_tables(&tables, db).await.expect("the tables are made");
}

/// The audit trail of a row as plain SQL reads it, oldest first: the action, and `{field: {"old", "new"}}`.
pub async fn stored_trail<M: Model>(row: &M, db: &Pool) -> Vec<(String, Value)> {
    let sql = format!(
        "SELECT action || ' ' || CAST(changes AS TEXT) FROM audit_logs \
         WHERE content_type = '{}' AND object_id = '{}' ORDER BY id",
        M::TABLE.label,
        row.id()
    );
    let rows: Vec<String> = raw_sql::column(db, &sql).await;
    let parts = rows.iter().map(|row| row.split_once(' ').expect("an action"));
    parts.map(|(action, changes)| (action.to_owned(), serde_json::from_str(changes).expect("JSON"))).collect()
}

/// A column of a row as text, by plain SQL; `None` where it is NULL.
pub async fn stored<M: Model<Id = Uuid>>(column: &str, row: &M, db: &Pool) -> Option<String> {
    let key = raw_sql::key(db, row.id());
    raw_sql::value(db, &format!("SELECT CAST({column} AS TEXT) FROM {} WHERE id = {key}", M::TABLE.name))
        .await
}

/// The change log of a row, by plain SQL.
pub async fn stored_log<M: Model<Id = Uuid>>(row: &M, db: &Pool) -> serde_json::Map<String, Value> {
    let text = stored("change_log", row, db).await.expect("a log");
    serde_json::from_str(&text).expect("a JSON object")
}

/// Asserts that the row in memory is the row in the database.
pub async fn assert_as_stored<M: Model + Clone + PartialEq + std::fmt::Debug>(row: &M, db: &Pool) {
    let mut again = row.clone();
    again.refresh(db).await.expect("the row is read");
    assert_eq!(again, *row);
}
