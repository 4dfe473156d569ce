//! The schema from the metadata: what is made, in which order, and what stands in the database then.

use model_runtime::prelude::*;
use model_runtime::{TableDef, schema};
use sqlx::AssertSqlSafe;
use tests::fixtures::refused_fields;
use tests::models::{Author, Category, Page, Post, Task, tables};
use tests::{on_both, raw_sql};

/// The migration that the build-time checks use is what the models want. `UPDATE_MIGRATIONS=1` writes it.
#[test]
fn the_migration_is_the_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/0001_models.sql");
    let wanted = schema::sql(&tables(), Dialect::Sqlite).unwrap();
    if std::env::var_os("UPDATE_MIGRATIONS").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap();
    assert!(found == wanted, "{path} is not what the models want: set UPDATE_MIGRATIONS=1");
}

/// One half of a circle.
#[mixins]
#[derive(Debug, Model)]
#[model(table = "hens", unchecked)]
struct Hen {
    #[belongs_to(Egg)]
    egg_id: Option<Uuid>,
}

/// The other half.
#[mixins]
#[derive(Debug, Model)]
#[model(table = "eggs", unchecked)]
struct Egg {
    #[belongs_to(Hen)]
    hen_id: Option<Uuid>,
}

/// A table that no database makes.
#[mixins]
#[derive(Debug, Model)]
#[model(table = "zombies", unchecked)]
struct Zombie {
    #[column(check = "((")]
    name: String,
}

fn position(sql: &str, table: &str) -> usize {
    sql.find(&format!("CREATE TABLE IF NOT EXISTS \"{table}\"")).unwrap_or_else(|| panic!("{table} is made"))
}

#[test]
fn tables_come_after_those_they_refer_to() {
    let orders: [[&'static TableDef; 3]; 3] = [
        [Post::table(), Author::table(), Category::table()],
        [Category::table(), Post::table(), Author::table()],
        [Author::table(), Category::table(), Post::table()],
    ];
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        for order in orders {
            let sql = schema::sql(&order, dialect).unwrap();
            let posts = position(&sql, "posts");
            assert!(position(&sql, "authors") < posts && position(&sql, "categories") < posts);
            assert!(
                posts < position(&sql, "posts_slug_history"),
                "what stands beside a table comes after it"
            );
        }
        // A table that refers to itself needs no other; one that is given twice is made once.
        let sql = schema::sql(&[Page::table(), Page::table()], dialect).unwrap();
        assert_eq!(sql.matches("CREATE TABLE").count(), 1);
    }
}

#[test]
fn references_that_cannot_be_met_are_explained() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let error = schema::sql(&[Post::table(), Author::table()], dialect).unwrap_err().to_string();
        assert_eq!(
            error,
            "the schema is not valid: posts refers to \"categories\", which is not among the tables given"
        );
        let error = schema::sql(&[Hen::table(), Egg::table()], dialect).unwrap_err().to_string();
        assert_eq!(
            error,
            "the schema is not valid: hens refers to \"eggs\", which in turn refers to it; \
             eggs refers to \"hens\", which in turn refers to it"
        );
    }
}

/// The statement that made an index, in PostgreSQL's words or as it was written.
async fn index(db: &Pool, name: &str) -> String {
    let sql = match db {
        Pool::Sqlite(_) => format!("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = '{name}'"),
        Pool::Postgres(_) => format!(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = '{name}'"
        ),
    };
    raw_sql::value::<String>(db, &sql).await.replace('"', "")
}

