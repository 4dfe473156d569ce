//! Rows that are made where there are none.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use model_runtime::{Connection, Transaction};
use tests::fixtures::{refused_fields, taken_fields};
use tests::models::Task;
use tests::recorded::{Article, Booking, Contract, Lease};
use tests::relations::Company;
use tests::{on_both, raw_sql};

fn company(name: &str) -> Company {
    Company::builder().name(name).build()
}

async fn create_companies(db: &Pool) {
    create_tables(&[Company::table()], db).await.unwrap();
}

/// Has the pool open some connections, so that those who begin at once really do.
async fn open_connections(db: &Pool) {
    let connections = [db.acquire().await, db.acquire().await, db.acquire().await, db.acquire().await];
    assert!(connections.iter().all(Result::is_ok));
}

/// Runs `second` on a connection of its own until it waits for the transaction, and commits this. (SQLite does not tell
/// that one waits.)
async fn behind<T: Send + 'static>(
    mut first: Transaction<'static>,
    db: &Pool,
    second: impl AsyncFnOnce(Connection) -> T,
) -> T {
    let connection = db.acquire().await.unwrap();
    let commit = async {
        if let Transaction::Postgres(first) = &mut first {
            let pid: i32 =
                sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut **first).await.unwrap();
            let waiting = format!("pg_stat_activity WHERE {pid} = ANY(pg_blocking_pids(pid))");
            while raw_sql::count(db, &waiting).await == 0 {
                tokio::task::yield_now().await;
            }
        }
        first.commit().await.unwrap();
    };
    let (result, ()) = tokio::join!(second(connection), commit);
    result
}

async fn booking(account: &str, amount: i64, db: &Pool) -> Result<(Booking, bool)> {
    let row = Booking::builder().account(account).amount(Decimal::new(amount, 2)).build();
    Booking::update_or_create(|b| b.account.eq(account), row, db).await
}

