//! Actions are what happened, one audit row per row and operation (rule 11), of every kind of write (rules 3 and 13).

use model_runtime::prelude::*;
use serde_json::json;
use tests::on_both;
use tests::recorded::{Article, Booking, create_tables};

use super::fixtures::{actions, article, pairs, trail};
use Action::{Archive, Create, Delete, HardDelete, Publish, Restore, Unpublish, Update};

on_both! {
    async fn each_operation_on_a_row_is_an_action(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.title = "New title".to_owned();
        assert!(article.save(&db).await.unwrap());
        assert!(article.publish(&db).await.unwrap());
        assert!(article.unpublish(&db).await.unwrap());
        assert!(article.archive(&db).await.unwrap());
        assert!(article.delete(&db).await.unwrap());
        assert!(article.restore(&db).await.unwrap());
        assert!(article.hard_delete(&db).await.unwrap());
        let expected = [Create, Update, Publish, Unpublish, Archive, Delete, Restore, HardDelete];
        assert_eq!(actions(&article, &db).await, expected);
    }

    async fn each_operation_on_a_queryset_is_an_action_of_every_row(db) {
        create_tables(&db).await;
        let rows = ["A", "B", "C"].map(|title| Article::builder().title(title).build());
        let rows = Article::bulk_create(rows.into(), &db).await.unwrap();
        let all = Article::objects;
        assert_eq!(all().update(|a| a.views.set(3), &db).await.unwrap(), 3);
        assert_eq!(all().publish(&db).await.unwrap(), 3);
        assert_eq!(all().unpublish(&db).await.unwrap(), 3);
        assert_eq!(all().archive(&db).await.unwrap(), 3);
        assert_eq!(all().delete(&db).await.unwrap(), 3);
        assert_eq!(all().restore_all(&db).await.unwrap(), 3);
        assert_eq!(all().limit(2).update(|a| a.views.set(4), &db).await.unwrap(), 2);
        assert_eq!(all().hard_delete(&db).await.unwrap(), 3);
        let mut updates = 0;
        for row in &rows {
            let mut actions = actions(row, &db).await;
            actions.dedup();
            updates += trail(row, &db).await.iter().filter(|log| log.action == Update).count();
            actions.retain(|action| *action != Update);
            assert_eq!(actions, [Create, Publish, Unpublish, Archive, Delete, Restore, HardDelete]);
        }
        assert_eq!(updates, 3 + 2);
    }

    async fn create_has_null_for_old_and_removal_null_for_new(db) {
        create_tables(&db).await;
        let mut booking = Booking::builder().account("A").amount(Decimal::new(-150, 2)).create(&db).await.unwrap();
        assert!(booking.id > 0);
        booking.amount = Decimal::new(1050, 2);
        booking.save(&db).await.unwrap();
        assert!(booking.delete(&db).await.unwrap());
        let trail = trail(&booking, &db).await;
        assert_eq!(trail.iter().map(|log| log.action).collect::<Vec<_>>(), [Create, Update, HardDelete]);
        assert_eq!(pairs(&trail[0].changes), json!({ "account": [null, "A"], "amount": [null, -1.5] }));
        assert_eq!(pairs(&trail[1].changes), json!({ "amount": [-1.5, 10.5] }));
        assert_eq!(pairs(&trail[2].changes), json!({ "account": ["A", null], "amount": [10.5, null] }));
        assert_eq!(trail[1].changes["amount"].new.as_json(), "10.50");
        let reprs: Vec<&str> = trail.iter().map(|log| log.object_repr.as_str()).collect();
        assert_eq!(reprs, ["-1.50", "10.50", "10.50"]);
        assert_eq!(trail[0].object_id, booking.id.to_string());
        assert_eq!(trail[0].content_type, "news.booking");
    }

    async fn deleting_an_article_tells_its_time(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.delete(&db).await.unwrap();
        let trail = trail(&article, &db).await;
        let deleted_at = trail[1].changes["deleted_at"].new.to_value();
        assert_eq!(deleted_at.as_str().unwrap().parse::<DateTime<Utc>>().ok(), article.deleted_at);
        assert_eq!(trail[1].changes.len(), 1);
        assert_eq!(trail[1].object_id.len(), 36);
        let entry = &article.history()[0];
        assert_eq!(entry.changes, trail[1].changes.0);
        let mut again = article.clone();
        again.refresh(&db).await.unwrap();
        assert_eq!(again, article);
    }

    async fn a_write_that_changes_nothing_leaves_nothing(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        assert!(!article.save(&db).await.unwrap());
        assert!(!article.restore(&db).await.unwrap());
        assert_eq!(Article::objects().update(|a| a.title.set("Title"), &db).await.unwrap(), 0);
        assert_eq!(actions(&article, &db).await, [Create]);
        article.draft_notes = "x".to_owned();
        assert!(article.save(&db).await.unwrap());
        assert_eq!(actions(&article, &db).await, [Create]);
        assert!(article.history().is_empty());
    }
}
