//! Reading the audit trail: the guide's queries, its tests, and the rest of the methods.

use model_runtime::audit;
use model_runtime::clock;
use model_runtime::prelude::*;
use serde_json::json;
use tests::fixtures::{DAY, new_year};
use tests::recorded::{Article, Booking, Note, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{article, jane};

/// The guide's set-up: a post made by a user.
async fn set_up(db: &Pool) -> Article {
    create_tables(db).await;
    Article::builder().title("Test Post").content("Content").create(jane().on(db)).await.unwrap()
}

/// Two articles and a booking with some history, on several days and by two users.
async fn trails(db: &Pool) -> (Article, Article, Booking) {
    create_tables(db).await;
    let joe = audit::AuditContext::default().actor(8, "Joe");
    let day = |day: u32| new_year() + DAY * day;
    let (mut a, b, booking) = clock::frozen(
        day(0),
        audit::scope(jane(), async {
            let booking = Booking::builder().account("A").amount(Decimal::ONE).create(db).await.unwrap();
            (article("A", db).await, article("B", db).await, booking)
        }),
    )
    .await;
    a.title = "A2".to_owned();
    a.views = 1;
    clock::frozen(day(3), a.with_audit(&joe).save(db)).await.unwrap();
    clock::frozen(day(5), Article::objects().with_audit(&joe).publish(db)).await.unwrap();
    clock::frozen(day(10), a.delete(db)).await.unwrap();
    (a, b, booking)
}

async fn told(query: QuerySet<AuditLog>, db: &Pool) -> Vec<(Action, String)> {
    query.values(|log| (log.action, log.object_repr)).fetch_all(db).await.unwrap()
}

fn rows<const N: usize>(rows: [(Action, &str); N]) -> Vec<(Action, String)> {
    rows.map(|(action, repr)| (action, repr.to_owned())).into()
}

use Action::{Create, Delete, Publish, Update};

on_both! {
    async fn the_guide_s_test_of_a_create(db) {
        let post = set_up(&db).await;
        let logs = AuditLog::objects().for_object(&post);
        assert_eq!(logs.clone().count(&db).await.unwrap(), 1);
        let log = logs.first(&db).await.unwrap().unwrap();
        assert_eq!(log.action, Create);
        assert_eq!(log.actor_id.as_deref(), Some("7"));
        assert_eq!(log.ip_address, Some([192, 168, 1, 1].into()));
        assert_eq!(log.user_agent, "Test Agent");
        assert!(log.changes.contains_key("title"));
        assert_eq!(log.to_string(), "create Test Post");
    }

    async fn the_guide_s_test_of_an_update(db) {
        let mut post = set_up(&db).await;
        post.title = "Updated Title".to_owned();
        post.with_audit(&jane()).save(&db).await.unwrap();
        let logs = AuditLog::objects().for_object(&post).action(Update);
        assert_eq!(logs.clone().count(&db).await.unwrap(), 1);
        let log = logs.get(&db).await.unwrap();
        assert_eq!(log.changes["title"].old, json!("Test Post"));
        assert_eq!(log.changes["title"].new, json!("Updated Title"));
        // No counterpart in the guide: a save that changes nothing.
        post.with_audit(&jane()).save(&db).await.unwrap();
        assert_eq!(AuditLog::objects().for_object(&post).count(&db).await.unwrap(), 2);
    }

    async fn the_guide_s_test_of_a_delete(db) {
        let mut post = set_up(&db).await;
        post.with_audit(&jane()).delete(&db).await.unwrap();
        let logs = AuditLog::objects().for_object(&post);
        assert_eq!(logs.clone().action(Delete).count(&db).await.unwrap(), 1);
        assert!(!post.with_audit(&jane()).delete(&db).await.unwrap());
        assert_eq!(logs.action(Delete).count(&db).await.unwrap(), 1);
    }

    async fn the_guide_s_test_of_a_key(db) {
        let post = set_up(&db).await;
        let log = AuditLog::objects().for_object(&post).first(&db).await.unwrap().unwrap();
        assert_eq!(log.object_id.len(), 36);
        assert_eq!(log.object_id, post.id.to_string());
        let stored: String = raw_sql::value(&db, "SELECT object_id FROM audit_logs").await;
        assert_eq!(stored, post.id.hyphenated().to_string());
    }

    async fn the_guide_s_queries(db) {
        let (a, ..) = trails(&db).await;
        let logs = AuditLog::objects;
        // "Get recent actions"
        let mut recent = clock::frozen(new_year() + DAY * 11, async { told(logs().recent(7), &db).await }).await;
        recent.sort();
        assert_eq!(recent, rows([(Delete, "A2"), (Publish, "A2"), (Publish, "B")]));
        // "Get actions for specific object"
        let of_a = told(logs().for_object(&a), &db).await;
        assert_eq!(of_a, rows([(Delete, "A2"), (Publish, "A2"), (Update, "A2"), (Create, "A")]));
        // "Get user's actions"
        assert_eq!(logs().by(8).count(&db).await.unwrap(), 3);
        assert_eq!(logs().by(7).count(&db).await.unwrap(), 3);
        assert_eq!(logs().by("8 OR 1=1").count(&db).await.unwrap(), 0);
        // "Get specific action type"
        assert_eq!(logs().action(Publish).count(&db).await.unwrap(), 2);
        // "Get changes with specific field"
        let changed = told(logs().changed("title").action(Update), &db).await;
        assert_eq!(changed, rows([(Update, "A2")]));
        // "Count by action"
        let counts = logs().count_by_action(&db).await.unwrap();
        assert_eq!(counts, [(Create, 3), (Publish, 2), (Delete, 1), (Update, 1)]);
    }

    async fn each_method_narrows_and_they_combine(db) {
        let (a, b, booking) = trails(&db).await;
        let logs = AuditLog::objects;
        assert_eq!(logs().count(&db).await.unwrap(), 7);
        assert_eq!(told(logs().for_object(&b), &db).await, rows([(Publish, "B"), (Create, "B")]));
        assert_eq!(logs().for_model::<Article>().count(&db).await.unwrap(), 6);
        assert_eq!(logs().for_model::<Booking>().count(&db).await.unwrap(), 1);
        assert_eq!(logs().for_model::<Note>().count(&db).await.unwrap(), 0);
        assert_eq!(logs().for_object(&booking).count(&db).await.unwrap(), 1);
        assert_eq!(logs().for_key::<Booking>(booking.id + 1).count(&db).await.unwrap(), 0);
        assert_eq!(logs().for_key::<Article>(a.id).by(8).count(&db).await.unwrap(), 2);
        assert_eq!(logs().for_object(&a).action(Update).changed("views").count(&db).await.unwrap(), 1);
        assert_eq!(logs().for_object(&a).action(Update).by(7).count(&db).await.unwrap(), 0);
        let nobody = logs().filter(|log| log.actor_id.is_null());
        assert_eq!(told(nobody, &db).await, rows([(Delete, "A2")]));
    }

    async fn changed_goes_by_whole_fields_alone(db) {
        create_tables(&db).await;
        let mut article = article("title", &db).await;
        article.content = "\"title\": views".to_owned();
        article.save(&db).await.unwrap();
        let updates = || AuditLog::objects().action(Update);
        assert_eq!(updates().changed("content").count(&db).await.unwrap(), 1);
        for field in ["title", "views", "old", "new", "cont", "content'", "*", "", "$.content", "content\"", "?", "%"] {
            assert_eq!(updates().changed(field).count(&db).await.unwrap(), 0, "{field:?}");
        }
        let created = AuditLog::objects().action(Create);
        assert_eq!(created.changed("views").changed("title").count(&db).await.unwrap(), 1);
    }

    async fn recent_goes_by_the_time_of_the_write(db) {
        trails(&db).await;
        for (now, days, expected) in [(10, 0, 1), (10, 5, 3), (10, 6, 3), (10, 7, 4), (10, 10, 7), (12, 1, 0), (400, 7, 0)] {
            let query = clock::frozen(new_year() + DAY * now, async { AuditLog::objects().recent(days) }).await;
            assert_eq!(query.count(&db).await.unwrap(), expected, "{days} days before day {now}");
        }
        let stored: Vec<String> = raw_sql::column(&db, "SELECT CAST(timestamp AS TEXT) FROM audit_logs ORDER BY id").await;
        assert!(stored[0].starts_with("2026-01-01") && stored[6].starts_with("2026-01-11"), "{stored:?}");
        let older = clock::frozen(new_year() + DAY * 10, async { AuditLog::objects().older_than(5) }).await;
        assert_eq!(older.count(&db).await.unwrap(), 4);
    }

    async fn the_newest_come_first_in_the_order_of_the_writes(db) {
        create_tables(&db).await;
        let mut article = article("0", &db).await;
        // The clock stands still, and even runs backwards.
        for number in 1..=20_u32 {
            article.views = number as i32;
            clock::frozen(new_year() - DAY * (number / 5), article.save(&db)).await.unwrap();
        }
        let views = AuditLog::objects().for_object(&article).action(Update).fetch_all(&db).await.unwrap();
        let views: Vec<i64> = views.iter().map(|log| log.changes["views"].new.to_value().as_i64().unwrap()).collect();
        assert_eq!(views, (1..=20).rev().collect::<Vec<_>>());
        let newest = AuditLog::objects().first(&db).await.unwrap().unwrap();
        assert_eq!(newest.changes["views"].new, json!(20));
        let ids = AuditLog::objects().order_by(|log| log.id.asc()).values(|log| log.id).fetch_all(&db).await.unwrap();
        assert!(ids.is_sorted() && ids.len() == 21);
    }

    async fn count_by_action_counts_the_rows_of_the_queryset(db) {
        let (a, ..) = trails(&db).await;
        let logs = AuditLog::objects;
        let of_a = logs().for_object(&a).count_by_action(&db).await.unwrap();
        assert_eq!(of_a, [(Create, 1), (Delete, 1), (Publish, 1), (Update, 1)]);
        assert_eq!(logs().by("nobody").count_by_action(&db).await.unwrap(), []);
        // A slice is what `fetch_all` would read: the newest rows, which are then counted.
        let newest = logs().limit(3).count_by_action(&db).await.unwrap();
        assert_eq!(newest, [(Publish, 2), (Delete, 1)]);
        assert_eq!(logs().limit(0).count_by_action(&db).await.unwrap(), []);
        assert_eq!(logs().offset(4).count_by_action(&db).await.unwrap(), [(Create, 3)]);
        for (limit, offset) in [(1, 0), (2, 1), (5, 2), (100, 3)] {
            let slice = logs().limit(limit).offset(offset);
            let rows = slice.clone().fetch_all(&db).await.unwrap();
            let counts = slice.count_by_action(&db).await.unwrap();
            assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), rows.len() as u64);
            for (action, count) in counts {
                assert_eq!(rows.iter().filter(|log| log.action == action).count() as u64, count);
            }
        }
        let oldest = logs().order_by(|log| log.id.asc()).limit(3).count_by_action(&db).await.unwrap();
        assert_eq!(oldest, [(Create, 3)]);
    }
}