on_both! {
    async fn made_tables_have_no_difference(db) {
        schema::create_tables(&tables(), &db).await.unwrap();
        schema::create_tables(&tables(), &db).await.unwrap();
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), []);
    }

    async fn making_tables_again_keeps_their_rows(db) {
        schema::create_tables(&[Task::table()], &db).await.unwrap();
        Task::builder().title("kept").create(&db).await.unwrap();
        schema::create_tables(&[Task::table(), Page::table()], &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "tasks").await, 1);
        assert_eq!(raw_sql::count(&db, "pages").await, 0);
    }

    async fn all_tables_are_made_or_none(db) {
        let made = schema::create_tables(&[Task::table(), Zombie::table(), Page::table()], &db).await;
        assert!(matches!(made, Err(Error::Database(_))));
        let refused = schema::create_tables(&[Task::table(), Post::table()], &db).await;
        assert_eq!(refused_fields(refused).len(), 2, "authors and categories");
        for table in ["tasks", "pages", "zombies", "posts"] {
            let error =
                raw_sql::execute(&db, &format!("SELECT 1 FROM {table}")).await.unwrap_err().to_string();
            assert!(error.contains(table), "{error}");
        }
    }

    async fn the_sql_for_a_migration_makes_the_same_tables(db) {
        let sql = schema::sql(&tables(), db.dialect()).unwrap();
        raw_sql::execute(&db, &sql).await.unwrap();
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), []);
        raw_sql::execute(&db, &sql).await.unwrap();
    }

    async fn indexes_descend_stand_on_expressions_and_are_partial(db) {
        schema::create_tables(&tables(), &db).await.unwrap();
        let by_title = index(&db, "pages_by_title").await;
        assert!(by_title.contains("(title, page_number DESC)") && !by_title.contains("UNIQUE"), "{by_title}");
        let any_case = index(&db, "pages_of_any_case").await.to_lowercase();
        assert!(any_case.contains("(lower(") && any_case.contains(" where "), "{any_case}");
        assert!(any_case.contains("page_number > 0"), "{any_case}");
        let unique = index(&db, "pages_parent_id_page_number_key").await;
        assert!(unique.contains("CREATE UNIQUE INDEX"), "{unique}");
        let live = index(&db, "tasks_title_key").await;
        assert!(live.contains("UNIQUE") && live.contains("removed_at IS NULL"), "{live}");
        let emails = index(&db, "authors_email_key").await;
        assert!(emails.contains("UNIQUE") && emails.contains("lower("), "{emails}");
    }

    async fn an_index_serves_the_default_order(db) {
        schema::create_tables(&tables(), &db).await.unwrap();
        let list = Category::objects().limit(20).sql(db.dialect());
        let plan: Vec<String> = match &db {
            Pool::Sqlite(pool) => {
                let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", list.text()));
                let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(pool).await.unwrap();
                rows.into_iter().map(|row| row.3).collect()
            }
            Pool::Postgres(pool) => {
                // A table without rows is read as a whole, unless that is forbidden.
                let mut transaction = pool.begin().await.unwrap();
                sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut *transaction).await.unwrap();
                let sql = AssertSqlSafe(format!("EXPLAIN {}", list.text()));
                sqlx::query_scalar(sql).fetch_all(&mut *transaction).await.unwrap()
            }
        };
        let plan = plan.join("\n");
        assert!(plan.contains("categories_created_at_desc_id_desc_idx"), "{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
    }

    async fn the_schema_holds_for_those_who_write_past_the_library(db) {
        schema::create_tables(&tables(), &db).await.unwrap();
        let insert =
            |values: &str| format!("INSERT INTO pages (parent_id, page_number, title) VALUES ({values})");
        raw_sql::execute(&db, &insert("NULL, 1, 'a'")).await.unwrap();
        for refused in ["NULL, -1, 'b'", "99, 1, 'b'", "NULL, NULL, 'b'", "NULL, 1, NULL"] {
            assert!(raw_sql::execute(&db, &insert(refused)).await.is_err(), "{refused}");
        }
        assert_eq!(raw_sql::count(&db, "pages").await, 1);
    }
}

/// Doc comments are the comments of PostgreSQL's schema.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn doc_comments_become_comments_in_postgresql() {
    let database = tests::database::Database::postgres().await;
    let db = &database.pool;
    schema::create_tables(&tables(), db).await.unwrap();
    let table = raw_sql::value::<String>(db, "SELECT obj_description('pages'::regclass)").await;
    assert_eq!(
        table,
        "A page of a manual: a tree, a unique constraint on two columns, and indexes of every kind."
    );
    let comments = "SELECT COALESCE(col_description(attrelid, attnum), '') FROM pg_attribute \
                    WHERE attrelid = 'pages'::regclass AND attnum > 0 ORDER BY attnum";
    let comments = raw_sql::column::<String>(db, comments).await;
    let wanted = [
        "The key.",
        "The page that it is part of; it's \"the root\" where there is none.",
        "Its place among its siblings.",
        "The heading.",
    ];
    assert_eq!(comments, wanted);
    // Fields without a comment have none in the schema.
    let none = raw_sql::column::<Option<String>>(
        db,
        "SELECT col_description(attrelid, attnum) FROM pg_attribute \
         WHERE attrelid = 'everything'::regclass AND attnum > 0",
    );
    assert!(none.await.iter().all(Option::is_none));
    database.close().await;
}
