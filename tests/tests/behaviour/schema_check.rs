//! `schema::check`: every difference between the models and a live database, by column.

use model_runtime::prelude::*;
use model_runtime::schema::{self, Difference};
use tests::models::{Author, Category, Page, Post, Task, tables};
use tests::{on_both, raw_sql};

/// What `check` reports after statements that a hasty migration might have run.
async fn after(sql: &str, db: &Pool) -> Vec<String> {
    schema::create_tables(&tables(), db).await.unwrap();
    raw_sql::execute(db, sql).await.unwrap();
    differences(db).await
}

async fn differences(db: &Pool) -> Vec<String> {
    let differences = schema::check(&tables(), db).await.unwrap();
    differences.iter().map(Difference::to_string).collect()
}

/// The statement for each dialect.
fn by_dialect(db: &Pool, sqlite: &str, postgres: &str) -> String {
    if let Pool::Sqlite(_) = db { sqlite } else { postgres }.to_owned()
}

on_both! {
    async fn a_missing_table(db) {
        let problems = after("DROP TABLE tasks", &db).await;
        assert_eq!(problems, ["tasks is missing: no such table"]);
        raw_sql::execute(&db, "DROP TABLE pages").await.unwrap();
        let found = schema::check(&[Page::table(), Author::table()], &db).await.unwrap();
        let missing = Difference {
            table: "pages".to_owned(),
            column: None,
            problem: "is missing: no such table".to_owned(),
        };
        assert_eq!(found, [missing], "only the tables given are compared");
    }

    async fn a_missing_column_and_one_too_many(db) {
        let problems = after("ALTER TABLE tasks RENAME COLUMN completed TO finished", &db).await;
        assert_eq!(problems, ["tasks.completed is missing", "tasks.finished is not in the model"]);
        let found = schema::check(&[Task::table()], &db).await.unwrap();
        assert_eq!(found[0].column.as_deref(), Some("completed"));
    }

    async fn another_type(db) {
        let sql = by_dialect(
            &db,
            "DROP TABLE tasks; CREATE TABLE tasks (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \
             title VARCHAR(50) NOT NULL, completed INTEGER NOT NULL, removed_at TIMESTAMP); \
             CREATE UNIQUE INDEX tasks_title_key ON tasks (title) WHERE removed_at IS NULL; \
             CREATE INDEX tasks_removed_at_2bff_idx ON tasks (removed_at) WHERE removed_at IS NOT NULL",
            "ALTER TABLE tasks ALTER COLUMN title TYPE VARCHAR(50); \
             ALTER TABLE tasks ALTER COLUMN completed DROP DEFAULT; \
             ALTER TABLE tasks ALTER COLUMN completed TYPE INTEGER USING completed::integer",
        );
        let wanted = by_dialect(&db, "VARCHAR(50), the model wants TEXT", "character varying(50), the model wants text");
        let flag = by_dialect(&db, "INTEGER, the model wants BOOLEAN", "integer, the model wants boolean");
        let wanted = [format!("tasks.title is {wanted}"), format!("tasks.completed is {flag}")];
        assert_eq!(after(&sql, &db).await, wanted);
    }

    async fn another_length_or_scale(db) {
        let sql = by_dialect(
            &db,
            "PRAGMA writable_schema = ON; \
             UPDATE sqlite_master SET sql = replace(sql, 'VARCHAR(80)', 'VARCHAR(81)') WHERE name = 'pages'; \
             PRAGMA writable_schema = RESET",
            "ALTER TABLE pages ALTER COLUMN title TYPE VARCHAR(81); \
             ALTER TABLE everything ALTER COLUMN price TYPE NUMERIC(10, 3)",
        );
        let problems = after(&sql, &db).await;
        if let Pool::Sqlite(_) = db {
            assert_eq!(problems, ["pages.title is VARCHAR(81), the model wants VARCHAR(80)"]);
        } else {
            let wanted = [
                "pages.title is character varying(81), the model wants character varying(80)",
                "everything.price is numeric(10,3), the model wants numeric(10,2)",
            ];
            assert_eq!(problems, wanted);
        }
    }

    async fn a_column_that_may_or_may_not_be_null(db) {
        let sql = by_dialect(
            &db,
            "PRAGMA writable_schema = ON; \
             UPDATE sqlite_master SET sql = replace(replace(sql, '\"title\" TEXT NOT NULL', '\"title\" TEXT'), \
             '\"removed_at\" TIMESTAMP', '\"removed_at\" TIMESTAMP NOT NULL') WHERE name = 'tasks'; \
             PRAGMA writable_schema = RESET",
            "ALTER TABLE tasks ALTER COLUMN title DROP NOT NULL; ALTER TABLE tasks ALTER COLUMN removed_at SET NOT NULL",
        );
        let wanted = [
            "tasks.title is nullable, the model wants it NOT NULL",
            "tasks.removed_at is NOT NULL, the model wants it nullable",
        ];
        assert_eq!(after(&sql, &db).await, wanted);
    }

    async fn a_missing_index(db) {
        let problems = after("DROP INDEX tasks_title_key; DROP INDEX pages_by_title", &db).await;
        assert_eq!(problems, ["tasks lacks the index \"tasks_title_key\"", "pages lacks the index \"pages_by_title\""]);
    }

    async fn a_missing_trigger_or_companion_table(db) {
        let sql = by_dialect(&db, "DROP TRIGGER posts_slug_update", "DROP TRIGGER posts_slug_guard ON posts");
        let problems = after(&sql, &db).await;
        // PostgreSQL's trigger and function have one name, so that the function could hide the trigger.
        let wanted = by_dialect(&db, "posts_slug_update", "posts_slug_guard");
        assert_eq!(problems, [format!("posts lacks the trigger {wanted:?}")]);
        raw_sql::execute(&db, "DROP TABLE posts_slug_history").await.unwrap();
        let problems = differences(&db).await;
        assert!(problems.contains(&"posts lacks the table \"posts_slug_history\"".to_owned()), "{problems:?}");
    }

    async fn a_missing_check_or_foreign_key(db) {
        let sql = by_dialect(
            &db,
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(replace(sql, \
             ' CONSTRAINT \"pages_page_number_check\" CHECK (page_number >= 0)', ''), \
             ' CONSTRAINT \"pages_parent_id_fkey\" REFERENCES \"pages\" (\"id\") ON DELETE CASCADE', '') \
             WHERE name = 'pages'; PRAGMA writable_schema = RESET",
            "ALTER TABLE pages DROP CONSTRAINT pages_page_number_check, DROP CONSTRAINT pages_parent_id_fkey",
        );
        let wanted = [
            "pages.parent_id lacks the foreign key \"pages_parent_id_fkey\"",
            "pages.page_number lacks the check \"pages_page_number_check\"",
        ];
        assert_eq!(after(&sql, &db).await, wanted);
    }

    async fn differences_of_all_tables_come_at_once(db) {
        let sql = "ALTER TABLE categories RENAME COLUMN name TO label; DROP INDEX authors_email_key; DROP TABLE tasks";
        let wanted = [
            "authors lacks the index \"authors_email_key\"",
            "categories.name is missing",
            "categories.label is not in the model",
            "tasks is missing: no such table",
        ];
        assert_eq!(after(sql, &db).await, wanted);
        let found = schema::check(&[Category::table(), Post::table()], &db).await.unwrap();
        assert_eq!(found.len(), 2);
    }
}
