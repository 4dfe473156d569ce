//! The migrations are what the models want.

use examples::blog::tables;
use model_runtime::prelude::*;
use model_runtime::schema;

use crate::program::{Blog, on_both};

const MIGRATIONS: [(&str, Dialect); 2] = [("sqlite", Dialect::Sqlite), ("postgres", Dialect::Postgres)];

fn path(database: &str) -> String {
    format!("{}/migrations/{database}/0001_blog.sql", env!("CARGO_MANIFEST_DIR"))
}

/// `MODEL_UNCHECKED=1 UPDATE_MIGRATIONS=1 cargo test -p examples --test blog the_migrations` writes them.
#[test]
fn the_migrations_are_the_schema() {
    for (database, dialect) in MIGRATIONS {
        let wanted = schema::sql(&tables(), dialect).unwrap();
        if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
            std::fs::write(path(database), &wanted).unwrap();
        }
        let migration = std::fs::read_to_string(path(database)).unwrap();
        let differing = wanted.lines().zip(migration.lines()).find(|(wanted, found)| wanted != found);
        assert!(wanted == migration, "{}: {differing:?}", path(database));
    }
}

#[tokio::test]
async fn the_program_prints_it() {
    let blog = Blog::sqlite().await;
    for (database, dialect) in MIGRATIONS {
        let wanted = schema::sql(&tables(), dialect).unwrap();
        assert_eq!(blog.text(&["schema", "--dialect", database]), wanted);
        assert_eq!(
            blog.json(&["schema", "--dialect", database]),
            serde_json::json!({"dialect": database, "sql": wanted})
        );
    }
    blog.close().await;
}

on_both! {
    async fn a_migrated_database_has_no_difference(blog) {
        blog.text(&["stats"]);
        assert_eq!(schema::check(&tables(), blog.pool()).await.unwrap(), []);
    }
}
