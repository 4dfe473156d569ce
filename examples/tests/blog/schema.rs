//! The migrations are what the models want.

use examples::blog::tables;
use model_runtime::schema;

use crate::program::{Blog, on_both};

/// Where it fails, run `MODEL_UNCHECKED=1 cargo build --bin blog`, then
/// `target/debug/blog schema --dialect sqlite > examples/migrations/sqlite/0001_blog.sql`, likewise `postgres`.
#[tokio::test]
async fn the_migrations_are_the_schema() {
    let blog = Blog::sqlite().await;
    for (dialect, migration) in [
        ("sqlite", include_str!("../../migrations/sqlite/0001_blog.sql")),
        ("postgres", include_str!("../../migrations/postgres/0001_blog.sql")),
    ] {
        assert_eq!(blog.text(&["schema", "--dialect", dialect]), migration);
    }
    blog.close().await;
}

on_both! {
    async fn a_migrated_database_has_no_difference(blog) {
        blog.text(&["stats"]);
        assert_eq!(schema::check(&tables(), blog.pool()).await.unwrap(), []);
    }
}
