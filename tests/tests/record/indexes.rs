//! The queries of the audit trail use their indexes, as EXPLAIN tells.

use model_runtime::prelude::*;
use sqlx::{AssertSqlSafe, Row};
use tests::recorded::{Article, create_tables};
use tests::{on_both, raw_sql};

/// Fills the audit log with rows of many articles, users and days, and has the database look at them.
async fn fill(db: &Pool) {
    let columns = "(timestamp, action, content_type, object_id, object_repr, changes, actor_id, user_agent)";
    let numbers = "SELECT n, CASE WHEN n % 500 = 0 THEN 'archive' ELSE 'update' END AS action, \
                   CASE WHEN n % 400 = 0 THEN '{\"rare\": {}}' ELSE '{\"title\": {}}' END AS changes";
    let fill = match db.dialect() {
        Dialect::Postgres => format!(
            "INSERT INTO audit_logs {columns} SELECT now() - interval '1 minute' * (20000 - n), action, 'news.article', \
             lpad((n % 2000)::text, 36, '0'), 'x', changes::jsonb, (n % 700)::text, '' \
             FROM ({numbers} FROM generate_series(1, 20000) AS g(n)) AS t ORDER BY n; ANALYZE audit_logs"
        ),
        Dialect::Sqlite => format!(
            "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 20000) \
             INSERT INTO audit_logs {columns} SELECT strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || (20000 - n) || ' minutes'), \
             action, 'news.article', printf('%036d', n % 2000), 'x', changes, CAST(n % 700 AS TEXT), '' \
             FROM ({numbers} FROM g)"
        ),
    };
    raw_sql::execute(db, &fill).await.unwrap();
}

/// What the database would do for the query, with its values in place.
async fn plan(query: &QuerySet<AuditLog>, db: &Pool) -> String {
    let sql = query.sql(db.dialect());
    let mut text = sql.text().to_owned();
    for (i, value) in sql.values().iter().enumerate().rev() {
        text = text.replace(&format!("${}", i + 1), &value.to_string());
    }
    match db {
        Pool::Postgres(_) => raw_sql::column::<String>(db, &format!("EXPLAIN {text}")).await.join("\n"),
        Pool::Sqlite(pool) => {
            // A connection knows the statistics that it made itself.
            let mut connection = pool.acquire().await.unwrap();
            sqlx::query("ANALYZE").execute(&mut *connection).await.unwrap();
            let explain = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")));
            let steps = explain.fetch_all(&mut *connection).await.unwrap();
            steps.iter().map(|step| step.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
        }
    }
}

async fn uses(query: QuerySet<AuditLog>, index: &str, db: &Pool) {
    let plan = plan(&query, db).await;
    assert!(plan.contains(index), "{query} does not use {index}:\n{plan}");
    assert!(!plan.contains("SCAN ") && !plan.contains("Seq Scan"), "{plan}");
}

on_both! {
    async fn each_query_uses_its_index(db) {
        create_tables(&db).await;
        fill(&db).await;
        let logs = AuditLog::objects;
        let id = Uuid::from_u128(17);
        uses(logs().for_key::<Article>(id), "audit_logs_content_type_object_id_id_idx", &db).await;
        uses(logs().for_key::<Article>(id).limit(10), "audit_logs_content_type_object_id_id_idx", &db).await;
        uses(logs().by(17), "audit_logs_actor_id_id_idx", &db).await;
        uses(logs().action(Action::Archive), "audit_logs_action_id_idx", &db).await;
        uses(logs().recent(1), "audit_logs_timestamp_id_idx", &db).await;
        if db.dialect() == Dialect::Postgres {
            uses(logs().changed("rare"), "audit_logs_changes_idx", &db).await;
        }
    }
}
