//! Bulk writes of the same rows at once wait for each other, and each row's records are in order (rules 7 and 12).

use model_runtime::prelude::*;
use serde_json::Value;
use tests::on_both;
use tests::raw_sql;
use tests::recorded::Entry;

use super::fixtures::{stored_log, stored_trail, tables_of};

/// Entries whose order in the table is not that of their keys.
async fn shuffled(count: i64, db: &Pool) -> Vec<Entry> {
    tables_of(&[Entry::table()], db).await;
    let rows = (0..count).map(|i| Entry::builder().title(format!("T{i}")).number(i).build());
    let rows = Entry::bulk_create(rows.collect(), db).await.unwrap();
    for modulus in [7, 5, 3] {
        let sql = format!("UPDATE entries SET notes = '{modulus}' WHERE number % {modulus} = 0");
        raw_sql::execute(db, &sql).await.unwrap();
    }
    rows
}

on_both! {
    async fn bulk_writes_of_the_same_rows_do_not_deadlock(db) {
        let rows = shuffled(300, &db).await;
        let writers = (0..4_i64).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for i in 0..12 {
                    let all = Entry::objects().all_with_deleted();
                    let written = match (writer + i) % 4 {
                        0 => all.update(|e| e.number.set(writer * 1000 + i), &db).await,
                        1 => all.delete(&db).await,
                        2 => all.restore(&db).await,
                        _ => all.order_by(|e| e.slug.desc()).limit(200).update(|e| e.notes.set(e.slug), &db).await,
                    };
                    written.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        for row in &rows[..20] {
            let log: Vec<Value> = stored_log(row, &db).await.into_iter().map(|(_, changes)| changes).collect();
            let trail: Vec<Value> = stored_trail(row, &db).await.into_iter().skip(1).map(|(_, changes)| changes).collect();
            assert_eq!(log, trail);
            for field in ["number", "deleted_at"] {
                let changes: Vec<&Value> = log.iter().filter_map(|changes| changes.get(field)).collect();
                assert!(changes.windows(2).all(|two| two[0]["new"] == two[1]["old"]), "{changes:?}");
            }
        }
    }

    async fn removing_rows_and_writing_them_at_once_does_not_deadlock(db) {
        tables_of(&[Entry::table()], &db).await;
        for round in 0..12_i64 {
            let rows = shuffled(400, &db).await;
            let updates = (0..3_i64).map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    let price = Decimal::from(writer + 1);
                    Entry::objects().update(|e| e.price.set(price), &db).await
                })
            });
            let updates: Vec<_> = updates.collect();
            let removed = Entry::objects().hard_delete(&db).await.unwrap();
            assert_eq!(removed, rows.len() as u64);
            let mut updated = 0;
            for update in updates {
                updated += update.await.unwrap().unwrap();
            }
            assert_eq!(raw_sql::count(&db, "entries").await, 0);
            let audited = "audit_logs WHERE action = 'hard_delete'";
            assert_eq!(raw_sql::count(&db, audited).await, (round + 1) * 400);
            let newest = format!("(SELECT action FROM audit_logs ORDER BY id DESC LIMIT {}) AS n WHERE action = 'update'", 400 + updated);
            assert_eq!(raw_sql::count(&db, &newest).await, updated as i64);
        }
    }
}
