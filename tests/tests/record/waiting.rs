//! Writers that waited for another's commit record what they then really overwrite (rule 7).

use model_runtime::prelude::*;
use model_runtime::{Connection, Transaction};
use serde_json::json;
use tests::recorded::{Article, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{actions, article, assert_as_stored, stored, stored_trail, trail};

/// Waits until a statement waits for the transaction. SQLite does not tell.
async fn until_one_waits(transaction: &mut Transaction<'_>, db: &Pool) {
    let Transaction::Postgres(transaction) = transaction else { return };
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut **transaction).await.unwrap();
    let waiting = format!("pg_stat_activity WHERE {pid} = ANY(pg_blocking_pids(pid))");
    while raw_sql::count(db, &waiting).await == 0 {
        tokio::task::yield_now().await;
    }
}

/// Runs `second` on a connection of its own until it waits for the transaction, and commits this. What it returns.
async fn behind<T: Send + 'static>(
    mut first: Transaction<'static>,
    db: &Pool,
    second: impl AsyncFnOnce(Connection) -> T,
) -> T {
    let connection = db.acquire().await.unwrap();
    let commit = async {
        until_one_waits(&mut first, db).await;
        first.commit().await.unwrap();
    };
    let (result, ()) = tokio::join!(second(connection), commit);
    result
}

on_both! {
    async fn a_save_tells_what_it_overwrites(db) {
        create_tables(&db).await;
        let mut ours = article("Title", &db).await;
        let mut theirs = ours.clone();
        let mut first = db.begin().await.unwrap();
        theirs.title = "Theirs".to_owned();
        theirs.save(&mut first).await.unwrap();
        ours.title = "Ours".to_owned();
        let written = behind(first, &db, async |mut connection| ours.save(&mut connection).await).await;
        assert!(written.unwrap());
        let last = stored_trail(&ours, &db).await.pop().unwrap().1;
        assert_eq!(last, json!({ "title": { "old": "Theirs", "new": "Ours" } }));
        assert_as_stored(&ours, &db).await;
        assert_eq!(ours.history().len(), 2);
    }

    async fn a_save_of_what_is_there_by_then_writes_nothing(db) {
        create_tables(&db).await;
        let mut ours = article("Title", &db).await;
        let mut theirs = ours.clone();
        let mut first = db.begin().await.unwrap();
        theirs.title = "Same".to_owned();
        theirs.save(&mut first).await.unwrap();
        ours.title = "Same".to_owned();
        let written = behind(first, &db, async |mut connection| ours.save(&mut connection).await).await;
        assert!(!written.unwrap());
        assert_eq!(stored_trail(&ours, &db).await.len(), 2);
    }

    async fn a_bulk_update_tells_what_it_overwrites(db) {
        create_tables(&db).await;
        let mut row = article("Title", &db).await;
        let other = article("Other", &db).await;
        let mut first = db.begin().await.unwrap();
        row.title = "Theirs".to_owned();
        row.content = "Theirs".to_owned();
        row.save(&mut first).await.unwrap();
        let written = behind(first, &db, async |mut connection| {
            Article::objects().update(|a| (a.views.set(1), a.content.set(a.title)), &mut connection).await
        })
        .await;
        assert_eq!(written.unwrap(), 2);
        let last = stored_trail(&row, &db).await.pop().unwrap().1;
        assert_eq!(last, json!({ "views": { "old": 0, "new": 1 } }));
        assert_eq!(stored("content", &row, &db).await.unwrap(), "Theirs");
        let last = stored_trail(&other, &db).await.pop().unwrap().1;
        assert_eq!(last["content"], json!({ "old": "", "new": "Other" }));
    }

    async fn a_bulk_update_leaves_what_no_longer_fits(db) {
        create_tables(&db).await;
        let mut row = article("Title", &db).await;
        let mut first = db.begin().await.unwrap();
        row.views = 5;
        row.save(&mut first).await.unwrap();
        let written = behind(first, &db, async |mut connection| {
            Article::objects().filter(|a| a.views.eq(0)).update(|a| a.content.set("x"), &mut connection).await
        })
        .await;
        assert_eq!(written.unwrap(), 0);
        assert_eq!(stored_trail(&row, &db).await.len(), 2);
        assert_eq!(stored("content", &row, &db).await.unwrap(), "");
    }

    async fn a_change_of_state_goes_by_the_state_there_is(db) {
        create_tables(&db).await;
        let mut ours = article("Title", &db).await;
        let mut theirs = ours.clone();
        let mut first = db.begin().await.unwrap();
        theirs.archive(&mut first).await.unwrap();
        let published = behind(first, &db, async |mut connection| ours.publish(&mut connection).await).await;
        assert!(matches!(published, Err(Error::InvalidTransition { from: "archived", .. })), "{published:?}");
        let mut first = db.begin().await.unwrap();
        theirs.delete(&mut first).await.unwrap();
        let deleted = behind(first, &db, async |mut connection| ours.delete(&mut connection).await).await;
        assert!(!deleted.unwrap());
        assert_eq!(actions(&ours, &db).await, [Action::Create, Action::Archive, Action::Delete]);
        assert_as_stored(&ours, &db).await;
    }

    async fn a_removal_keeps_the_final_state(db) {
        create_tables(&db).await;
        for single in [true, false] {
            let ours = article("Title", &db).await;
            let mut theirs = ours.clone();
            let mut first = db.begin().await.unwrap();
            theirs.title = "Theirs".to_owned();
            theirs.save(&mut first).await.unwrap();
            let removed = behind(first, &db, async |mut connection| match single {
                true => ours.hard_delete(&mut connection).await.map(u64::from),
                false => Article::objects().hard_delete(&mut connection).await,
            })
            .await;
            assert_eq!(removed.unwrap(), 1);
            let last = trail(&ours, &db).await.pop().unwrap();
            assert_eq!((last.action, last.object_repr.as_str()), (Action::HardDelete, "Theirs"));
            assert_eq!(last.changes["title"].old, json!("Theirs"));
        }
    }

    async fn what_is_removed_meanwhile_is_gone(db) {
        create_tables(&db).await;
        for write in 0..3 {
            let mut ours = article("Title", &db).await;
            let mut first = db.begin().await.unwrap();
            ours.clone().hard_delete(&mut first).await.unwrap();
            ours.views = 1;
            let written = behind(first, &db, async |mut connection| match write {
                0 => ours.save(&mut connection).await,
                1 => ours.save_only(|a| a.views, &mut connection).await,
                _ => ours.publish(&mut connection).await,
            })
            .await;
            assert!(matches!(written, Err(Error::NotFound { .. })), "write {write}: {written:?}");
            assert_eq!(actions(&ours, &db).await, [Action::Create, Action::HardDelete]);
        }
    }

    async fn what_a_rollback_undoes_was_never_there(db) {
        create_tables(&db).await;
        let mut ours = article("Title", &db).await;
        let mut theirs = ours.clone();
        let mut first = db.begin().await.unwrap();
        theirs.title = "Theirs".to_owned();
        theirs.save(&mut first).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        ours.title = "Ours".to_owned();
        let rollback = async {
            until_one_waits(&mut first, &db).await;
            first.rollback().await.unwrap();
        };
        let (written, ()) = tokio::join!(ours.save(&mut connection), rollback);
        assert!(written.unwrap());
        let trail = stored_trail(&ours, &db).await;
        assert_eq!(trail.len(), 2);
        assert_eq!(trail[1].1, json!({ "title": { "old": "Title", "new": "Ours" } }));
    }
}
