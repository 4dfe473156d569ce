//! Rows that are locked until a transaction ends.

use futures_util::StreamExt;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::fixtures::refused_fields;
use tests::models::Task;
use tests::relations::{Person, Section, Story, tables};
use tests::{on_both, raw_sql};

async fn tasks(count: usize, db: &Pool) {
    create_tables(&[Task::table()], db).await.unwrap();
    let tasks = (0..count).map(|n| Task::builder().title(format!("{n:02}")).build());
    Task::bulk_create(tasks.collect(), db).await.unwrap();
}

fn open() -> QuerySet<Task> {
    Task::objects().filter(|t| t.completed.eq(false)).order_by(|t| t.title.asc())
}

on_both! {
    async fn a_lock_wants_a_transaction(db) {
        tasks(1, &db).await;
        let refused = |error: Error| {
            assert!(matches!(error, Error::TransactionRequired { model: "Task" }), "{error}");
        };
        refused(open().select_for_update().fetch_all(&db).await.unwrap_err());
        refused(open().select_for_update().skip_locked().fetch_optional(&db).await.unwrap_err());
        refused(open().select_for_update().nowait().first(&db).await.unwrap_err());
        refused(open().select_for_update().fetch_one(&db).await.unwrap_err());
        let mut connection = db.acquire().await.unwrap();
        refused(open().select_for_update().get(&mut connection).await.unwrap_err());
        drop(connection);

        let mut transaction = db.begin().await.unwrap();
        assert_eq!(open().select_for_update().fetch_all(&mut transaction).await.unwrap().len(), 1);
        assert_eq!(open().select_for_update().get(&mut transaction).await.unwrap().title, "00");
        assert!(open().select_for_update().nowait().first(&mut transaction).await.unwrap().is_some());
        transaction.commit().await.unwrap();
    }

    async fn a_lock_is_not_streamed(db) {
        tasks(1, &db).await;
        let mut transaction = db.begin().await.unwrap();
        let first = open().select_for_update().fetch(&mut transaction).next().await.unwrap();
        assert_eq!(refused_fields(first)[0].field, "select_for_update");
    }

    async fn what_is_read_under_a_lock_is_not_overwritten(db) {
        create_tables(&tables(), &db).await.unwrap();
        let person = Person::builder().name("Ada").create(&db).await.unwrap();
        let section = Section::builder().name("News").create(&db).await.unwrap();
        Story::builder().title("One").author_id(person.id).section_id(section.id).create(&db).await.unwrap();
        let tasks = (0..16).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut transaction = db.begin().await.unwrap();
                let mut story = Story::objects().select_for_update().get(&mut transaction).await.unwrap();
                story.words += 1;
                story.save(&mut transaction).await.unwrap();
                transaction.commit().await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT words FROM stories").await, 16);
    }

    async fn a_queue_gives_each_row_to_one(db) {
        tasks(20, &db).await;
        let workers = (0..4).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let mut transaction = db.begin().await.unwrap();
                    let rows = open().limit(3).select_for_update().skip_locked().fetch_all(&mut transaction).await.unwrap();
                    if rows.is_empty() {
                        return mine;
                    }
                    for mut row in rows {
                        row.completed = true;
                        row.save(&mut transaction).await.unwrap();
                        mine.push(row.title);
                    }
                    transaction.commit().await.unwrap();
                }
            })
        });
        let mut done = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            done.extend(worker.await.unwrap());
        }
        done.sort();
        assert_eq!(done, (0..20).map(|n| format!("{n:02}")).collect::<Vec<_>>());
        assert_eq!(raw_sql::count(&db, "tasks WHERE completed").await, 20);
    }

    async fn others_skip_or_refuse_what_is_locked(db) {
        tasks(2, &db).await;
        let mut one = db.begin().await.unwrap();
        let first = open().limit(1).select_for_update().fetch_one(&mut one).await.unwrap();
        assert_eq!(first.title, "00");
        if let Pool::Sqlite(_) = &db {
            // A second writer would wait for the first.
            return;
        }
        let mut two = db.begin().await.unwrap();
        let rest = open().select_for_update().skip_locked().fetch_all(&mut two).await.unwrap();
        assert_eq!(rest.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["01"]);
        assert_eq!(open().fetch_all(&mut two).await.unwrap().len(), 2, "who only reads does not wait");
        let error = open().select_for_update().nowait().fetch_all(&mut two).await.unwrap_err();
        assert!(matches!(error, Error::Conflict { model: "Task", .. }), "{error}");
        two.rollback().await.unwrap();
        for exactly in [false, true] {
            let mut two = db.begin().await.unwrap();
            let locked = open().filter(|t| t.title.eq("00")).select_for_update().nowait();
            let result = if exactly { locked.get(&mut two).await.map(drop) } else { locked.first(&mut two).await.map(drop) };
            assert!(matches!(result, Err(Error::Conflict { .. })));
        }
        one.commit().await.unwrap();
        let mut three = db.begin().await.unwrap();
        assert_eq!(open().select_for_update().nowait().fetch_all(&mut three).await.unwrap().len(), 2);
    }

    async fn only_the_rows_themselves_are_locked(db) {
        create_tables(&tables(), &db).await.unwrap();
        let person = Person::builder().name("Ada").create(&db).await.unwrap();
        let section = Section::builder().name("News").create(&db).await.unwrap();
        Story::builder().title("One").author_id(person.id).section_id(section.id).create(&db).await.unwrap();
        let mut one = db.begin().await.unwrap();
        let stories = || Story::objects().filter(|s| s.author().name.eq("Ada"));
        assert_eq!(stories().select_for_update().fetch_all(&mut one).await.unwrap().len(), 1);
        let with = stories().select_related(|s| (s.author(), s.editor())).select_for_update();
        let (story, (author, editor)) = with.fetch_one(&mut one).await.unwrap();
        assert_eq!((story.title.as_str(), author.name.as_str(), editor), ("One", "Ada", None));
        if let Pool::Postgres(_) = &db {
            let mut two = db.begin().await.unwrap();
            assert_eq!(Person::objects().select_for_update().nowait().fetch_all(&mut two).await.unwrap().len(), 1);
            let story = Story::objects().select_for_update().nowait().fetch_all(&mut two).await;
            assert!(matches!(story, Err(Error::Conflict { .. })));
        }
    }
}
