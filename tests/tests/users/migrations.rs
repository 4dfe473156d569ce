//! The migrations that the runtime ships for its users are the schema that its models want.

use model_runtime::prelude::*;
use model_runtime::users::{self, User};
use model_runtime::{TableDef, schema};
use tests::{on_both, raw_sql};

fn tables() -> Vec<&'static TableDef> {
    [User::table(), AuditLog::table()].into_iter().chain(users::tables()).collect()
}

fn migration(dialect: Dialect) -> (String, String) {
    let name = match dialect {
        Dialect::Sqlite => "users.sqlite.sql",
        Dialect::Postgres => "users.postgres.sql",
    };
    let path = format!("{}/../model-runtime/migrations/{name}", env!("CARGO_MANIFEST_DIR"));
    let wanted = schema::sql(&tables(), dialect).unwrap();
    if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    (std::fs::read_to_string(path).unwrap(), wanted)
}

#[test]
fn they_are_what_the_models_want() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let (shipped, wanted) = migration(dialect);
        assert_eq!(shipped, wanted, "run this test with UPDATE_MIGRATIONS=1");
    }
}

on_both! {
    async fn they_make_the_tables(db) {
        raw_sql::execute(&db, &migration(db.dialect()).0).await.unwrap();
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), []);
        User::manager().create_user(User::builder().email("jane@example.com").build(), None, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "users").await, 1);
    }
}
