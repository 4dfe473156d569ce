//! Rule 23 under concurrency: no slug is ever both the history of one row and the current slug of another live one.

use model_runtime::prelude::*;
use tests::fixtures::{assert_owned, blog, post, taken_fields};
use tests::models::Post;
use tests::on_both;
use tests::raw_sql::{column, value};
use tokio::task::JoinHandle;

const ROUNDS: usize = 100;

/// Returns when a statement in this test's schema waits for another, or is done. SQLite has one writer at a time.
async fn until_it_waits<T>(task: &JoinHandle<T>, db: &Pool) {
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%posts%' \
                   AND pid <> pg_backend_pid() AND pid IN (SELECT pid FROM pg_locks \
                   WHERE relation = to_regclass('posts'))";
    while db.dialect() == Dialect::Postgres && !task.is_finished() && value::<i64>(db, waiting).await == 0 {
        tokio::task::yield_now().await;
    }
}

fn create(title: &str, slug: &str, db: &Pool) -> JoinHandle<Result<Post>> {
    let (row, db) = (Post::builder().title(title).content("c").slug(slug), db.clone());
    tokio::spawn(async move { row.create(&db).await })
}

on_both! {
    async fn a_rename_and_an_insert(db) {
        blog(&db).await;
        let mut row = post("Start", &db).await;
        for round in 0..ROUNDS {
            let slug = row.slug.clone();
            let taking = create("Taking", &slug, &db);
            row.slug = format!("round-{round}");
            assert!(row.save(&db).await.unwrap());
            assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        }
        assert_eq!(row.slug_history(&db).await.unwrap().len(), ROUNDS);
        assert_owned(&db).await;
    }

    async fn a_rename_and_a_bulk_update(db) {
        blog(&db).await;
        let mut row = post("Start", &db).await;
        let other = post("Other", &db).await;
        for round in 0..ROUNDS {
            let (slug, pool) = (row.slug.clone(), db.clone());
            let others = Post::objects().filter(|p| p.id.eq(other.id));
            let taking = tokio::spawn(async move { others.update(|p| p.slug.set(slug), &pool).await });
            row.slug = format!("round-{round}");
            assert!(row.save(&db).await.unwrap());
            assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        }
        assert_owned(&db).await;
    }

    async fn a_rename_that_is_not_yet_committed(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        let taking = create("Taking", "old", &db);
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        assert_owned(&db).await;
    }

    async fn a_derived_slug_beside_a_rename_that_is_not_yet_committed(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        let taking = create("Old", "", &db);
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taking.await.unwrap().unwrap().slug, "old-2");
        assert_owned(&db).await;
    }

    async fn derived_slugs_in_bulk_beside_a_rename_that_is_not_yet_committed(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        let rows = (0..3).map(|_| Post::builder().title("Old").content("c").build()).collect();
        let pool = db.clone();
        let taking = tokio::spawn(async move { Post::bulk_create(rows, &pool).await });
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taking.await.unwrap().unwrap().len(), 3);
        assert_owned(&db).await;
    }

    async fn a_rename_that_is_rolled_back(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        let taking = create("Taking", "old", &db);
        until_it_waits(&taking, &db).await;
        transaction.rollback().await.unwrap();
        assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        assert_eq!(column::<String>(&db, "SELECT slug FROM posts").await, ["old"]);
    }

    async fn an_alias_and_an_insert(db) {
        blog(&db).await;
        let row = post("Row", &db).await;
        let mut transaction = db.begin().await.unwrap();
        assert!(row.add_slug_alias("alias", &mut transaction).await.unwrap());
        let taking = create("Taking", "alias", &db);
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        assert_owned(&db).await;
    }

    async fn an_insert_and_an_alias(db) {
        blog(&db).await;
        let row = post("Row", &db).await;
        let mut transaction = db.begin().await.unwrap();
        Post::builder().title("Other").content("c").slug("alias").create(&mut transaction).await.unwrap();
        let pool = db.clone();
        let taking = tokio::spawn(async move { row.add_slug_alias("alias", &pool).await });
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        assert_owned(&db).await;
    }

    async fn a_deleted_rows_rename_and_an_insert(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        row.delete(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        let taking = create("Taking", "old", &db);
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        assert_owned(&db).await;
    }

    async fn an_insert_and_a_deleted_rows_rename(db) {
        blog(&db).await;
        let mut row = post("Old", &db).await;
        row.delete(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        let taking =
            Post::builder().title("Taking").content("c").slug("old").create(&mut transaction).await.unwrap();
        row.slug = "new".to_owned();
        let (mut renamed, pool) = (row, db.clone());
        let renaming = tokio::spawn(async move { renamed.save(&pool).await });
        until_it_waits(&renaming, &db).await;
        transaction.commit().await.unwrap();
        assert!(renaming.await.unwrap().unwrap());
        assert_eq!(Post::by_slug("old", &db).await.unwrap(), taking);
        assert_owned(&db).await;
    }

    async fn a_rename_and_a_restore_into_its_slug(db) {
        blog(&db).await;
        let mut deleted = post("Slug", &db).await;
        deleted.delete(&db).await.unwrap();
        let mut row = post("Slug", &db).await;
        let mut transaction = db.begin().await.unwrap();
        row.slug = "new".to_owned();
        assert!(row.save(&mut transaction).await.unwrap());
        let pool = db.clone();
        let taking = tokio::spawn(async move { deleted.restore(&pool).await });
        until_it_waits(&taking, &db).await;
        transaction.commit().await.unwrap();
        assert_eq!(taken_fields(taking.await.unwrap()), ["slug"]);
        assert_owned(&db).await;
    }

    async fn two_rows_of_one_alias(db) {
        blog(&db).await;
        let rows = [post("One", &db).await, post("Two", &db).await];
        for round in 0..20 {
            let adding = rows.clone().map(|row| {
                let (db, alias) = (db.clone(), format!("alias {round}"));
                tokio::spawn(async move { row.add_slug_alias(&alias, &db).await })
            });
            let mut added = Vec::new();
            for adding in adding {
                match adding.await.unwrap() {
                    Ok(new) => added.push(new),
                    other => assert_eq!(taken_fields(other), ["slug"]),
                }
            }
            assert_eq!(added, [true]);
        }
    }
}
