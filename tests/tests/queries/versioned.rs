//! Optimistic locking: every write counts, and a stale save is refused (rule 29).

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::recorded::{Contract, Lease};
use tests::{on_both, raw_sql};

async fn contract(db: &Pool) -> Contract {
    create_tables(&[Contract::table(), AuditLog::table()], db).await.unwrap();
    Contract::builder().title("Rent").amount(100).create(db).await.unwrap()
}

async fn lease(db: &Pool) -> Lease {
    create_tables(&[Lease::table()], db).await.unwrap();
    Lease::builder().title("Rent").amount(100).create(db).await.unwrap()
}

fn conflict<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(error @ Error::Conflict { .. }) => error.to_string(),
        other => panic!("no conflict: {other:?}"),
    }
}

on_both! {
    async fn a_stale_save_is_refused_and_nothing_is_written(db) {
        let mut mine = contract(&db).await;
        let mut yours = mine.clone();
        assert_eq!(mine.version, 1);
        mine.amount = 200;
        assert!(mine.save(&db).await.unwrap());
        assert_eq!(mine.version, 2);
        yours.title = "Rent and heating".into();
        let told = conflict(yours.save(&db).await);
        assert_eq!(told, "this Contract was changed by somebody else: it was read at version 1 and is at version 2; read it again");
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM contracts").await, "Rent");
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM contracts").await, 2);
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 2);
        conflict(yours.save_only(|c| (c.title,), &db).await);
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 2);

        yours.refresh(&db).await.unwrap();
        yours.title = "Rent and heating".into();
        assert!(yours.save(&db).await.unwrap());
        assert_eq!((yours.version, yours.amount), (3, 200));
    }

    async fn the_same_without_records(db) {
        let mut mine = lease(&db).await;
        let mut yours = mine.clone();
        mine.amount = 200;
        assert!(mine.save(&db).await.unwrap());
        yours.amount = 300;
        conflict(yours.save(&db).await);
        conflict(yours.save_only(|l| (l.amount,), &db).await);
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT amount FROM leases").await, 200);
        yours.refresh(&db).await.unwrap();
        yours.amount = 300;
        assert!(yours.save_only(|l| (l.amount,), &db).await.unwrap());
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM leases").await, 3);
        let id = yours.id;
        yours.hard_delete(&db).await.unwrap();
        assert!(matches!(yours.save(&db).await, Err(Error::NotFound { .. })), "{id}");
    }

    async fn a_save_that_changes_nothing_counts_nothing(db) {
        let mut contract = contract(&db).await;
        assert!(!contract.save(&db).await.unwrap());
        assert_eq!(contract.version, 1);
        let mut lease = lease(&db).await;
        assert!(!lease.save(&db).await.unwrap());
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM leases").await, 1);
    }

    async fn every_write_counts_one(db) {
        let mut contract = contract(&db).await;
        contract.publish(&db).await.unwrap();
        contract.archive(&db).await.unwrap();
        contract.delete(&db).await.unwrap();
        contract.restore(&db).await.unwrap();
        assert_eq!(contract.version, 5);
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM contracts").await, 5);
        contract.amount = 7;
        contract.save(&db).await.unwrap();
        contract.undo(1, &db).await.unwrap();
        assert_eq!((contract.version, contract.amount), (7, 100));
        assert_eq!(Contract::objects().update(|c| c.amount.set(c.amount + 1), &db).await.unwrap(), 1);
        assert_eq!(Contract::objects().unpublish(&db).await.unwrap(), 1);
        assert!(contract.update_if(|c| c.amount.ge(101), |c| c.amount.set(1), &db).await.unwrap());
        assert_eq!(contract.version, 10);
        assert!(!contract.save(&db).await.unwrap());

        let mut lease = lease(&db).await;
        lease.delete(&db).await.unwrap();
        lease.restore(&db).await.unwrap();
        assert_eq!(Lease::objects().update(|l| l.amount.set(3), &db).await.unwrap(), 1);
        assert_eq!(lease.version, 3);
        lease.amount = 4;
        conflict(lease.save(&db).await);
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM leases").await, 4);
    }

    async fn the_version_is_the_librarys(db) {
        let mut contract = contract(&db).await;
        let refused = Contract::objects().update(|c| c.version.set(9), &db).await;
        assert!(matches!(refused, Err(Error::Validation(_))), "{refused:?}");
        contract.save_only(|c| (c.version, c.amount), &db).await.unwrap();
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM contracts").await, 1);
        let mut copy = Contract { id: Uuid::new_v4(), slug: String::new(), version: 77, ..contract.clone() };
        copy.insert(&db).await.unwrap();
        assert_eq!(copy.version, 1);
        let told = raw_sql::column::<String>(&db, "SELECT CAST(changes AS TEXT) FROM audit_logs").await;
        assert!(told.iter().all(|changes| !changes.contains("version")), "{told:?}");
    }

    async fn of_many_who_save_one_version_one_succeeds(db) {
        let contract = contract(&db).await;
        for round in 1..=5 {
            let current = Contract::get(contract.id, &db).await.unwrap();
            let tasks = (0..16).map(|n| {
                let (db, mut mine) = (db.clone(), current.clone());
                mine.amount = round * 1000 + n;
                tokio::spawn(async move { mine.save(&db).await })
            });
            let mut saved = 0;
            for task in tasks.collect::<Vec<_>>() {
                match task.await.unwrap() {
                    Ok(true) => saved += 1,
                    other => drop(conflict(other)),
                }
            }
            assert_eq!(saved, 1);
            assert_eq!(raw_sql::value::<i64>(&db, "SELECT version FROM contracts").await, round + 1);
        }
    }
}
