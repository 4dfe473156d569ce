//! Differences are told by type, as the database holds the values, the same on both databases (rules 4 to 6).

use model_runtime::prelude::*;
use model_runtime::record::from_json;
use serde_json::json;
use tests::on_both;
use tests::recorded::{AnyValue, Article, Comment};

use super::fixtures::{article, assert_as_stored, pairs, stored, stored_log, stored_trail, tables_of, trail};
use super::values::{as_row, differing, extremes, full, read_back, time};

on_both! {
    async fn a_change_of_each_type_is_told_typed(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let mut row = AnyValue::sample();
        row.insert(&db).await.unwrap();
        row = as_row(full(), &row);
        assert!(row.save(&db).await.unwrap());
        let expected = json!({
            "uuid": ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"],
            "text": ["text", "other"],
            "boolean": [true, false],
            "small": [1, -1],
            "integer": [2, -2],
            "big": [3, -3],
            "real": [0.5, 1.5],
            "double": [0.25, -2.25],
            "price": [10.5, 1.0],
            "moment": ["2023-11-14T22:13:20.000000Z", "2024-05-06T07:08:09.012345Z"],
            "day": ["2024-02-29", "2025-01-31"],
            "json": [{ "a": 1 }, { "a": [1, null, "x"] }],
            "dimensions": [{ "height": 20, "width": 10 }, { "height": 2, "width": 1 }],
            "bytes": ["010203", "00ff"],
            "ip": ["127.0.0.1", "2001:db8::1"],
            "size": ["small", "xl"],
            "sku": ["S-1", "S-2"],
            "maybe_uuid": [null, "00000000-0000-0000-0000-000000000003"],
            "maybe_text": [null, "maybe"],
            "maybe_boolean": [null, true],
            "maybe_small": [null, 4],
            "maybe_integer": [null, 5],
            "maybe_big": [null, 6],
            "maybe_real": [null, 0.5],
            "maybe_double": [null, 0.1],
            "maybe_price": [null, -1.5],
            "maybe_moment": [null, "2024-05-06T07:08:09.000000Z"],
            "maybe_day": [null, "0001-01-01"],
            "maybe_json": [null, [true]],
            "maybe_dimensions": [null, { "height": 4, "width": 3 }],
            "maybe_bytes": [null, ""],
            "maybe_ip": [null, "10.0.0.1"],
            "maybe_size": [null, "small"],
            "maybe_sku": [null, ""],
        });
        let changes = row.history().remove(0).changes;
        assert_eq!(pairs(&changes), expected);
        assert_eq!(changes["price"].new.as_json(), "1.00");
        assert_eq!(changes["maybe_price"].new.as_json(), "-1.500000");
        assert_eq!(trail(&row, &db).await[1].changes.0, changes);
        let stored = stored_trail(&row, &db).await;
        assert_eq!(stored[1].1["moment"]["new"], "2024-05-06T07:08:09.012345Z");
        assert_eq!(stored[1].1["maybe_text"], json!({ "old": null, "new": "maybe" }));
        let full = row.clone();
        row = as_row(AnyValue::sample(), &row);
        assert!(row.save(&db).await.unwrap());
        let back = row.history().remove(0).changes;
        assert_eq!(read_back(&back, "old", &row), AnyValue { change_log: row.change_log.clone(), ..full });
        assert!(back["maybe_text"].new.is_null() && back["maybe_bytes"].new.is_null());
    }

    async fn what_is_equal_is_no_change(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let mut row = full();
        row.json = json!({ "width": 1, "height": 2 });
        row.insert(&db).await.unwrap();
        let same_json = "SELECT COUNT(*) FROM any_values WHERE CAST(json AS TEXT) = CAST(dimensions AS TEXT)";
        assert_eq!(tests::raw_sql::value::<i64>(&db, same_json).await, 1, "key order is nothing");
        row.price = "1.0".parse().unwrap();
        row.maybe_price = Some("-1.50000000001".parse().unwrap());
        row.moment = DateTime::parse_from_rfc3339("2024-05-06T09:08:09.0123459+02:00").unwrap().to_utc();
        row.json = serde_json::from_str(r#" {"width" : 1, "height": 2} "#).unwrap();
        row.ip = "2001:DB8:0::0:1".parse().unwrap();
        assert!(row.changed_fields(&db).await.unwrap().is_empty());
        assert!(!row.save(&db).await.unwrap());
        assert_eq!(stored_trail(&row, &db).await.len(), 1);
        assert_eq!(stored_log(&row, &db).await.len(), 0);
        row.price = "1.01".parse().unwrap();
        assert!(row.save(&db).await.unwrap());
        assert_eq!(pairs(&row.history()[0].changes), json!({ "price": [1.0, 1.01] }));
    }

    async fn nothing_and_what_looks_like_it_all_differ(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let mut row = AnyValue::sample();
        row.insert(&db).await.unwrap();
        let texts = ["", "None", "false", "null", "0", " "];
        for text in texts {
            row.maybe_text = Some(text.to_owned());
            assert!(row.save(&db).await.unwrap(), "{text:?}");
        }
        row.maybe_text = None;
        assert!(row.save(&db).await.unwrap());
        let told: Vec<_> = row.history_of("maybe_text").into_iter().rev().map(|it| it.change).collect();
        let old = [json!(null), json!(""), json!("None"), json!("false"), json!("null"), json!("0"), json!(" ")];
        assert_eq!(told.iter().map(|change| change.old.to_value()).collect::<Vec<_>>(), old);
        let new: Vec<_> = old[1..].iter().cloned().chain([json!(null)]).collect();
        assert_eq!(told.iter().map(|change| change.new.to_value()).collect::<Vec<_>>(), new);
        row.maybe_boolean = Some(false);
        assert!(row.save(&db).await.unwrap());
        assert_eq!(pairs(&row.history()[0].changes), json!({ "maybe_boolean": [null, false] }));
        row.maybe_bytes = Some(Vec::new());
        row.maybe_small = Some(0);
        assert!(row.save(&db).await.unwrap());
        let expected = json!({ "maybe_bytes": [null, ""], "maybe_small": [null, 0] });
        assert_eq!(pairs(&row.history()[0].changes), expected);
    }

    async fn extreme_values_are_read_back_as_they_are(db) {
        tables_of(&[AnyValue::table()], &db).await;
        for values in extremes() {
            assert_told_exactly(values, &db).await;
        }
    }

    async fn doubles_are_told_with_all_their_digits(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let positive = [0.1, 0.1 + 0.2, 1e22, 1e23, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::INFINITY];
        for double in positive.into_iter().flat_map(|double| [double, -double]) {
            assert_told_exactly(AnyValue { double, maybe_double: Some(-double), ..AnyValue::sample() }, &db).await;
        }
    }

    async fn reals_are_read_back_as_they_are(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let positive = [0.1, 16_777_217.0, f32::MAX, f32::MIN_POSITIVE, 1e-45, f32::INFINITY];
        for real in positive.into_iter().flat_map(|real: f32| [real, -real]) {
            assert_told_exactly(AnyValue { real, maybe_real: Some(-real), ..AnyValue::sample() }, &db).await;
        }
    }

    async fn a_number_is_equal_in_any_notation(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let mut row = AnyValue::sample();
        row.insert(&db).await.unwrap();
        for double in [3.637_522_711_337_489e87, 1e23, 5e-324, -0.1, f64::MAX] {
            row.double = double;
            let foreseen = row.changed_fields(&db).await.unwrap();
            row.save(&db).await.unwrap();
            assert_eq!(foreseen["double"].new, json!(double));
            assert_eq!(row.history()[0].changes, foreseen);
            assert_eq!(trail(&row, &db).await.pop().unwrap().changes.0, foreseen);
        }
    }

    async fn the_year_0_is_told_as_it_is(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let moment = time("0000-02-29T12:00:00Z");
        let day = NaiveDate::from_ymd_opt(0, 12, 31).unwrap();
        let values = AnyValue { moment, day, ..AnyValue::sample() };
        // Where a database is not to hold it, it is refused.
        match values.clone().insert(&db).await {
            Err(Error::Validation(_)) => {}
            _ => assert_told_exactly(values, &db).await,
        }
    }

    async fn a_decimal_of_18_digits_is_exact(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let mut row = AnyValue::sample();
        row.insert(&db).await.unwrap();
        for digits in ["999999999999.999999", "-999999999999.999998", "0.000001", "-0.000001", "0.000000"] {
            row.maybe_price = Some(digits.parse().unwrap());
            assert!(row.save(&db).await.unwrap());
            assert_eq!(row.history_of("maybe_price")[0].change.new.as_json(), digits);
            let audited = trail(&row, &db).await.pop().unwrap();
            assert_eq!(audited.changes["maybe_price"].new.as_json(), digits);
            assert!(stored("change_log", &row, &db).await.unwrap().contains(digits));
        }
    }

    async fn not_a_number_is_equal_to_itself_where_it_can_be_stored(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let mut row = AnyValue::sample();
        row.insert(&db).await.unwrap();
        row.double = f64::NAN;
        row.maybe_real = Some(f32::NAN);
        if db.dialect() == Dialect::Sqlite {
            assert!(matches!(row.save(&db).await, Err(Error::Validation(_))));
            assert_eq!(stored_trail(&row, &db).await.len(), 1);
            return;
        }
        assert!(row.save(&db).await.unwrap());
        assert!(!row.save(&db).await.unwrap());
        let changes = &row.history()[0].changes;
        assert_eq!(pairs(changes), json!({ "double": [0.25, "NaN"], "maybe_real": [null, "NaN"] }));
        assert!(from_json::<f64>(changes["double"].new.as_json(), AnyValue::COLUMNS.double.def()).unwrap().is_nan());
    }

    async fn a_reference_is_told_by_its_key(db) {
        tables_of(&[Article::table(), Comment::table()], &db).await;
        let article = article("Title", &db).await;
        let mut comment = Comment::builder().text("T").create(&db).await.unwrap();
        comment.article_id = Some(article.id);
        comment.save(&db).await.unwrap();
        let expected = json!({ "article_id": { "old": null, "new": article.id.to_string() } });
        assert_eq!(stored_trail(&comment, &db).await[1], ("update".to_owned(), expected));
    }

    async fn only_what_is_written_is_told(db) {
        tables_of(&[Article::table()], &db).await;
        let mut article = article("Title", &db).await;
        article.title = "New".to_owned();
        article.content = "New".to_owned();
        article.views = 3;
        assert!(article.save_only(|a| (a.title, a.views), &db).await.unwrap());
        assert_eq!(pairs(&article.history()[0].changes), json!({ "title": ["Title", "New"], "views": [0, 3] }));
        let stored_trail = stored_trail(&article, &db).await;
        assert_eq!(stored_trail.len(), 2);
        assert_eq!(stored_trail[1].1.as_object().unwrap().len(), 2);
        assert_eq!(stored("content", &article, &db).await.unwrap(), "");
    }
}

/// Asserts that every kind of record tells these values so that they are read back as they are.
async fn assert_told_exactly(values: AnyValue, db: &Pool) {
    let sample = AnyValue::sample();
    let mut row = as_row(values.clone(), &sample);
    row.insert(db).await.unwrap();
    assert_as_stored(&row, db).await;
    let created = &trail(&row, db).await[0].changes.0;
    assert_eq!(read_back(created, "new", &sample), row);
    row = as_row(sample.clone(), &row);
    row.save(db).await.unwrap();
    let logged = row.history().remove(0).changes;
    assert_eq!(logged.keys().collect::<Vec<_>>(), differing(&values, &row));
    assert_eq!(read_back(&logged, "old", &row), as_row(values.clone(), &row));
    row = as_row(values.clone(), &row);
    row.save(db).await.unwrap();
    let logged = row.history().remove(0).changes;
    assert_eq!(read_back(&logged, "new", &as_row(sample.clone(), &row)), row);
    row.hard_delete(db).await.unwrap();
    let removed = trail(&row, db).await.pop().unwrap().changes.0;
    assert_eq!(read_back(&removed, "old", &as_row(sample, &row)), row);
}
