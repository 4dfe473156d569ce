//! The schema from the metadata.

use model_runtime::prelude::*;
use model_runtime::schema;
use tests::models::tables;
use tests::on_both;

/// The migration that the build-time checks use is what the models want. `UPDATE_MIGRATIONS=1` writes it.
#[test]
fn the_migration_is_the_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/0001_models.sql");
    let wanted = schema::sql(&tables(), Dialect::Sqlite).unwrap();
    if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), wanted);
}

on_both! {
    async fn made_tables_have_no_difference(db) {
        schema::create_tables(&tables(), &db).await.unwrap();
        schema::create_tables(&tables(), &db).await.unwrap();
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), []);
    }
}
