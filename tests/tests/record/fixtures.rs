//! What the tests of records begin with.

use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::record::Changes;
use serde_json::json;
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
pub fn pairs(changes: &Changes) -> serde_json::Value {
    let pairs = changes.iter();
    pairs
        .map(|(field, change)| (field.clone(), json!([change.old.to_value(), change.new.to_value()])))
        .collect()
}

/// How many audit rows there are.
pub async fn audit_rows(db: &Pool) -> i64 {
    raw_sql::count(db, "audit_logs").await
}
