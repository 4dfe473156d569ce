//! `undo` and `revert_to`: fields come back as a further write, which is recorded like any other.

use model_runtime::clock;
use model_runtime::prelude::*;
use serde_json::json;
use tests::fixtures::{DAY, new_year};
use tests::models::{Dimensions, Sku};
use tests::on_both;
use tests::recorded::{AnyValue, Article, Note, Vault, create_tables};

use super::fixtures::{article, assert_as_stored, jane, pairs, stored, stored_log, stored_trail, tables_of};

/// An article whose title was set to "1", "2", … on the first days of the year.
async fn titled(count: u32, db: &Pool) -> Article {
    let mut article = clock::frozen(new_year(), article("0", db)).await;
    for day in 1..=count {
        article.title = day.to_string();
        clock::frozen(new_year() + DAY * day, article.save(db)).await.unwrap();
    }
    article
}

fn missing<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::NotFound { what, .. }) => what,
        other => panic!("not refused as not found: {other:?}"),
    }
}

on_both! {
    async fn undo_brings_back_what_was_before_the_last_writes(db) {
        create_tables(&db).await;
        let mut article = titled(4, &db).await;
        assert!(article.undo(1, &db).await.unwrap());
        assert_eq!(stored("title", &article, &db).await.unwrap(), "3");
        assert_as_stored(&article, &db).await;
        // The undoing was a write too, so that undoing it once more brings the fourth back.
        assert!(article.undo(1, &db).await.unwrap());
        assert_eq!(article.title, "4");
        assert_eq!(article.history().len(), 5);
        assert!(article.undo(5, &db).await.unwrap());
        assert_eq!(stored("title", &article, &db).await.unwrap(), "1");
        assert!(!article.undo(0, &db).await.unwrap());
    }

    async fn undoing_is_logged_and_audited(db) {
        create_tables(&db).await;
        let mut article = titled(2, &db).await;
        assert!(article.undo(2, &db).await.unwrap());
        assert_eq!(pairs(&article.history()[0].changes), json!({ "title": ["2", "0"] }));
        let log = stored_log(&article, &db).await;
        assert_eq!(log.len(), 3);
        assert_eq!(log.values().next_back().unwrap(), &json!({ "title": { "old": "2", "new": "0" } }));
        let trail = stored_trail(&article, &db).await;
        assert_eq!(trail.len(), 4);
        assert_eq!(trail[3], ("update".to_owned(), json!({ "title": { "old": "2", "new": "0" } })));
    }

    async fn several_writes_of_several_fields_come_back_together(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.content = "First".to_owned();
        article.save(&db).await.unwrap();
        article.views = 5;
        article.price = Some(Decimal::new(150, 2));
        article.save(&db).await.unwrap();
        article.content = "Second".to_owned();
        article.price = None;
        article.save(&db).await.unwrap();
        assert!(article.undo(2, &db).await.unwrap());
        assert_eq!(article.content, "First");
        assert_eq!((article.views, article.price), (0, None));
        let undone = stored_trail(&article, &db).await.pop().unwrap().1;
        let expected = json!({ "content": { "old": "Second", "new": "First" }, "views": { "old": 5, "new": 0 } });
        assert_eq!(undone, expected);
    }

    async fn undoing_more_than_there_is_is_refused(db) {
        create_tables(&db).await;
        let mut article = titled(2, &db).await;
        let what = missing(article.undo(3, &db).await);
        assert!(what.contains('3') && what.contains('2'), "{what}");
        assert_eq!(stored("title", &article, &db).await.unwrap(), "2");
        assert_eq!(stored_trail(&article, &db).await.len(), 3);
        let mut article = titled(9, &db).await;
        missing(article.undo(6, &db).await);
        assert!(article.undo(5, &db).await.unwrap());
        assert_eq!(article.title, "4");
        article.hard_delete(&db).await.unwrap();
        missing(article.undo(1, &db).await);
    }

    async fn revert_brings_back_what_was_at_that_time(db) {
        create_tables(&db).await;
        let mut article = titled(4, &db).await;
        let noon = DAY / 2;
        for (time, title) in [
            (new_year() + DAY * 3, "3"),
            (new_year() + DAY * 3 - std::time::Duration::from_micros(1), "2"),
            (new_year() + DAY + noon, "1"),
            (new_year() + noon, "0"),
        ] {
            let mut row = article.clone();
            assert!(row.revert_to(time, &db).await.unwrap());
            assert_eq!(stored("title", &row, &db).await.unwrap(), title);
            assert_as_stored(&row, &db).await;
            row.title = "4".to_owned();
            // The log stays short enough to reach back.
            row.without_audit().save(&db).await.unwrap();
            article = titled(4, &db).await;
        }
        assert!(!article.revert_to(new_year() + DAY * 5, &db).await.unwrap());
        assert_eq!(stored_trail(&article, &db).await.len(), 5);
    }

    async fn a_time_that_the_log_no_longer_reaches_is_refused(db) {
        create_tables(&db).await;
        let mut article = titled(8, &db).await;
        let what = missing(article.revert_to(new_year() + DAY * 2, &db).await);
        assert!(what.contains("2026-01-03") && what.contains("2026-01-05"), "{what}");
        assert_eq!(stored("title", &article, &db).await.unwrap(), "8");
        assert_eq!(stored_trail(&article, &db).await.len(), 9);
        assert!(article.revert_to(new_year() + DAY * 4, &db).await.unwrap());
        assert_eq!(article.title, "4");
        // A log that keeps all reaches back to the beginning.
        let mut note = Note::builder().text("0").create(&db).await.unwrap();
        for day in 1..=8 {
            note.text = day.to_string();
            clock::frozen(new_year() + DAY * day, note.save(&db)).await.unwrap();
        }
        assert!(note.revert_to(new_year() - DAY, &db).await.unwrap());
        assert_eq!(stored("text", &note, &db).await.unwrap(), "0");
    }

    async fn masked_and_skipped_fields_stay(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.title = "New".to_owned();
        article.access_token = "token".to_owned();
        article.draft_notes = "notes".to_owned();
        article.save(&db).await.unwrap();
        assert!(article.undo(1, &db).await.unwrap());
        assert_eq!(article.title, "Title");
        assert_eq!(stored("access_token", &article, &db).await.unwrap(), "token");
        assert_eq!(stored("draft_notes", &article, &db).await.unwrap(), "notes");
        let jane = jane();
        let mut vault = Vault::builder().password("one").create(jane.on(&db)).await.unwrap();
        vault.token_count = 1;
        vault.with_audit(&jane).save(&db).await.unwrap();
        vault.password = "two".to_owned();
        vault.with_audit(&jane).save(&db).await.unwrap();
        // The write of the password alone is none that could be undone.
        assert!(vault.undo(1, jane.on(&db)).await.unwrap());
        assert_eq!(stored("token_count", &vault, &db).await.unwrap(), "0");
        assert_eq!(stored("password", &vault, &db).await.unwrap(), "two");
        vault.token_count = 2;
        vault.with_audit(&jane).save(&db).await.unwrap();
        assert!(matches!(vault.undo(1, &db).await, Err(Error::ActorRequired { .. })));
        assert_eq!(stored("token_count", &vault, &db).await.unwrap(), "2");
    }

    async fn status_and_deletion_stay(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.title = "New".to_owned();
        article.save(&db).await.unwrap();
        article.publish(&db).await.unwrap();
        article.delete(&db).await.unwrap();
        let (deleted_at, published_at) = (article.deleted_at, article.published_at);
        assert!(article.undo(1, &db).await.unwrap());
        assert_eq!(article.title, "Title");
        assert_eq!((article.deleted_at, article.published_at), (deleted_at, published_at));
        assert_as_stored(&article, &db).await;
        assert_eq!(stored("status", &article, &db).await.unwrap(), "published");
        assert!(stored("deleted_at", &article, &db).await.is_some());
        let actions: Vec<_> = stored_trail(&article, &db).await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, ["create", "update", "publish", "delete", "update"]);
    }

    async fn what_is_not_saved_is_lost(db) {
        create_tables(&db).await;
        let mut article = titled(1, &db).await;
        Article::objects().update(|a| a.views.set(9), &db).await.unwrap();
        article.content = "Not saved".to_owned();
        article.title = "Not saved".to_owned();
        assert!(article.undo(2, &db).await.unwrap());
        assert_eq!((article.title.as_str(), article.content.as_str(), article.views), ("0", "", 0));
        assert_as_stored(&article, &db).await;
    }

    async fn every_type_comes_back(db) {
        tables_of(&[AnyValue::table()], &db).await;
        let first = AnyValue {
            maybe_bytes: Some(vec![0, 255]),
            maybe_price: Some("999999999999.999999".parse().unwrap()),
            maybe_moment: Some(new_year()),
            maybe_json: Some(json!({ "a": [1, "x", null] })),
            maybe_dimensions: Some(Json(Dimensions { width: 3, height: 4 })),
            maybe_ip: Some("2001:db8::1".parse().unwrap()),
            maybe_sku: Some(Sku("\"'\\ 🦀".to_owned())),
            maybe_boolean: Some(false),
            maybe_uuid: Some(Uuid::max()),
            maybe_day: Some(new_year().date_naive()),
            big: i64::MIN,
            double: 0.1,
            real: 0.1,
            ..AnyValue::sample()
        };
        let mut row = first.clone();
        row.insert(&db).await.unwrap();
        row = AnyValue { id: first.id, ..AnyValue::sample() };
        row.save(&db).await.unwrap();
        assert!(row.undo(1, &db).await.unwrap());
        assert_eq!(AnyValue { change_log: first.change_log.clone(), ..row.clone() }, first);
        assert_as_stored(&row, &db).await;
        assert!(row.undo(1, &db).await.unwrap());
        assert_eq!(row, AnyValue { id: first.id, change_log: row.change_log.clone(), ..AnyValue::sample() });
    }
}
