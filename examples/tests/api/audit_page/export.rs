//! Exports: all that is asked for, and nothing that a spreadsheet would run.

use model_runtime::prelude::*;
use reqwest::Method;
use serde_json::Value;
use tests::{on_both, raw_sql};

use super::site::{Site, fill};

/// The rows as plain sqlx reads them: the fields as text, behind one another.
async fn rows(db: &Pool, condition: &str) -> Vec<String> {
    let time = match db.dialect() {
        Dialect::Sqlite => "substr(timestamp, 1, 19)",
        Dialect::Postgres => "to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')",
    };
    let sql = format!(
        "SELECT id || '|' || {time} || '|' || action || '|' || content_type || '|' || object_id || '|' || object_repr || '|' ||
         coalesce(actor_id, '') || '|' || coalesce(actor_label, '') || '|' || user_agent || '|' || coalesce(request_id, '')
         FROM audit_logs WHERE {condition} ORDER BY id DESC"
    );
    raw_sql::column(db, &sql).await
}

const FIELDS: [&str; 10] = [
    "id",
    "timestamp",
    "action",
    "content_type",
    "object_id",
    "object_repr",
    "actor_id",
    "actor_label",
    "user_agent",
    "request_id",
];

fn joined(field: impl Fn(&str) -> String) -> String {
    let cell = |name: &&str| if *name == "timestamp" { field(name)[..19].to_owned() } else { field(name) };
    FIELDS.iter().map(cell).collect::<Vec<_>>().join("|")
}

fn of_csv(text: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        joined(|name| record[header.iter().position(|field| field == name).unwrap()].to_owned())
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn of_lines(text: &str) -> Vec<String> {
    let row = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap();
        joined(|name| {
            entry[name].as_str().map_or_else(
                || entry[name].as_i64().map(|id| id.to_string()).unwrap_or_default(),
                str::to_owned,
            )
        })
    };
    text.lines().map(row).collect()
}

on_both! {
    async fn exports_are_what_sqlx_reads(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 2500).await;
        for (query, condition) in [("", "TRUE"), ("action=create&model=blog.post", "action = 'create' AND content_type = 'blog.post'"),
            ("user=u4", "actor_id = 'u4'"), ("search=object+77", "object_repr LIKE 'Object%77%'"), ("search=nowhere", "FALSE")] {
            let wanted = rows(&site.api.db, condition).await;
            let page = site.get(&format!("/admin/audit/export.csv?{query}")).await;
            assert_eq!((page.status, &page.headers["content-type"]), (200, &"text/csv; charset=utf-8; header=present".parse().unwrap()));
            let name = page.headers["content-disposition"].to_str().unwrap();
            assert!(name.starts_with("attachment; filename=\"audit-log-") && name.ends_with(".csv\""), "{name}");
            assert_eq!(of_csv(&page.text), wanted, "{query}");
            let page = site.get(&format!("/admin/audit/export.jsonl?{query}")).await;
            assert_eq!((page.status, &page.headers["content-type"]), (200, &"application/x-ndjson".parse().unwrap()));
            assert_eq!(of_lines(&page.text), wanted, "{query}");
        }
    }

    async fn changes_are_exported_as_they_were_recorded(db) {
        let site = Site::serve(db).await;
        let mut post = site.api.post("a", &site.staff).await;
        post.title = "\"b\",\r\nc".into();
        post.save(&site.api.db).await.unwrap();
        let csv = site.get("/admin/audit/export.csv?model=blog.post&action=update").await.text;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        let changes: Value = serde_json::from_str(&row[6]).unwrap();
        assert_eq!((&row[5], &changes["title"]), ("\"b\",\r\nc", &serde_json::json!({"old": "a", "new": "\"b\",\r\nc"})));
        let line = site.get("/admin/audit/export.jsonl?model=blog.post&action=update").await.text;
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["changes"], changes);
        assert_eq!((&line["ip_address"], &line["actor_id"]), (&Value::Null, &Value::Null));
    }

    async fn no_cell_is_a_formula(db) {
        let site = Site::serve(db).await;
        let formulas = ["=HYPERLINK(\"http://evil.example\")", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1"];
        for formula in formulas {
            let context = model_runtime::audit::AuditContext::default().actor(formula, formula).user_agent(formula).request_id(formula);
            let mut post = site.api.post("a", &site.staff).await;
            post.title = formula.into();
            post.with_audit(&context).save(&site.api.db).await.unwrap();
        }
        let csv = site.get("/admin/audit/export.csv?model=blog.post&action=update").await.text;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        for (record, formula) in records.iter().rev().zip(formulas) {
            for cell in [5, 7, 8, 10, 11] {
                assert_eq!(record[cell], format!("'{formula}"));
            }
        }
        assert_eq!(records.len(), formulas.len());
        let lines = site.get("/admin/audit/export.jsonl?model=blog.post&action=update").await.text;
        let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        assert_eq!(last["object_repr"], formulas[0], "JSON is as it is");
    }

    /// Where a semicolon separates cells, what is behind one is no formula either; a program reads the same JSON.
    async fn no_formula_is_behind_a_semicolon(db) {
        let site = Site::serve(db).await;
        let mut post = site.api.post("a", &site.staff).await;
        post.title = "x;=1+1".into();
        post.save(&site.api.db).await.unwrap();
        let csv = site.get("/admin/audit/export.csv?model=blog.post&action=update").await.text;
        assert!(!csv.contains(";=") && csv.lines().all(|line| line.starts_with('"') && line.ends_with('"')), "{csv}");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        let changes: Value = serde_json::from_str(&row[6]).unwrap();
        assert_eq!((&row[5], &changes["title"]["new"]), ("x;'=1+1", &Value::from("x;=1+1")));
    }

    async fn an_error_cuts_an_export_off(db) {
        let site = Site::serve(db).await;
        let json = if site.api.db.dialect() == Dialect::Postgres { "jsonb" } else { "text" };
        raw_sql::execute(&site.api.db, &format!(
            "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, user_agent)
             VALUES ('2026-01-01T00:00:00+00:00', 'update', 'blog.post', 'k', 'x', CAST('{{\"a\": 1}}' AS {json}), '')"
        )).await.unwrap();
        fill(&site.api.db, 1500).await;
        for path in ["/admin/audit/export.csv", "/admin/audit/export.jsonl"] {
            let request = site.api.request(Method::GET, path).header("cookie", &site.cookie);
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200);
            let error = response.text().await.unwrap_err();
            assert!(error.is_body() || error.is_decode(), "{error:?}");
        }
    }

    /// Nothing is held for a client that goes away: not even the test's few connections are used up.
    async fn a_client_that_goes_away_holds_nothing(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 60_000).await;
        for _ in 0..20 {
            let request = site.api.request(Method::GET, "/admin/audit/export.jsonl").header("cookie", &site.cookie);
            let mut response = request.send().await.unwrap();
            assert!(response.chunk().await.unwrap().is_some());
            drop(response);
        }
        assert_eq!(site.list("").await.status, 200);
    }
}
