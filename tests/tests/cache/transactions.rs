//! Writes whose end is not known: in a transaction of the caller's, and where the future is dropped.

use std::time::Duration;

use model_runtime::Transaction;
use model_runtime::prelude::*;
use model_runtime::profile::assert_statements;
use tests::cached::{Note, Shelf};
use tests::{on_both_caches, raw_sql};

async fn note(db: &Pool) -> Note {
    let note = Note::builder().text("old").create(db).await.unwrap();
    assert_eq!(served(db, &note).await, ("old".to_owned(), 1));
    note
}

/// What is served of a row, and how many rows there are.
async fn served(db: &Pool, note: &Note) -> (String, usize) {
    let text =
        Note::get_cached(note.id, db).await.map_or_else(|_| "gone".to_owned(), |note| note.text.clone());
    (text, Note::objects().fetch_all_cached(db).await.unwrap().len())
}

/// Writes in a transaction. Until it ends, what was committed is served, and it is not kept.
async fn write(db: &Pool, note: &mut Note, transaction: &mut Transaction<'_>) {
    note.text = "new".to_owned();
    assert!(note.save(&mut *transaction).await.unwrap());
    Note::builder().text("another").create(&mut *transaction).await.unwrap();
    assert_eq!(served(db, note).await, ("old".to_owned(), 1));
}

on_both_caches! {
    async fn a_commit_is_served_at_once(db) {
        let mut note = note(&db).await;
        let mut transaction = db.begin().await.unwrap();
        write(&db, &mut note, &mut transaction).await;
        transaction.commit().await.unwrap();
        assert_eq!(raw_sql::value::<String>(&db, "SELECT text FROM cached_notes WHERE id = 1").await, "new");
        assert_eq!(served(&db, &note).await, ("new".to_owned(), 2));
        // Once the hold has ended by itself, it is kept again.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert_eq!(served(&db, &note).await, ("new".to_owned(), 2));
    }

    async fn a_rollback_is_not_served(db) {
        let mut note = note(&db).await;
        let mut transaction = db.begin().await.unwrap();
        write(&db, &mut note, &mut transaction).await;
        transaction.rollback().await.unwrap();
        assert_eq!(served(&db, &note).await, ("old".to_owned(), 1));
    }

    async fn a_bulk_write_and_a_removal_of_a_transaction_are_served(db) {
        let note = note(&db).await;
        let mut transaction = db.begin().await.unwrap();
        Note::objects().update(|n| n.text.set("bulk"), &mut transaction).await.unwrap();
        assert_eq!(served(&db, &note).await, ("old".to_owned(), 1));
        transaction.commit().await.unwrap();
        assert_eq!(served(&db, &note).await, ("bulk".to_owned(), 1));
        let mut transaction = db.begin().await.unwrap();
        note.hard_delete(&mut transaction).await.unwrap();
        assert_eq!(served(&db, &note).await, ("bulk".to_owned(), 1));
        transaction.commit().await.unwrap();
        assert_eq!(served(&db, &note).await, ("gone".to_owned(), 0));
    }

    async fn a_held_connection_ends_its_writes(db) {
        let mut shelf = Shelf::builder().name("old").create(&db).await.unwrap();
        assert_eq!(Shelf::get_cached(shelf.id, &db).await.unwrap().name, "old");
        let mut connection = db.acquire().await.unwrap();
        shelf.name = "new".to_owned();
        shelf.save(&mut connection).await.unwrap();
        drop(connection);
        assert_eq!(assert_statements(1, Shelf::get_cached(shelf.id, &db)).await.unwrap().name, "new");
        assert_statements(0, Shelf::get_cached(shelf.id, &db)).await.unwrap();
    }

    async fn a_dropped_future_leaves_nothing_old(db) {
        let mut note = note(&db).await;
        for n in 0..60_u64 {
            note.text = n.to_string();
            note.number = 0;
            let _ = tokio::time::timeout(Duration::from_micros(n * 20), note.save(&db)).await;
            // It may still be written; once it is, or never will be, that is what is served.
            let (mut kept, mut found);
            let mut rounds = 0;
            loop {
                found = raw_sql::value::<String>(&db, "SELECT text FROM cached_notes").await;
                kept = Note::get_cached(note.id, &db).await.unwrap().text.clone();
                rounds += 1;
                if kept == found || rounds == 50 {
                    break;
                }
            }
            assert_eq!(kept, found);
        }
    }

    // What is kept for long depends on a table whose own rows are kept for a second.
    async fn a_hold_outlasts_what_would_be_kept(db) {
        Shelf::builder().name("old").create(&db).await.unwrap();
        Note::builder().text("old").create(&db).await.unwrap();
        let noted = || Shelf::objects().filter(|s| s.name.is_in(Note::objects().values(|n| n.text))).fetch_all_cached(&db);
        let mut transaction = db.begin().await.unwrap();
        Note::objects().update(|n| n.text.set("new"), &mut transaction).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert_eq!(noted().await.unwrap().len(), 1);
        transaction.commit().await.unwrap();
        assert_eq!(noted().await.unwrap().len(), 0);
    }
}
