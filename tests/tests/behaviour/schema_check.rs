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

/// Makes a SQLite table anew, with another text in the statement that makes it; SQLite alters little.
async fn rebuilt(db: &Pool, table: &str, changes: &[(&str, &str)]) -> Vec<String> {
    schema::create_tables(&tables(), db).await.unwrap();
    let sql = format!("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'");
    let mut sql = raw_sql::value::<String>(db, &sql).await;
    for (from, to) in changes {
        assert!(sql.contains(from), "{sql}");
        sql = sql.replace(from, to);
    }
    raw_sql::execute(db, &format!("DROP TABLE {table}; {sql}")).await.unwrap();
    schema::create_tables(&tables(), db).await.unwrap();
    differences(db).await
}

/// The text for each dialect.
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
        if let Pool::Sqlite(_) = db {
            let changes = [
                ("\"title\" TEXT", "\"title\" VARCHAR(50)"),
                ("\"completed\" BOOLEAN", "\"completed\" INTEGER"),
            ];
            let wanted = [
                "tasks.title is VARCHAR(50), the model wants TEXT",
                "tasks.completed is INTEGER, the model wants BOOLEAN",
            ];
            assert_eq!(rebuilt(&db, "tasks", &changes).await, wanted);
            return;
        }
        let sql = "ALTER TABLE tasks ALTER COLUMN title TYPE VARCHAR(50), \
                   ALTER COLUMN completed DROP DEFAULT, \
                   ALTER COLUMN completed TYPE INTEGER USING completed::integer; \
                   ALTER TABLE pages ALTER COLUMN title TYPE VARCHAR(81); \
                   ALTER TABLE everything ALTER COLUMN price TYPE NUMERIC(10, 3)";
        let wanted = [
            "tasks.title is character varying(50), the model wants text",
            "tasks.completed is integer, the model wants boolean",
            "pages.title is character varying(81), the model wants character varying(80)",
            "everything.price is numeric(10,3), the model wants numeric(10,2)",
        ];
        assert_eq!(after(sql, &db).await, wanted);
    }

    async fn a_column_that_may_or_may_not_be_null(db) {
        let changes = [
            ("\"title\" TEXT NOT NULL", "\"title\" TEXT"),
            ("\"removed_at\" TIMESTAMP", "\"removed_at\" TIMESTAMP NOT NULL"),
        ];
        let problems = match &db {
            Pool::Sqlite(_) => rebuilt(&db, "tasks", &changes).await,
            Pool::Postgres(_) => {
                let sql = "ALTER TABLE tasks ALTER COLUMN title DROP NOT NULL, \
                           ALTER COLUMN removed_at SET NOT NULL";
                after(sql, &db).await
            }
        };
        let wanted = [
            "tasks.title is nullable, the model wants it NOT NULL",
            "tasks.removed_at is NOT NULL, the model wants it nullable",
        ];
        assert_eq!(problems, wanted);
    }

    async fn a_missing_check_or_foreign_key(db) {
        let changes = [
            (
                " CONSTRAINT \"pages_page_number_check\" CHECK (\"page_number\" BETWEEN -2147483648 AND 2147483647 AND (page_number >= 0))",
                "",
            ),
            (" CONSTRAINT \"pages_parent_id_fkey\" REFERENCES \"pages\" (\"id\") ON DELETE CASCADE", ""),
        ];
        let problems = match &db {
            Pool::Sqlite(_) => rebuilt(&db, "pages", &changes).await,
            Pool::Postgres(_) => {
                let sql = "ALTER TABLE pages DROP CONSTRAINT pages_page_number_check, \
                           DROP CONSTRAINT pages_parent_id_fkey";
                after(sql, &db).await
            }
        };
        let wanted = [
            "pages.parent_id lacks the foreign key \"pages_parent_id_fkey\": Page.parent_id wants \
             REFERENCES \"pages\" (\"id\") ON DELETE CASCADE, add it in a migration",
            "pages.page_number lacks the check \"pages_page_number_check\"",
        ];
        assert_eq!(problems, wanted);
    }

    async fn a_missing_index(db) {
        let problems = after("DROP INDEX tasks_title_key; DROP INDEX pages_by_title", &db).await;
        assert_eq!(
            problems,
            ["tasks lacks the index \"tasks_title_key\"", "pages lacks the index \"pages_by_title\""]
        );
    }

    async fn a_missing_trigger_or_companion_table(db) {
        let sql = by_dialect(&db, "DROP TRIGGER posts_slug_update", "DROP TRIGGER posts_slug_guard ON posts");
        let problems = after(&sql, &db).await;
        // On PostgreSQL its function, of the same name, is still there.
        let wanted = by_dialect(&db, "posts_slug_update", "posts_slug_guard");
        assert_eq!(problems, [format!("posts lacks the trigger {wanted:?}")]);
        raw_sql::execute(&db, "DROP TABLE posts_slug_history").await.unwrap();
        let problems = differences(&db).await;
        assert!(
            problems.contains(&"posts lacks the table \"posts_slug_history\"".to_owned()),
            "{problems:?}"
        );
    }

    async fn differences_of_all_tables_come_at_once(db) {
        let sql = "ALTER TABLE categories RENAME COLUMN name TO label; DROP INDEX authors_email_key; \
                   DROP TABLE tasks";
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
