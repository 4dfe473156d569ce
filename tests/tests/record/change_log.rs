//! The change log: its shape and order, and that every kind of write keeps it (rules 3, 7, 8 and 10).

use std::collections::BTreeSet;
use std::time::Duration;

use model_runtime::clock;
use model_runtime::prelude::*;
use serde_json::{Value, json};
use tests::fixtures::{DAY, new_year, refused_fields};
use tests::recorded::{Article, Entry, Note, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{article, assert_as_stored, pairs, stored, stored_log, stored_trail, tables_of};

/// The fields of each entry of a row's log in the database, oldest first.
async fn logged_fields(row: &Article, db: &Pool) -> Vec<Vec<String>> {
    let log = stored_log(row, db).await;
    log.values().map(|changes| changes.as_object().unwrap().keys().cloned().collect()).collect()
}

async fn keys_of(row: &Note, db: &Pool) -> Vec<String> {
    stored_log(row, db).await.keys().cloned().collect()
}

on_both! {
    async fn its_shape_is_that_of_the_guide(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        assert_eq!(stored("change_log", &article, &db).await.unwrap(), "{}");
        article.title = "New".to_owned();
        article.views = 3;
        clock::frozen(new_year(), article.save(&db)).await.unwrap();
        let expected = json!({
            "2026-01-01T00:00:00.000000Z": {
                "title": { "old": "Title", "new": "New" },
                "views": { "old": 0, "new": 3 },
            }
        });
        assert_eq!(Value::Object(stored_log(&article, &db).await), expected);
        assert_eq!(serde_json::from_str::<Value>(article.change_log().as_json()).unwrap(), expected);
        assert_eq!(article.history()[0].time, new_year());
        let updated_at = stored("updated_at", &article, &db).await.unwrap();
        assert!(updated_at.starts_with("2026-01-01"), "{updated_at}");
    }

    async fn every_kind_of_write_of_a_row_is_logged_and_known_in_memory(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        assert_as_stored(&article, &db).await;
        article.title = "A".to_owned();
        assert!(article.save(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        article.views = 1;
        assert!(article.save_only(|a| a.views, &db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert!(article.publish(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert!(article.unpublish(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert_eq!(
            logged_fields(&article, &db).await,
            [vec!["title"], vec!["views"], vec!["published_at", "status"], vec!["status"]]
        );
        assert!(article.archive(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert!(article.delete(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert!(article.restore(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert_eq!(
            logged_fields(&article, &db).await,
            [vec!["published_at", "status"], vec!["status"], vec!["status"], vec!["deleted_at"], vec!["deleted_at"]]
        );
        article.draft_notes = "skipped".to_owned();
        assert!(article.save(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        assert_eq!(article.history().len(), 5);
        let status = article.history_of("status");
        let status: Vec<Value> = status.iter().map(|it| json!([it.change.old.to_value(), it.change.new.to_value()])).collect();
        assert_eq!(status, [json!(["draft", "archived"]), json!(["published", "draft"]), json!(["draft", "published"])]);
    }

    async fn every_kind_of_bulk_write_is_logged_for_every_row(db) {
        create_tables(&db).await;
        let rows = ["A", "B", "C"].map(|title| Article::builder().title(title).build());
        let rows = Article::bulk_create(rows.into(), &db).await.unwrap();
        for row in &rows {
            assert_as_stored(row, &db).await;
            assert!(row.history().is_empty());
        }
        let all = Article::objects;
        all().update(|a| (a.views.set(7), a.price.set(Decimal::new(150, 2))), &db).await.unwrap();
        all().publish(&db).await.unwrap();
        all().delete(&db).await.unwrap();
        all().restore_all(&db).await.unwrap();
        for row in &rows {
            let expected = [vec!["price", "views"], vec!["published_at", "status"], vec!["deleted_at"], vec!["deleted_at"]];
            assert_eq!(logged_fields(row, &db).await, expected);
            let log = stored_log(row, &db).await;
            let first = log.values().next().unwrap();
            assert_eq!(first["price"], json!({ "old": null, "new": 1.5 }));
            assert_eq!(first["views"], json!({ "old": 0, "new": 7 }));
        }
        all().unpublish(&db).await.unwrap();
        all().archive(&db).await.unwrap();
        let fields = logged_fields(&rows[1], &db).await;
        assert_eq!(fields.len(), 5);
        assert_eq!(fields[3..], [vec!["status"], vec!["status"]]);
    }

    async fn a_bulk_update_logs_the_rows_that_differ_alone(db) {
        create_tables(&db).await;
        let (mut seven, other) = (article("Seven", &db).await, article("Other", &db).await);
        seven.views = 7;
        seven.save(&db).await.unwrap();
        assert_eq!(Article::objects().update(|a| a.views.set(7), &db).await.unwrap(), 1);
        assert_eq!(stored_log(&seven, &db).await.len(), 1);
        assert_eq!(stored_log(&other, &db).await.len(), 1);
        let columns = Article::objects().update(|a| (a.content.set(a.title), a.views.set(7)), &db).await;
        assert_eq!(columns.unwrap(), 2);
        let log = stored_log(&other, &db).await;
        assert_eq!(log.values().next_back().unwrap(), &json!({ "content": { "old": "", "new": "Other" } }));
    }

    async fn deleted_rows_are_tracked_like_live_ones(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.delete(&db).await.unwrap();
        article.title = "Edited while deleted".to_owned();
        assert!(article.save(&db).await.unwrap());
        assert_as_stored(&article, &db).await;
        let deleted = Article::objects().deleted().update(|a| a.views.set(9), &db).await;
        assert_eq!(deleted.unwrap(), 1);
        article.refresh(&db).await.unwrap();
        assert!(article.restore(&db).await.unwrap());
        let expected = [vec!["deleted_at"], vec!["title"], vec!["views"], vec!["deleted_at"]];
        assert_eq!(logged_fields(&article, &db).await, expected);
        let actions: Vec<String> = stored_trail(&article, &db).await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, ["create", "delete", "update", "update", "restore"]);
    }

    async fn the_oldest_entries_go_first(db) {
        create_tables(&db).await;
        let mut article = article("0", &db).await;
        for number in 1..=12 {
            article.title = number.to_string();
            assert!(clock::frozen(new_year() + DAY * number, article.save(&db)).await.unwrap());
            let log = stored_log(&article, &db).await;
            let titles: Vec<Value> = log.values().map(|changes| changes["title"]["new"].clone()).collect();
            let first = if number > 5 { number - 4 } else { 1 };
            assert_eq!(titles, (first..=number).map(|it| json!(it.to_string())).collect::<Vec<_>>());
            assert_as_stored(&article, &db).await;
        }
        assert_eq!(Article::objects().update(|a| a.views.set(1), &db).await.unwrap(), 1);
        let log = stored_log(&article, &db).await;
        assert_eq!(log.len(), 5);
        assert_eq!(log.values().next().unwrap()["title"]["new"], "9");
        assert_eq!(log.values().next_back().unwrap(), &json!({ "views": { "old": 0, "new": 1 } }));
    }

    async fn writes_in_one_microsecond_stay_in_order(db) {
        create_tables(&db).await;
        let mut note = Note::builder().text("0").create(&db).await.unwrap();
        clock::frozen(new_year(), async {
            for number in 1..=11 {
                note.text = number.to_string();
                assert!(note.save(&db).await.unwrap());
                assert_as_stored(&note, &db).await;
            }
            Note::objects().update(|n| n.text.set("12"), &db).await.unwrap();
        })
        .await;
        note.refresh(&db).await.unwrap();
        let keys = keys_of(&note, &db).await;
        assert_eq!(keys.len(), 12);
        assert_eq!(keys[0], "2026-01-01T00:00:00.000000Z");
        assert!(keys.is_sorted());
        let history = note.history();
        let written: Vec<String> = history.iter().map(|entry| entry.changes["text"].new.to_string()).collect();
        assert_eq!(written, (1..=12).rev().map(|number| format!("\"{number}\"")).collect::<Vec<_>>());
        assert!(history.iter().all(|entry| entry.time <= new_year() + Duration::from_micros(12)));
    }

    async fn the_microsecond_after_the_last_of_a_year_is_the_next_year_s(db) {
        create_tables(&db).await;
        let mut note = Note::builder().text("0").create(&db).await.unwrap();
        clock::frozen(new_year() - Duration::from_micros(1), async {
            for number in 1..=3 {
                note.text = number.to_string();
                assert!(note.save(&db).await.unwrap());
            }
        })
        .await;
        let expected = ["2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000001Z"];
        assert_eq!(keys_of(&note, &db).await, expected);
        let written: Vec<String> = note.history().iter().map(|entry| entry.changes["text"].new.to_string()).collect();
        assert_eq!(written, ["\"3\"", "\"2\"", "\"1\""]);
    }

    async fn a_full_log_in_one_microsecond_loses_its_oldest(db) {
        create_tables(&db).await;
        let mut article = article("0", &db).await;
        clock::frozen(new_year(), async {
            for number in 1..=13 {
                article.title = number.to_string();
                article.save(&db).await.unwrap();
            }
        })
        .await;
        let log = stored_log(&article, &db).await;
        let titles: Vec<&Value> = log.values().map(|changes| &changes["title"]["new"]).collect();
        assert_eq!(titles, ["9", "10", "11", "12", "13"]);
    }

    async fn a_clock_that_runs_backwards_keeps_the_order(db) {
        create_tables(&db).await;
        let mut note = Note::builder().text("0").create(&db).await.unwrap();
        for (number, day) in [(1, 5), (2, 3), (3, 1), (4, 6), (5, 2)] {
            note.text = number.to_string();
            clock::frozen(new_year() + DAY * day, note.save(&db)).await.unwrap();
        }
        let log = stored_log(&note, &db).await;
        let written: Vec<&Value> = log.values().map(|changes| &changes["text"]["new"]).collect();
        assert_eq!(written, ["1", "2", "3", "4", "5"]);
        let history = note.history();
        assert!(history.is_sorted_by(|newer, older| newer.time >= older.time));
        assert!(history.windows(2).all(|two| two[0].changes["text"].old == two[1].changes["text"].new));
    }

    async fn changed_fields_foresees_what_save_logs_and_writes_nothing(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        // What the database holds counts, not what memory held before.
        Article::objects().update(|a| a.content.set("Meanwhile"), &db).await.unwrap();
        raw_sql::watch_updates(&db, "articles").await;
        let before = stored("change_log", &article, &db).await;
        article.title = "New".to_owned();
        article.views = -1;
        article.access_token = "t".to_owned();
        article.draft_notes = "skipped".to_owned();
        let foreseen = article.changed_fields(&db).await.unwrap();
        let expected = json!({
            "title": ["Title", "New"], "content": ["Meanwhile", ""], "views": [0, -1], "access_token": ["***", "***"],
        });
        assert_eq!(pairs(&foreseen), expected);
        assert_eq!(raw_sql::updates(&db).await, 0);
        assert_eq!(stored("change_log", &article, &db).await, before);
        assert_eq!(stored_trail(&article, &db).await.len(), 2);
        assert!(article.save(&db).await.unwrap());
        assert_eq!(article.history()[0].changes, foreseen);
        assert!(article.changed_fields(&db).await.unwrap().is_empty());
        let gone = article.clone();
        article.hard_delete(&db).await.unwrap();
        assert!(matches!(gone.changed_fields(&db).await, Err(Error::NotFound { .. })));
    }

    async fn history_is_newest_first(db) {
        create_tables(&db).await;
        let mut article = article("0", &db).await;
        for number in 1..=4_u32 {
            match number % 2 {
                0 => article.title = number.to_string(),
                _ => article.views = number as i32,
            }
            clock::frozen(new_year() + DAY * number, article.save(&db)).await.unwrap();
        }
        let days: Vec<_> = article.history().iter().map(|entry| entry.time).collect();
        assert_eq!(days, [4, 3, 2, 1].map(|day| new_year() + DAY * day));
        let titles = article.history_of("title");
        assert_eq!(titles.iter().map(|it| it.time).collect::<Vec<_>>(), [4, 2].map(|day| new_year() + DAY * day));
        assert_eq!(titles[0].change.old, json!("2"));
        assert_eq!(titles[0].change.new, json!("4"));
        assert!(article.history_of("content").is_empty() && article.history_of("no such field").is_empty());
    }

    async fn the_log_is_not_set_by_hand(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.title = "New".to_owned();
        article.save(&db).await.unwrap();
        let before = stored_log(&article, &db).await;
        let refused = Article::objects().update(|a| a.change_log.set(ChangeLog::default()), &db).await;
        assert_eq!(refused_fields(refused)[0].field, "change_log");
        let refused = Article::objects()
            .without_audit()
            .update(|a| (a.views.set(1), a.change_log.set(ChangeLog::default())), &db)
            .await;
        assert_eq!(refused_fields(refused)[0].field, "change_log");
        assert!(!article.save_only(|a| a.change_log, &db).await.unwrap());
        assert_eq!(stored_log(&article, &db).await, before);
        assert_eq!(stored("views", &article, &db).await.unwrap(), "0");
    }

    async fn a_new_row_has_an_empty_log_whatever_it_is_given(db) {
        create_tables(&db).await;
        let mut note = Note::builder().text("T").create(&db).await.unwrap();
        note.text = "New".to_owned();
        note.save(&db).await.unwrap();
        let mut copy = Note { id: Uuid::new_v4(), ..note.clone() };
        copy.insert(&db).await.unwrap();
        assert_eq!(stored("change_log", &copy, &db).await.unwrap(), "{}");
        assert_as_stored(&copy, &db).await;
        let copy = Note { id: Uuid::new_v4(), ..note.clone() };
        let copies = Note::bulk_create(vec![copy], &db).await.unwrap();
        assert_eq!(stored("change_log", &copies[0], &db).await.unwrap(), "{}");
        assert_as_stored(&copies[0], &db).await;
    }

    async fn writers_of_one_row_lose_no_entry(db) {
        tables_of(&[Entry::table()], &db).await;
        let entry = Entry::builder().title("T").create(&db).await.unwrap();
        let writers = (0..4_i64).map(|writer| {
            let (db, mut entry) = (db.clone(), entry.clone());
            tokio::spawn(clock::frozen(new_year(), async move {
                for i in 0..15 {
                    entry.number = 1 + writer * 100 + i;
                    assert!(entry.save_only(|e| e.number, &db).await.unwrap());
                }
            }))
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let log = stored_log(&entry, &db).await;
        assert_eq!(log.len(), 60);
        let mut number = json!(0);
        let mut seen = BTreeSet::new();
        for changes in log.values() {
            assert_eq!(changes["number"]["old"], number);
            number = changes["number"]["new"].clone();
            assert!(seen.insert(number.as_i64().unwrap()));
        }
        assert_eq!(stored("number", &entry, &db).await.unwrap(), number.to_string());
    }
}