on_both! {
    async fn a_row_is_made_once(db) {
        create_companies(&db).await;
        let (made, created) = Company::get_or_create(|c| c.name.eq("Times"), company("Times"), &db).await.unwrap();
        assert!(created);
        let (found, created) = Company::get_or_create(|c| c.name.eq("Times"), company("Times"), &db).await.unwrap();
        assert_eq!((&found, created), (&made, false));
        assert_eq!(raw_sql::column::<String>(&db, "SELECT name FROM companies").await, ["Times"]);
    }

    async fn a_condition_that_finds_several_is_refused(db) {
        create_companies(&db).await;
        for name in ["Times", "Post"] {
            company(name).insert(&db).await.unwrap();
        }
        let several = Company::get_or_create(|c| c.name.contains("s"), company("Sun"), &db).await;
        assert!(matches!(several, Err(Error::Multiple { model: "Company" })));
        let several = Company::update_or_create(|c| c.name.contains("s"), company("Sun"), &db).await;
        assert!(matches!(several, Err(Error::Multiple { model: "Company" })));
        assert_eq!(raw_sql::count(&db, "companies").await, 2);
    }

    async fn a_deleted_row_is_not_found(db) {
        create_tables(&[Task::table()], &db).await.unwrap();
        let task = || Task::builder().title("Read").build();
        let (mut first, _) = Task::get_or_create(|t| t.title.eq("Read"), task(), &db).await.unwrap();
        first.delete(&db).await.unwrap();
        let (second, created) = Task::get_or_create(|t| t.title.eq("Read"), task(), &db).await.unwrap();
        assert!(created && second.id != first.id);
        assert_eq!(raw_sql::count(&db, "tasks").await, 2);
    }

    async fn of_many_at_once_one_makes_the_row(db) {
        create_companies(&db).await;
        open_connections(&db).await;
        let tasks = (0..32).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { Company::get_or_create(|c| c.name.eq("Times"), company("Times"), &db).await.unwrap() })
        });
        let mut rows = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            rows.push(task.await.unwrap());
        }
        assert_eq!(rows.iter().filter(|(_, created)| *created).count(), 1);
        assert!(rows.iter().all(|(row, _)| *row == rows[0].0));
        assert_eq!(raw_sql::count(&db, "companies").await, 1);
    }

    async fn of_many_transactions_one_makes_the_row(db) {
        create_companies(&db).await;
        open_connections(&db).await;
        let tasks = (0..32).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut transaction = db.begin().await.unwrap();
                let (row, created) = Company::get_or_create(|c| c.name.eq("Times"), company("Times"), &mut transaction).await.unwrap();
                // The transaction goes on.
                company(&format!("Other {n}")).insert(&mut transaction).await.unwrap();
                transaction.commit().await.unwrap();
                (row, created)
            })
        });
        let mut rows = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            rows.push(task.await.unwrap());
        }
        assert_eq!(rows.iter().filter(|(_, created)| *created).count(), 1);
        assert!(rows.iter().all(|(row, _)| *row == rows[0].0));
        assert_eq!(raw_sql::count(&db, "companies").await, 33);
    }

    async fn who_waited_for_another_gets_its_row(db) {
        create_companies(&db).await;
        let mut first = db.begin().await.unwrap();
        let times = Company::builder().name("Times").create(&mut first).await.unwrap();
        let found = behind(first, &db, async |mut connection| {
            Company::get_or_create(|c| c.name.eq("Times"), company("Times"), &mut connection).await
        });
        assert_eq!(found.await.unwrap(), (times, false));

        let mut first = db.begin().await.unwrap();
        let sun = Company::builder().name("Sun").create(&mut first).await.unwrap();
        let (found, _) = behind(first, &db, async |mut connection| {
            Company::update_or_create(|c| c.name.eq("Sun"), company("Sun"), &mut connection).await
        })
        .await
        .unwrap();
        assert_eq!(found, sun);
        assert_eq!(raw_sql::count(&db, "companies").await, 2);
    }

    async fn who_waited_for_the_end_of_a_row_makes_another(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        let (old, _) = booking("A", 1, &db).await.unwrap();
        let mut first = db.begin().await.unwrap();
        old.hard_delete(&mut first).await.unwrap();
        let row = Booking::builder().account("A").amount(Decimal::new(2, 2)).build();
        let made = behind(first, &db, async |mut connection| {
            Booking::update_or_create(|b| b.account.eq("A"), row, &mut connection).await
        });
        let (made, created) = made.await.unwrap();
        assert!(created && made.id != old.id);
        assert_eq!(raw_sql::count(&db, "bookings").await, 1);
    }

    async fn a_value_of_another_row_stands_in_the_way(db) {
        create_companies(&db).await;
        company("Times").insert(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        let taken = Company::get_or_create(|c| c.name.eq("Sun"), company("Times"), &mut transaction).await;
        assert_eq!(taken_fields(taken), ["name"]);
        let taken = Company::update_or_create(|c| c.name.eq("Sun"), company("Times"), &mut transaction).await;
        assert_eq!(taken_fields(taken), ["name"]);
        company("Post").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(raw_sql::column::<String>(&db, "SELECT name FROM companies ORDER BY name").await, ["Post", "Times"]);
        assert_eq!(taken_fields(Company::get_or_create(|c| c.name.eq("Sun"), company("Times"), &db).await), ["name"]);
    }

    async fn a_row_is_saved_over_the_one_there_is(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        let (first, created) = booking("A", 100, &db).await.unwrap();
        assert!(created);
        let (second, created) = booking("A", 250, &db).await.unwrap();
        assert_eq!((second.id, created), (first.id, false));
        let (same, created) = booking("A", 250, &db).await.unwrap();
        assert_eq!((&same, created), (&second, false));
        booking("B", 1, &db).await.unwrap();
        assert_eq!(Booking::get(first.id, &db).await.unwrap().amount, Decimal::new(250, 2));
        let actions = raw_sql::column::<String>(&db, "SELECT action FROM audit_logs ORDER BY id").await;
        assert_eq!(actions, ["create", "update", "create"], "what changes nothing is not recorded");
    }

    async fn what_a_save_does_not_write_stays(db) {
        create_tables(&[Article::table(), AuditLog::table()], &db).await.unwrap();
        let article = |views| Article::builder().title("Read me").views(views).build();
        let (mut first, _) = Article::update_or_create(|a| a.title.eq("Read me"), article(1), &db).await.unwrap();
        first.publish(&db).await.unwrap();
        let (second, created) = Article::update_or_create(|a| a.title.eq("Read me"), article(2), &db).await.unwrap();
        assert!(!created);
        assert_eq!((second.views, &second.slug, second.created_at), (2, &first.slug, first.created_at));
        assert_eq!((second.status, second.published_at), (first.status, first.published_at));
        assert_eq!(second, Article::get(first.id, &db).await.unwrap());

        let invalid = Article::builder().title("x".repeat(401)).build();
        let error = Article::update_or_create(|a| a.title.eq("Read me"), invalid, &db).await;
        assert_eq!(refused_fields(error)[0].field, "title");
        assert_eq!(Article::get(first.id, &db).await.unwrap(), second);
    }

    async fn a_slug_that_is_not_given_stays(db) {
        create_tables(&[Article::table(), AuditLog::table()], &db).await.unwrap();
        let article = |title: &str, slug: &str| {
            let mut article = Article::builder().title(title).content("Text").build();
            article.slug = slug.into();
            article
        };
        let save = async |title, slug| Article::update_or_create(|a| a.content.eq("Text"), article(title, slug), &db).await.unwrap().0;
        assert_eq!(save("First", "").await.slug, "first");
        assert_eq!((save("Second", "").await.slug, raw_sql::count(&db, "articles_slug_history").await), ("first".into(), 0));
        assert_eq!(save("Second", "other").await.slug, "other");
        assert_eq!(save("Third", "").await.slug, "other");
        assert_eq!(raw_sql::column::<String>(&db, "SELECT slug FROM articles").await, ["other"]);
    }

    async fn a_version_counts_on(db) {
        create_tables(&[Contract::table(), Lease::table(), AuditLog::table()], &db).await.unwrap();
        for (amount, version) in [(1, 1), (2, 2), (3, 3), (3, 3)] {
            let row = Contract::builder().title("Rent").amount(amount).build();
            let (row, _) = Contract::update_or_create(|c| c.title.eq("Rent"), row, &db).await.unwrap();
            assert_eq!((row.amount, row.version), (amount, version));
            let row = Lease::builder().title("Rent").amount(amount).build();
            let (row, _) = Lease::update_or_create(|c| c.title.eq("Rent"), row, &db).await.unwrap();
            assert_eq!((row.amount, row.version), (amount, version));
        }
        assert_eq!(raw_sql::column::<i64>(&db, "SELECT version FROM leases UNION ALL SELECT version FROM contracts").await, [3, 3]);
    }

    async fn of_many_at_once_one_makes_the_row_and_the_others_save_it(db) {
        create_tables(&[Booking::table(), AuditLog::table()], &db).await.unwrap();
        open_connections(&db).await;
        let tasks = (1..=32).map(|n| {
            let db = db.clone();
            tokio::spawn(async move { booking("A", n, &db).await.unwrap().1 })
        });
        let mut created = 0;
        for task in tasks.collect::<Vec<_>>() {
            created += i32::from(task.await.unwrap());
        }
        assert_eq!((created, raw_sql::count(&db, "bookings").await), (1, 1));
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'update'").await, 31);
    }
}
