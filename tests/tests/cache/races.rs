//! Reads and writes at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{join, poll};
use model_runtime::prelude::*;
use tests::cached::{Note, Shelf};
use tests::{on_both_caches, raw_sql};

const ROWS: i64 = 3;
const WRITERS: usize = 3;
const READERS: usize = 5;
const WRITES: usize = 25;

on_both_caches! {
    // What was written before a read began is never older than what the read gives.
    async fn a_read_is_never_older_than_a_write_before_it(db) {
        for _ in 0..ROWS {
            Note::builder().text("").create(&db).await.unwrap();
        }
        let done: Arc<Vec<AtomicI32>> = Arc::new((0..ROWS).map(|_| AtomicI32::new(0)).collect());
        let over = Arc::new(AtomicBool::new(false));
        let writers = (0..WRITERS).map(|writer| {
            let (db, done) = (db.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                for n in 0..WRITES {
                    let id = ((writer + n) as i64) % ROWS + 1;
                    let row = Note::objects().filter(|note| note.id.eq(id));
                    let number = match n % 4 {
                        0 => {
                            let mut note = Note::get(id, &db).await.unwrap();
                            assert!(note.update_if(|n| n.number.ge(0), |n| n.number.set(n.number + 1), &db).await.unwrap());
                            continue;
                        }
                        1 => row.update(|n| n.number.set(n.number + 1), &db).await.unwrap(),
                        2 => {
                            let rows = Note::objects().filter(|note| note.id.le(id) & note.id.ge(id));
                            rows.update(|n| n.number.set(n.number + 1), &db).await.unwrap()
                        }
                        _ => {
                            // In a transaction, of which some are rolled back.
                            let mut transaction = db.begin().await.unwrap();
                            row.update(|n| n.number.set(n.number + 1), &mut transaction).await.unwrap();
                            if n % 8 == 3 { transaction.rollback().await.unwrap() } else { transaction.commit().await.unwrap() }
                            continue;
                        }
                    };
                    assert_eq!(number, 1);
                    let now = Note::get(id, &db).await.unwrap().number;
                    done[id as usize - 1].fetch_max(now, SeqCst);
                }
            })
        });
        let readers = (0..READERS).map(|reader| {
            let (db, done, over) = (db.clone(), Arc::clone(&done), Arc::clone(&over));
            tokio::spawn(async move {
                let mut reads = 0;
                while !over.load(SeqCst) {
                    let id = ((reader + reads) as i64) % ROWS + 1;
                    let at_least = done[id as usize - 1].load(SeqCst);
                    let found = if reads % 3 == 0 {
                        let all = Note::objects().order_by(|n| n.id.asc()).fetch_all_cached(&db).await.unwrap();
                        all[id as usize - 1].number
                    } else {
                        Note::get_cached(id, &db).await.unwrap().number
                    };
                    assert!(found >= at_least, "{found} is older than {at_least}");
                    reads += 1;
                    tokio::task::yield_now().await;
                }
                reads
            })
        });
        let (writers, readers): (Vec<_>, Vec<_>) = (writers.collect(), readers.collect());
        join_all(writers).await.into_iter().for_each(|writer| writer.unwrap());
        over.store(true, SeqCst);
        for reader in join_all(readers).await {
            assert!(reader.unwrap() > 0);
        }
        for id in 1..=ROWS {
            let found = raw_sql::value::<i32>(&db, &format!("SELECT number FROM cached_notes WHERE id = {id}")).await;
            assert_eq!(Note::get_cached(id, &db).await.unwrap().number, found);
        }
    }

    // A read that began before the row was there does not answer for one that began after.
    async fn a_row_is_found_though_an_older_read_of_it_goes_on(db) {
        for polls in 1..=12 {
            let mut older = Shelf::get_cached(polls, &db);
            let mut is_over = false;
            for _ in 0..polls {
                is_over = is_over || poll!(&mut older).is_ready();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(Shelf::builder().name("").create(&db).await.unwrap().id, polls);
            let newer = Shelf::get_cached(polls, &db);
            let newer = if is_over { newer.await } else { join!(newer, older).0 };
            assert_eq!(newer.unwrap().id, polls);
        }
    }
}
