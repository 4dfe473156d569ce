//! What records never tell (rule 9), and writes that leave nothing (rule 5).

use model_runtime::prelude::*;
use serde_json::json;
use tests::recorded::{Article, Comment, Vault, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{article, jane, stored, stored_log, stored_trail, tables_of};

/// Everything that the records of a model's table hold, as text.
async fn all_told(table: &str, db: &Pool) -> String {
    let audit = "SELECT object_repr || ' ' || CAST(changes AS TEXT) FROM audit_logs";
    let mut told: Vec<String> = raw_sql::column(db, audit).await;
    told.extend(
        raw_sql::column::<String>(db, &format!("SELECT CAST(change_log AS TEXT) FROM {table}")).await,
    );
    told.join("\n")
}

on_both! {
    async fn bookkeeping_and_skipped_fields_never_appear(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.draft_notes = "of no interest".to_owned();
        article.views = 1;
        article.save(&db).await.unwrap();
        article.publish(&db).await.unwrap();
        article.unpublish(&db).await.unwrap();
        article.archive(&db).await.unwrap();
        article.delete(&db).await.unwrap();
        article.restore(&db).await.unwrap();
        Article::objects().update(|a| (a.draft_notes.set("still none"), a.views.set(2)), &db).await.unwrap();
        Article::objects().publish(&db).await.unwrap();
        Article::objects().unpublish(&db).await.unwrap();
        Article::objects().delete(&db).await.unwrap();
        Article::objects().restore_all(&db).await.unwrap();
        assert_eq!(stored("draft_notes", &article, &db).await.unwrap(), "still none");
        let told = all_told("articles", &db).await;
        Article::objects().hard_delete(&db).await.unwrap();
        let trail = stored_trail(&article, &db).await;
        assert_eq!(trail.len(), 12);
        for (action, changes) in &trail {
            let fields: Vec<&String> = changes.as_object().unwrap().keys().collect();
            for hidden in ["change_log", "updated_at", "draft_notes", "id"] {
                assert!(!fields.contains(&&hidden.to_owned()), "{action} tells {hidden}");
            }
        }
        assert!(!told.contains("interest") && !told.contains("still none"), "{told}");
        let created: Vec<&str> = trail[0].1.as_object().unwrap().keys().map(String::as_str).collect();
        for field in ["title", "content", "views", "price", "slug", "status", "access_token"] {
            assert!(created.contains(&field), "{field} is not told of a new row");
        }
    }

    async fn a_masked_field_tells_that_it_changed_and_not_what(db) {
        create_tables(&db).await;
        let jane = jane();
        let mut vault = Vault::builder().password("swordfish").pin(4711).create(jane.on(&db)).await.unwrap();
        vault.password = "hunter2".to_owned();
        vault.with_audit(&jane).save(&db).await.unwrap();
        vault.pin = None;
        vault.token_count = 3;
        vault.with_audit(&jane).save(&db).await.unwrap();
        Vault::objects().with_audit(&jane).update(|v| (v.password.set("pike"), v.pin.set(815)), &db).await.unwrap();
        let foreseen = {
            vault.password = "salmon".to_owned();
            vault.changed_fields(&db).await.unwrap()
        };
        assert_eq!(foreseen["password"].old, json!("***"));
        assert_eq!(foreseen["password"].new, json!("***"));
        let told = all_told("vaults", &db).await;
        vault.with_audit(&jane).hard_delete(&db).await.unwrap();
        let told = told + &all_told("vaults", &db).await;
        for secret in ["swordfish", "4711", "hunter2", "pike", "815", "salmon"] {
            assert!(!told.contains(secret), "{secret} is told: {told}");
        }
        let masked = |old, new| json!({ "old": old, "new": new });
        let (nothing, mask) = (json!(null), json!("***"));
        let trail = stored_trail(&vault, &db).await;
        assert_eq!(trail[0].1["password"], masked(nothing.clone(), mask.clone()));
        assert_eq!(trail[1].1, json!({ "password": masked(mask.clone(), mask.clone()) }));
        let pin = masked(mask.clone(), mask.clone());
        assert_eq!(trail[2].1, json!({ "pin": pin, "token_count": { "old": 0, "new": 3 } }));
        assert_eq!(trail[3].1.as_object().unwrap().len(), 2);
        assert_eq!(trail[4].0, "hard_delete");
        assert_eq!(trail[4].1["password"], masked(mask, nothing));
        let reprs: Vec<String> = raw_sql::column(&db, "SELECT DISTINCT object_repr FROM audit_logs").await;
        assert_eq!(reprs, [format!("Vault {}", vault.id)]);
    }

    async fn secrets_are_masked_by_their_names(db) {
        tables_of(&[Article::table(), Comment::table()], &db).await;
        let comment = Comment::builder().text("T").client_secret("one").api_token("two".to_owned()).password_hash("three");
        let mut comment = comment.create(&db).await.unwrap();
        comment.client_secret = "four".to_owned();
        comment.api_token = None;
        comment.password_hash = "five".to_owned();
        assert!(comment.save(&db).await.unwrap());
        let told = all_told("comments", &db).await;
        comment.hard_delete(&db).await.unwrap();
        let told = told + &all_told("comments", &db).await;
        for secret in ["one", "two", "three", "four", "five"] {
            assert!(!told.contains(&format!("\"{secret}\"")), "{secret} is told: {told}");
        }
        let change = &stored_trail(&comment, &db).await[1].1;
        for field in ["client_secret", "api_token", "password_hash"] {
            assert_eq!(change[field], json!({ "old": "***", "new": "***" }));
        }
    }

    async fn a_masked_field_that_stays_is_no_change(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.access_token = "t".to_owned();
        assert!(article.save(&db).await.unwrap());
        assert!(!article.save(&db).await.unwrap());
        article.views = 1;
        assert!(article.save(&db).await.unwrap());
        let trail = stored_trail(&article, &db).await;
        assert_eq!(trail.len(), 3);
        assert_eq!(trail[1].1, json!({ "access_token": { "old": "***", "new": "***" } }));
        assert_eq!(trail[2].1, json!({ "views": { "old": 0, "new": 1 } }));
    }

    async fn what_changes_nothing_writes_nothing(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        article.publish(&db).await.unwrap();
        let before = stored("updated_at", &article, &db).await;
        let log = stored_log(&article, &db).await;
        raw_sql::watch_updates(&db, "articles").await;
        assert!(!article.save(&db).await.unwrap());
        assert!(!article.save_only(|a| (a.title, a.status), &db).await.unwrap());
        assert!(!article.publish(&db).await.unwrap());
        assert!(!article.restore(&db).await.unwrap());
        let all = Article::objects;
        let update = all().update(|a| (a.title.set("Title"), a.views.set(0)), &db).await;
        assert_eq!(update.unwrap(), 0);
        assert_eq!(all().limit(1).update(|a| a.views.set(0), &db).await.unwrap(), 0);
        assert_eq!(all().publish(&db).await.unwrap(), 0);
        assert_eq!(all().restore_all(&db).await.unwrap(), 0);
        assert_eq!(raw_sql::updates(&db).await, 0);
        assert_eq!(stored("updated_at", &article, &db).await, before);
        assert_eq!(stored_log(&article, &db).await, log);
        assert_eq!(stored_trail(&article, &db).await.len(), 2);
        article.views = 1;
        assert!(article.save(&db).await.unwrap());
        assert_eq!(raw_sql::updates(&db).await, 1);
        assert_ne!(stored("updated_at", &article, &db).await, before);
    }
}
