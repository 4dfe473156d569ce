//! `schema::check`: foreign keys of the database that are not those of `#[belongs_to]`.

use model_runtime::prelude::*;
use model_runtime::schema::{self, Difference};
use tests::database::Database;
use tests::deletions::{Shelf, Volume, tables};
use tests::{on_both, raw_sql};

const SHELF: &str = "CONSTRAINT \"volumes_shelf_id_fkey\" REFERENCES \"shelves\" (\"id\") ON DELETE CASCADE";
const LOAN: &str = "CONSTRAINT \"loans_volume_id_fkey\" REFERENCES \"volumes\" (\"id\") ON DELETE RESTRICT";
const POINTER: &str =
    "CONSTRAINT \"pointers_volume_id_fkey\" REFERENCES \"volumes\" (\"id\") ON DELETE SET NULL";
const SUMMARY: &str =
    "CONSTRAINT \"summaries_volume_id_fkey\" REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION";
const QUOTE: &str =
    "CONSTRAINT \"quotes_volume_id_fkey\" REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION";

/// What `check` reports after a migration that somebody changed by hand.
async fn after(changes: &[(&str, &str)], db: &Pool) -> Vec<String> {
    let mut sql = schema::sql(&tables(), db.dialect()).unwrap();
    for (from, to) in changes {
        assert_eq!(sql.matches(from).count(), 1, "{from}");
        sql = sql.replace(from, to);
    }
    raw_sql::execute(db, &sql).await.unwrap();
    differences(db).await
}

async fn differences(db: &Pool) -> Vec<String> {
    let differences = schema::check(&tables(), db).await.unwrap();
    differences.iter().map(Difference::to_string).collect()
}

/// A table whose name has to be quoted.
#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "Order", id = i64, unchecked)]
struct Order {}

/// And one that refers to it.
#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "Select", id = i64, unchecked)]
struct Line {
    #[belongs_to(Order, on_delete = cascade)]
    #[column(name = "From")]
    order_id: i64,
    /// Refers to nothing, as far as the model knows.
    other_id: i64,
}

