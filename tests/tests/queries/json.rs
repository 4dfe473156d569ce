//! Filters on what a JSON column holds.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use serde_json::{Value, json};
use tests::models::Everything;
use tests::on_both;

async fn rows(documents: &[Value], db: &Pool) {
    create_tables(&[Everything::table()], db).await.unwrap();
    for (n, document) in documents.iter().enumerate() {
        let mut row =
            Everything { integer: i32::try_from(n).unwrap(), json: document.clone(), ..Everything::sample() };
        row.maybe_json = (n > 0).then(|| document.clone());
        row.insert(db).await.unwrap();
    }
}

async fn found(condition: Condition<Everything>, db: &Pool) -> Vec<i32> {
    let rows = Everything::objects().filter(|_| condition).order_by(|e| e.integer.asc());
    rows.values(|e| e.integer).fetch_all(db).await.unwrap()
}

const E: <Everything as Model>::Columns = Everything::COLUMNS;

on_both! {
    async fn values_within_json_are_compared_by_their_type(db) {
        rows(&[
            json!({ "a": { "b": 1 }, "t": "one", "list": [10, { "x": true }] }),
            json!({ "a": { "b": 1.0 }, "t": "two", "list": [] }),
            json!({ "a": { "b": "1" }, "t": "1", "list": [20] }),
            json!({ "a": { "b": true }, "t": 1 }),
            json!({ "a": null, "t": null }),
            json!([{ "a": 1 }]),
        ], &db).await;
        let b = || E.json.at("a").at("b");
        assert_eq!(found(b().eq(1), &db).await, [0, 1]);
        assert_eq!(found(b().eq(1.0), &db).await, [0, 1]);
        assert_eq!(found(b().eq("1"), &db).await, [2]);
        assert_eq!(found(b().eq(true), &db).await, [3]);
        assert_eq!(found(b().eq(false), &db).await, [0; 0]);
        assert_eq!(found(b().is_null(), &db).await, [4, 5]);
        assert_eq!(found(!b().eq(1), &db).await, [2, 3, 4, 5]);
        assert_eq!(found(b().gt(0) & b().le(1), &db).await, [0, 1]);
        assert_eq!(found(b().lt(100), &db).await, [0, 1]);
        assert_eq!(found(E.json.at("t").gt("o"), &db).await, [0, 1]);
        assert_eq!(found(E.json.at("t").lt("Z"), &db).await, [2]);
        assert_eq!(found(E.json.at("t").gt(true), &db).await, [0; 0]);
        assert_eq!(found(E.json.at("t").is_null(), &db).await, [4, 5]);
        assert_eq!(found(E.json.at("a").eq(json!({ "b": 1 })) & E.integer.eq(0), &db).await, [0]);
        assert_eq!(found(E.json.at("list").at(0).ge(10), &db).await, [0, 2]);
        assert_eq!(found(E.json.at("list").at(1).at("x").eq(true), &db).await, [0]);
        assert_eq!(found(E.json.at("list").eq(json!([])), &db).await, [1]);
        assert_eq!(found(E.json.at(0).at("a").eq(1), &db).await, [5]);
        assert_eq!(found(E.maybe_json.at("a").at("b").eq(1), &db).await, [1]);
        assert_eq!(found(E.maybe_json.at("t").is_null(), &db).await, [0, 4, 5]);
    }

    async fn keys_and_what_is_typed_in_mean_themselves(db) {
        rows(&[
            json!({ "a.b": 1, "o'neil": "'); DROP TABLE everything; --", "": 2, "é": 3 }),
            json!({ "a": { "b": 1 }, "$": "x", "say \"hi\"": 5, "a\\b": 5, "\\": 5, "\n": 5, "\\t": 5 }),
        ], &db).await;
        assert_eq!(found(E.json.at("a.b").eq(1), &db).await, [0]);
        assert_eq!(found(E.json.at("o'neil").eq("'); DROP TABLE everything; --"), &db).await, [0]);
        assert_eq!(found(E.json.at("é").eq(3), &db).await, [0]);
        assert_eq!(found(E.json.at("$").eq("x"), &db).await, [1]);
        assert_eq!(found(E.json.has_key("a.b"), &db).await, [0]);
        assert_eq!(found(E.json.has_key("$"), &db).await, [1]);
        assert_eq!(found(!E.json.has_key("a"), &db).await, [0]);
        for key in ["say \"hi\"", "a\\b", "\\", "\n", "\\t"] {
            assert_eq!(found(E.json.at(key).eq(5), &db).await, [1], "{key:?}");
            assert_eq!(found(E.json.has_key(key), &db).await, [1], "{key:?}");
        }
        assert_eq!(found(E.json.has_key("\t"), &db).await, [0; 0]);
    }
}
