//! Audit rows are never changed or removed, and outlive what they tell of (rules 15 and 17).

use model_runtime::prelude::*;
use tests::recorded::{Article, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{article, audit_rows, jane, trail};

/// A statement, as the database takes it.
async fn refused(db: &Pool, sql: &str) {
    let before = AuditLog::objects().fetch_all(db).await.unwrap();
    let error = raw_sql::execute(db, sql).await.expect_err(sql).to_string();
    assert!(error.contains("audit_logs is append-only"), "{sql}: {error}");
    assert_eq!(AuditLog::objects().fetch_all(db).await.unwrap(), before, "{sql}");
}

/// The columns of the audit log, for an insert.
const ROW: &str = "(id, timestamp, action, content_type, object_id, object_repr, changes, user_agent)";

on_both! {
    async fn the_database_refuses_to_change_or_remove_them(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.publish(&db).await.unwrap();
        let newest: i64 = raw_sql::value(&db, "SELECT MAX(id) FROM audit_logs").await;
        refused(&db, "UPDATE audit_logs SET user_agent = 'forged'").await;
        refused(&db, &format!("UPDATE audit_logs SET id = id + 100 WHERE id = {newest}")).await;
        refused(&db, "UPDATE audit_logs SET user_agent = user_agent").await;
        refused(&db, "DELETE FROM audit_logs").await;
        refused(&db, &format!("DELETE FROM audit_logs WHERE id = {newest}")).await;
        let forged = format!("({newest}, CURRENT_TIMESTAMP, 'update', 'x', 'x', 'x', '{{}}', '')");
        let upsert = "ON CONFLICT (id) DO UPDATE SET user_agent = 'forged'";
        refused(&db, &format!("INSERT INTO audit_logs {ROW} VALUES {forged} {upsert}")).await;
        match db.dialect() {
            Dialect::Postgres => {
                refused(&db, "TRUNCATE audit_logs").await;
                refused(&db, "TRUNCATE audit_logs, articles CASCADE").await;
                refused(&db, "WITH d AS (DELETE FROM audit_logs RETURNING 1) SELECT COUNT(*) FROM d").await;
                refused(&db, "MERGE INTO audit_logs a USING articles b ON true WHEN MATCHED THEN DELETE").await;
            }
            Dialect::Sqlite => {
                refused(&db, &format!("INSERT OR REPLACE INTO audit_logs {ROW} VALUES {forged}")).await;
                refused(&db, &format!("REPLACE INTO audit_logs {ROW} VALUES {forged}")).await;
                refused(&db, "UPDATE OR REPLACE audit_logs SET id = 1").await;
                refused(&db, "UPDATE OR IGNORE audit_logs SET user_agent = 'forged'").await;
                refused(&db, "PRAGMA recursive_triggers = ON; DELETE FROM audit_logs").await;
            }
        }
        assert_eq!(audit_rows(&db).await, 2);
        // New rows are taken all the while.
        assert!(article.unpublish(&db).await.unwrap());
        assert_eq!(audit_rows(&db).await, 3);
    }

    async fn they_outlive_their_subject(db) {
        create_tables(&db).await;
        let jane = jane();
        let mut article = Article::builder().title("Title").create(jane.on(&db)).await.unwrap();
        article.with_audit(&jane).hard_delete(&db).await.unwrap();
        let told = trail(&article, &db).await;
        raw_sql::execute(&db, "DROP TABLE comments; DROP TABLE articles_slug_history; DROP TABLE articles").await.unwrap();
        assert_eq!(trail(&article, &db).await, told);
        let by_key = AuditLog::objects().for_key::<Article>(article.id).by(7).fetch_all(&db).await.unwrap();
        assert_eq!(by_key.len(), 2);
        assert_eq!(by_key[0].action, Action::HardDelete);
        assert_eq!(by_key[0].actor_label.as_deref(), Some("jane@example.com"));
        assert_eq!(by_key[0].changes["title"].old, serde_json::json!("Title"));
        let references: i64 = match db.dialect() {
            Dialect::Sqlite => raw_sql::value(&db, "SELECT COUNT(*) FROM pragma_foreign_key_list('audit_logs')").await,
            Dialect::Postgres => {
                let sql = "SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'audit_logs'::regclass";
                raw_sql::value(&db, sql).await
            }
        };
        assert_eq!(references, 0, "the audit log refers to no table whose rows go away");
    }
}
