//! Every future and stream is `Send`, on every kind of handle: each method runs inside a task of a runtime
//! with several threads, which the compiler allows for no other.

use futures_util::TryStreamExt;
use model_runtime::prelude::*;
use model_runtime::{Result, schema};
use tests::database::Database;
use tests::fixtures::blog;
use tests::models::{Author, Category, Post};

/// Calls every method that takes a handle, and leaves an empty table behind.
macro_rules! every_method {
    ($handle:expr) => {{
        let tables = [Post::table(), Author::table(), Category::table()];
        schema::create_tables(&tables, $handle).await?;
        assert_eq!(schema::check(&tables, $handle).await?, []);

        let mut post = Post::builder().title("Title").content("Content").create($handle).await?;
        let mut other = Post::builder().title("Other").content("Content").build();
        other.insert($handle).await?;
        post.content = "Changed".to_owned();
        assert!(post.save($handle).await?);
        post.excerpt = "Changed".to_owned();
        assert!(post.save_only(|p| (p.title, p.excerpt), $handle).await?);
        post.refresh($handle).await?;
        assert_eq!(Post::get(post.id, $handle).await?, post);
        assert!(
            post.publish($handle).await? && post.unpublish($handle).await? && post.archive($handle).await?
        );
        assert!(post.delete($handle).await? && post.restore($handle).await?);
        assert!(post.add_slug_alias("old", $handle).await?);
        assert_eq!(post.slug_history($handle).await?, ["old"]);
        assert_eq!(Post::by_slug("old", $handle).await?.id, post.id);
        let more = vec![Post::builder().title("More").content("Content").build()];
        assert_eq!(Post::bulk_create(more, $handle).await?.len(), 1);

        let all = Post::objects();
        let one = all.clone().filter(|p| p.title.eq("Title"));
        assert_eq!(all.clone().fetch_all($handle).await?.len(), 3);
        assert_eq!(one.clone().fetch_one($handle).await?.id, post.id);
        assert_eq!(one.clone().get($handle).await?.id, post.id);
        assert!(
            one.clone().fetch_optional($handle).await?.is_some()
                && one.clone().first($handle).await?.is_some()
        );
        assert_eq!(all.clone().fetch($handle).try_collect::<Vec<_>>().await?.len(), 3);
        assert_eq!((all.clone().count($handle).await?, one.clone().exists($handle).await?), (3, true));
        let titles = one.values(|p| (p.title, p.views_count));
        assert_eq!(titles.clone().fetch_all($handle).await?, [("Title".to_owned(), 0)]);
        assert_eq!(titles.clone().get($handle).await?, titles.clone().fetch_one($handle).await?);
        assert_eq!(titles.clone().first($handle).await?, titles.clone().fetch_optional($handle).await?);
        assert_eq!(titles.fetch($handle).try_collect::<Vec<_>>().await?.len(), 1);

        assert_eq!(all.clone().update(|p| p.views_count.set(1), $handle).await?, 3);
        assert_eq!(all.clone().publish($handle).await?, 2);
        assert_eq!(all.clone().unpublish($handle).await?, 3);
        assert_eq!(all.clone().archive($handle).await?, 3);
        assert_eq!(all.clone().delete($handle).await?, 3);
        assert_eq!(all.clone().deleted().limit(1).restore($handle).await?, 1);
        assert_eq!(all.clone().restore_all($handle).await?, 2);
        assert!(other.hard_delete($handle).await?);
        assert_eq!(all.hard_delete($handle).await?, 2);
    }};
}

/// Runs the block as a task.
macro_rules! task {
    ($($body:tt)*) => {
        tokio::spawn(async move {
            $($body)*
            Result::<()>::Ok(())
        })
        .await
        .expect("the task does not panic")
        .expect("every method succeeds")
    };
}

async fn every_handle_of_the_library(db: Pool) {
    let pool = db.clone();
    task! { every_method!(&pool); };
    let pool = db.clone();
    task! {
        let mut connection = pool.acquire().await?;
        every_method!(&mut connection);
    };
    task! {
        let mut transaction = db.begin().await?;
        every_method!(&mut transaction);
        transaction.commit().await?;
    };
}

/// The driver's handles for one database.
macro_rules! every_handle_of_the_driver {
    ($pool:expr) => {{
        let pool = $pool.clone();
        task! { every_method!(&pool); };
        let pool = $pool.clone();
        task! {
            let mut pooled = pool.acquire().await?;
            every_method!(&mut pooled);
        };
        let pool = $pool.clone();
        task! {
            let mut pooled = pool.acquire().await?;
            let connection = &mut *pooled;
            every_method!(&mut *connection);
        };
        let pool = $pool.clone();
        task! {
            let mut transaction = pool.begin().await?;
            every_method!(&mut transaction);
            transaction.commit().await?;
        };
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let database = Database::sqlite().await;
    blog(&database.pool).await;
    every_handle_of_the_library(database.pool.clone()).await;
    let Pool::Sqlite(pool) = &database.pool else { panic!("SQLite") };
    every_handle_of_the_driver!(pool);
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn postgres() {
    let database = Database::postgres().await;
    blog(&database.pool).await;
    every_handle_of_the_library(database.pool.clone()).await;
    let Pool::Postgres(pool) = &database.pool else { panic!("PostgreSQL") };
    every_handle_of_the_driver!(pool);
    database.close().await;
}

/// Opening and closing can be part of a task too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pools() {
    task! {
        let pool = Pool::connect("sqlite::memory:").await?;
        let transaction = pool.begin().await?;
        transaction.rollback().await?;
        drop(pool.acquire().await?);
        model_runtime::clock::frozen(model_runtime::clock::now(), blog(&pool)).await;
        pool.close().await;
    };
}
