//! The field's type, as rows hold it.

use model_runtime::files::StoredFile;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use serde_json::json;
use tests::{on_both, raw_sql};

/// A letter with a scan of it.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "letters", unchecked)]
struct Letter {
    /// The scan.
    scan: StoredFile,
    /// What came with it.
    enclosed: Option<StoredFile>,
}

fn file(path: &str) -> StoredFile {
    StoredFile::new(path, 12, "image/png").unwrap()
}

on_both! {
    async fn a_row_holds_it_as_json(db) {
        create_tables(&[Letter::table()], &db).await.unwrap();
        let mut letter = Letter::builder().scan(file("letters/ä 1.png")).create(&db).await.unwrap();
        assert_eq!(Letter::get(letter.id, &db).await.unwrap(), letter);
        let text: String = raw_sql::value(&db, "SELECT CAST(scan AS TEXT) FROM letters").await;
        let stored: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(stored, json!({ "path": "letters/ä 1.png", "size": 12, "content_type": "image/png" }));
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(*) FROM letters WHERE enclosed IS NULL").await, 1);

        letter.enclosed = Some(file("letters/2.png"));
        assert!(letter.save(&db).await.unwrap());
        assert!(!letter.save(&db).await.unwrap());
        assert_eq!(Letter::get(letter.id, &db).await.unwrap(), letter);
    }

    async fn a_row_with_a_path_trick_is_not_read(db) {
        create_tables(&[Letter::table()], &db).await.unwrap();
        let letter = Letter::builder().scan(file("letters/1.png")).create(&db).await.unwrap();
        let sql = r#"UPDATE letters SET scan = '{"path": "../1.png", "size": 12, "content_type": "image/png"}'"#;
        raw_sql::execute(&db, sql).await.unwrap();
        let error = Letter::get(letter.id, &db).await.unwrap_err();
        assert!(error.to_string().contains("path has an empty, `.` or `..` segment"), "{error}");
        assert!(error.to_string().contains("scan"), "{error}");
    }
}

#[test]
fn serde_takes_it_as_it_gives_it() {
    let file = file("a/b.png");
    let json = serde_json::to_value(&file).unwrap();
    assert_eq!(serde_json::from_value::<StoredFile>(json).unwrap(), file);
}

#[test]
fn serde_refuses_what_leads_out_of_a_store() {
    for path in ["", "/a", "../a", "a/../b", "./a", "a//b", "a/", "a\\b", "a\0", "a\tb", "%2e%2e/a"] {
        let json = json!({ "path": path, "size": 1, "content_type": "image/png" });
        let error = serde_json::from_value::<StoredFile>(json).unwrap_err();
        assert!(error.to_string().starts_with("StoredFile is not valid: path "), "{path:?}: {error}");
    }
    let both = json!({ "path": "../a", "size": 1, "content_type": "png" });
    let error = serde_json::from_value::<StoredFile>(both).unwrap_err().to_string();
    assert!(error.contains("path ") && error.contains("content_type "), "{error}");
}