on_both! {
    async fn all_are_as_the_attributes_say(db) {
        assert_eq!(after(&[], &db).await, [""; 0]);
    }

    async fn it_does_not_matter_how_they_are_written(db) {
        let changes = [
            (SHELF, "REFERENCES Shelves ON DELETE CASCADE"),
            (LOAN, "CONSTRAINT lent references VOLUMES (ID) on delete restrict ON UPDATE CASCADE"),
            (QUOTE, ", FOREIGN KEY (volume_id) REFERENCES volumes (id) DEFERRABLE INITIALLY DEFERRED"),
        ];
        assert_eq!(after(&changes, &db).await, [""; 0]);
    }

    async fn another_action(db) {
        let change = |from: &str, action: &str| {
            let to = from.rsplit_once(" ON DELETE ").unwrap().0;
            format!("{to} ON DELETE {action}")
        };
        let changed = [
            (SHELF, change(SHELF, "SET NULL")),
            (LOAN, change(LOAN, "CASCADE")),
            (POINTER, change(POINTER, "RESTRICT")),
            (SUMMARY, change(SUMMARY, "SET DEFAULT")),
            (QUOTE, change(QUOTE, "RESTRICT")),
        ];
        let changes = changed.each_ref().map(|(from, to)| (*from, to.as_str()));
        let wanted = [
            // The field is no `Option`, so `set_null` is no cure.
            "volumes.shelf_id has the foreign key REFERENCES \"shelves\" (\"id\") ON DELETE SET NULL, \
             Volume.shelf_id wants REFERENCES \"shelves\" (\"id\") ON DELETE CASCADE: change it in a migration",
            "loans.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE CASCADE, \
             Loan.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE RESTRICT: \
             change it in a migration, or the field to on_delete = cascade",
            "pointers.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE RESTRICT, \
             Pointer.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE SET NULL: \
             change it in a migration, or the field to on_delete = protect",
            "summaries.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE SET DEFAULT, \
             Summary.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION: change it in a migration",
            "quotes.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE RESTRICT, \
             Quote.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION: \
             change it in a migration, or the field to on_delete = protect",
        ];
        assert_eq!(after(&changes, &db).await, wanted);
    }

    async fn a_forgotten_action(db) {
        let changes = [(POINTER, "REFERENCES volumes"), (LOAN, "REFERENCES volumes")];
        let found = after(&changes, &db).await;
        let cure = "change it in a migration, or the field to on_delete = restrict or do_nothing";
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|it| it.contains("has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION, ") && it.ends_with(cure)), "{found:?}");
    }

    async fn another_table_or_column(db) {
        let changes = [
            (LOAN, "REFERENCES shelves (id) ON DELETE RESTRICT"),
            ("EXISTS \"shelves\" (", "EXISTS \"shelves\" (code UUID UNIQUE, "),
            (SHELF, "REFERENCES shelves (code) ON DELETE CASCADE"),
        ];
        let wanted = [
            "shelves.code is not in the model",
            "volumes.shelf_id has the foreign key REFERENCES \"shelves\" (\"code\") ON DELETE CASCADE, \
             Volume.shelf_id wants REFERENCES \"shelves\" (\"id\") ON DELETE CASCADE: \
             change it in a migration, or the model that #[belongs_to] names",
            "loans.volume_id has the foreign key REFERENCES \"shelves\" (\"id\") ON DELETE RESTRICT, \
             Loan.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE RESTRICT: \
             change it in a migration, or the model that #[belongs_to] names",
        ];
        assert_eq!(after(&changes, &db).await, wanted);
    }

    async fn none_at_all(db) {
        let missing = Difference {
            table: "loans".to_owned(),
            column: Some("volume_id".to_owned()),
            problem: "lacks the foreign key \"loans_volume_id_fkey\": Loan.volume_id wants \
                      REFERENCES \"volumes\" (\"id\") ON DELETE RESTRICT, add it in a migration".to_owned(),
        };
        // A key of two columns is not that of the field; nor is the name of a constraint that is none.
        let changes = [
            (LOAN, "CONSTRAINT loans_volume_id_fkey CHECK (volume_id IS NOT NULL), \
                    FOREIGN KEY (volume_id, reader) REFERENCES volumes (id, title) ON DELETE RESTRICT"),
            ("EXISTS \"volumes\" (", "EXISTS \"volumes\" (UNIQUE (id, title), "),
        ];
        // SQLite wants constraints behind the columns.
        let changes = if let Pool::Sqlite(_) = db { &[(LOAN, "/* loans_volume_id_fkey */")][..] } else { &changes[..] };
        assert_eq!(after(changes, &db).await, [missing.to_string()]);
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), [missing]);
    }

    async fn several_on_one_column(db) {
        let twice = format!("{LOAN} REFERENCES volumes (id) ON DELETE RESTRICT");
        let beside = format!("{POINTER} REFERENCES volumes (id) ON DELETE CASCADE");
        let wrong = "REFERENCES volumes (id) ON DELETE CASCADE REFERENCES volumes (id) ON DELETE SET NULL";
        let mut found = after(&[(LOAN, &twice), (POINTER, &beside), (SUMMARY, wrong)], &db).await;
        found[1..].sort();
        let wanted = [
            "pointers.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE CASCADE, \
             Pointer.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE SET NULL: drop it in a migration",
            "summaries.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE CASCADE, \
             Summary.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION: \
             change it in a migration, or the field to on_delete = cascade",
            "summaries.volume_id has the foreign key REFERENCES \"volumes\" (\"id\") ON DELETE SET NULL, \
             Summary.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE NO ACTION: change it in a migration",
        ];
        assert_eq!(found, wanted);
    }

    async fn names_that_are_quoted_and_a_key_without_an_attribute(db) {
        let tables = [Order::table(), Line::table()];
        let sql = schema::sql(&tables, db.dialect()).unwrap();
        raw_sql::execute(&db, &sql).await.unwrap();
        assert_eq!(schema::check(&tables, &db).await.unwrap(), []);
        raw_sql::execute(&db, "DROP TABLE \"Select\"").await.unwrap();
        let sql = sql.replace("ON DELETE CASCADE", "");
        let sql = sql.replacen("\"other_id\" BIGINT", "\"other_id\" BIGINT REFERENCES \"Order\"", 1);
        let sql = sql.replacen("\"other_id\" INTEGER", "\"other_id\" INTEGER REFERENCES \"Order\"", 1);
        raw_sql::execute(&db, &sql).await.unwrap();
        let found: Vec<String> = schema::check(&tables, &db).await.unwrap().iter().map(Difference::to_string).collect();
        let wanted = [
            "Select.From has the foreign key REFERENCES \"Order\" (\"id\") ON DELETE NO ACTION, \
             Line.order_id wants REFERENCES \"Order\" (\"id\") ON DELETE CASCADE: \
             change it in a migration, or the field to on_delete = restrict or do_nothing",
            "Select.other_id has the foreign key REFERENCES \"Order\" (\"id\") ON DELETE NO ACTION, \
             Line.other_id wants none: drop it in a migration, or give the field #[belongs_to]",
        ];
        assert_eq!(found, wanted);
    }

    async fn a_missing_column_has_no_second_difference(db) {
        schema::create_tables(&[Shelf::table(), Volume::table()], &db).await.unwrap();
        raw_sql::execute(&db, "ALTER TABLE volumes RENAME COLUMN shelf_id TO shelf").await.unwrap();
        let found = schema::check(&[Shelf::table(), Volume::table()], &db).await.unwrap();
        let found: Vec<String> = found.iter().map(Difference::to_string).collect();
        assert_eq!(found, ["volumes.shelf_id is missing", "volumes.shelf is not in the model"]);
    }
}

