//! The migrations are what the models want.

use std::collections::HashSet;

use examples::blog::tables;
use examples::shop;
use model_runtime::prelude::*;
use model_runtime::schema;

use crate::program::{Blog, on_both};

const MIGRATIONS: [(&str, Dialect); 2] = [("sqlite", Dialect::Sqlite), ("postgres", Dialect::Postgres)];

fn path(database: &str, name: &str) -> String {
    format!("{}/migrations/{database}/{name}.sql", env!("CARGO_MANIFEST_DIR"))
}

/// The migrations of a database. Users and the audit trail are common to both programs, and stand in the blog's.
fn migrations(dialect: Dialect) -> [(&'static str, String); 2] {
    let blog = schema::sql(&tables(), dialect).unwrap();
    let shop = schema::sql(&shop::tables(), dialect).unwrap();
    let common: HashSet<&str> = blog.trim_end().split("\n\n").collect();
    let of_the_shop_alone: Vec<&str> =
        shop.trim_end().split("\n\n").filter(|statement| !common.contains(statement)).collect();
    let shop = of_the_shop_alone.join("\n\n") + "\n";
    [("0001_blog", blog), ("0002_shop", shop)]
}

/// `MODEL_UNCHECKED=1 UPDATE_MIGRATIONS=1 cargo test -p examples --test blog the_migrations` writes them.
#[test]
fn the_migrations_are_the_schema() {
    for (database, dialect) in MIGRATIONS {
        for (name, wanted) in migrations(dialect) {
            if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
                std::fs::write(path(database, name), &wanted).unwrap();
            }
            let migration = std::fs::read_to_string(path(database, name)).unwrap();
            let differing = wanted.lines().zip(migration.lines()).find(|(wanted, found)| wanted != found);
            assert!(wanted == migration, "{}: {differing:?}", path(database, name));
        }
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
        assert_eq!(schema::check(&shop::tables(), blog.pool()).await.unwrap(), []);
    }
}