/// PostgreSQL alone has schemas and partitions.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn other_schemas_and_partitions() {
    let database = Database::postgres().await;
    let db = &database.pool;
    let own = raw_sql::value::<String>(db, "SELECT current_schema()::text").await;
    let other = format!("{own}_other");
    let sql = format!(
        "CREATE SCHEMA {other}; CREATE TABLE {other}.volumes (id UUID PRIMARY KEY); \
         CREATE TABLE {other}.loans (volume_id UUID REFERENCES {other}.volumes ON DELETE CASCADE)"
    );
    raw_sql::execute(db, &sql).await.unwrap();
    let elsewhere = format!("REFERENCES {other}.volumes (id) ON DELETE SET NULL");
    let found = after(&[(POINTER, &elsewhere)], db).await;
    let wanted = format!(
        "pointers.volume_id has the foreign key REFERENCES \"{other}\".\"volumes\" (\"id\") ON DELETE SET NULL, \
         Pointer.volume_id wants REFERENCES \"volumes\" (\"id\") ON DELETE SET NULL: \
         change it in a migration, or the model that #[belongs_to] names"
    );
    assert_eq!(found, [wanted]);
    raw_sql::execute(db, &format!("DROP SCHEMA {other} CASCADE")).await.unwrap();

    let partitioned = "CREATE TABLE \"Order\" (id BIGINT PRIMARY KEY) PARTITION BY HASH (id); \
                       CREATE TABLE one PARTITION OF \"Order\" FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
                       CREATE TABLE two PARTITION OF \"Order\" FOR VALUES WITH (MODULUS 2, REMAINDER 1)";
    raw_sql::execute(db, partitioned).await.unwrap();
    let tables = [Order::table(), Line::table()];
    raw_sql::execute(db, &schema::sql(&tables, db.dialect()).unwrap()).await.unwrap();
    assert_eq!(schema::check(&tables, db).await.unwrap(), []);
    database.close().await;
}
