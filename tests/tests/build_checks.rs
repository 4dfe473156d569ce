//! The build-time check as a user meets it: a crate with a model and migrations, built by cargo. Whatever differs
//! between them stops the build, with an error under the field.

use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::{AssertSqlSafe, Connection, Executor};
use tests::database::Database;

const MODEL: &str = r#"//! A crate with a model.
use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(table = "notes")]
pub struct Note {
    pub id: Uuid,
    pub title: String,
    pub urgency: i32,
}
"#;

const SQLITE: &str =
    "CREATE TABLE notes (id BLOB NOT NULL PRIMARY KEY, title TEXT NOT NULL, urgency INT4 NOT NULL)";

/// A crate beside the test's other artefacts. It shares the target folder and the lock file with the workspace, so that
/// the dependencies are not built again.
struct Crate {
    folder: PathBuf,
}

impl Crate {
    fn new(name: &str, source: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_checks").join(name);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let this = Self { folder };
        let dependency = format!(
            "model-runtime = {{ path = {:?}, default-features = false, features = [\"sqlite\", \"postgres\"] }}",
            root.join("model-runtime")
        );
        let sqlx = "sqlx = { version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\", \
                    \"runtime-tokio\", \"uuid\", \"chrono\", \"json\", \"sqlite\", \"postgres\"] }";
        this.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\n{dependency}\n{sqlx}\n\n[build-dependencies]\n{dependency}\n\n\
                 [profile.dev]\ndebug = \"line-tables-only\"\n"
            ),
        );
        this.write("Cargo.lock", &std::fs::read_to_string(root.join("Cargo.lock")).unwrap());
        this.write("src/lib.rs", source);
        this
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Has a build script with this body.
    fn build_script(&self, body: &str) {
        self.write("build.rs", &format!("fn main() {{ {body} }}\n"));
    }

    /// What cargo says where the build fails, with these variables in its environment.
    fn build(&self, variables: &[(&str, &str)]) -> Result<(), String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--offline", "--color", "never"]).current_dir(&self.folder);
        for name in ["DATABASE_URL", "MODEL_UNCHECKED", "SQLX_OFFLINE", "SQLX_OFFLINE_DIR"] {
            cargo.env_remove(name);
        }
        cargo.env("CARGO_TARGET_DIR", target).envs(variables.iter().copied());
        let output = cargo.output().expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(text) }
    }

    /// Builds against another SQLite schema, which must fail.
    fn fails_with(&self, migration: &str) -> String {
        self.write("migrations/0001_notes.sql", migration);
        self.build(&[]).expect_err("the schema differs from the model")
    }
}

/// The place where cargo points for a field, by its name or by its type.
fn places(field: &str) -> [String; 2] {
    let (line, text) = MODEL.lines().enumerate().find(|(_, line)| line.contains(field)).expect("a field");
    let column = |part: &str| text.find(part).expect("it is there") + 1;
    let ty = text.split(": ").nth(1).expect("a type");
    [column(field), column(ty)].map(|column| format!("src/lib.rs:{}:{column}\n", line + 1))
}

fn points_at(error: &str, field: &str) -> bool {
    places(field).iter().any(|place| error.contains(place.as_str()))
}

#[test]
fn a_schema_that_differs_stops_the_build_at_the_field() {
    let project = Crate::new("checked-columns", MODEL);
    project.build_script("");
    let error = project.build(&[]).expect_err("there is no schema");
    assert!(error.contains("`Note` cannot be checked: there is no schema to check it against"), "{error}");
    assert_eq!(error.matches("error: ").count(), 2, "one for the model, one of cargo's own: {error}");

    project.build_script("model_runtime::build::sqlite(\"migrations\");");
    project.write("migrations/0001_notes.sql", SQLITE);
    assert_eq!(project.build(&[]), Ok(()));

    let renamed = project.fails_with(&SQLITE.replace("title", "headline"));
    assert!(points_at(&renamed, "title"), "{renamed}");
    let retyped = project.fails_with(&SQLITE.replace("INT4", "TEXT"));
    assert!(points_at(&retyped, "urgency") && retyped.contains("i32"), "{retyped}");
    let nullable = project.fails_with(&SQLITE.replace("title TEXT NOT NULL", "title TEXT"));
    assert!(points_at(&nullable, "title") && nullable.contains("Option"), "{nullable}");
    let dropped = project.fails_with("CREATE TABLE others (id BLOB NOT NULL PRIMARY KEY)");
    assert!(dropped.contains("no such table: notes"), "{dropped}");

    project.write("src/lib.rs", &MODEL.replace("table = \"notes\"", "unchecked"));
    assert_eq!(project.build(&[]), Ok(()));
}

const PAGE: &str = r#"//! A crate with a model.
use model_runtime::Json;
use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(table = "pages")]
#[seo(slug = title)]
pub struct Page {
    pub title: String,
    pub views: i32,
    pub data: Json<Vec<i64>>,
}
"#;

/// The schema of `PAGE`, on a database with these types.
fn pages(uuid: &str, json: &str) -> String {
    format!(
        "CREATE TABLE pages (id {uuid} NOT NULL PRIMARY KEY, title TEXT NOT NULL, views INT4 NOT NULL,
            data {json} NOT NULL, slug VARCHAR NOT NULL, seo_title VARCHAR NOT NULL, seo_description VARCHAR NOT NULL,
            seo_keywords VARCHAR NOT NULL);
        CREATE UNIQUE INDEX pages_slug_key ON pages (slug);
        CREATE TABLE pages_slug_history (slug TEXT NOT NULL PRIMARY KEY, object_id {uuid} NOT NULL);"
    )
}

#[test]
fn a_schema_that_takes_no_writes_stops_the_build_on_sqlite() {
    let project = Crate::new("checked-writes", PAGE);
    project.build_script("model_runtime::build::sqlite(\"migrations\");");
    let schema = pages("BLOB", "TEXT");
    project.write("migrations/0001_notes.sql", &schema);
    assert_eq!(project.build(&[]), Ok(()));

    let of_no_use = |event: &str| {
        format!("{schema} CREATE TRIGGER t AFTER {event} ON pages BEGIN INSERT INTO gone VALUES (1); END;")
    };
    let generated = schema.replace("INT4 NOT NULL", "INT4 NOT NULL GENERATED ALWAYS AS (1) VIRTUAL");
    for (migration, error) in [
        (
            schema.replace("UNIQUE INDEX", "INDEX"),
            "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE",
        ),
        (schema.replace("pages_slug_history", "others"), "no such table: pages_slug_history"),
        (generated, "cannot INSERT into generated column"),
        (of_no_use("INSERT"), "no such table: main.gone"),
        (of_no_use("UPDATE OF views"), "no such table: main.gone"),
        (of_no_use("DELETE"), "no such table: main.gone"),
    ] {
        let text = project.fails_with(&migration);
        assert!(text.contains(error), "{error}: {text}");
    }
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_schema_that_differs_stops_the_build_on_postgres() {
    let database = Database::postgres().await;
    let mut connection = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let project = Crate::new("checked-on-postgres", PAGE);
    project.build_script("");
    let schema = pages("UUID", "JSONB");
    for (schema, error) in [
        (schema.clone(), None),
        (schema.replace("views", "visits"), Some("no field `views`")),
        (schema.replace("INT4 NOT NULL", "INT4"), Some("Option")),
        (
            schema.replace("pages_slug_history", "others"),
            Some("relation \"pages_slug_history\" does not exist"),
        ),
        (
            schema.replace("INT4 NOT NULL", "INT4 NOT NULL GENERATED ALWAYS AS (1) STORED"),
            Some("cannot insert a non-DEFAULT value into column \"views\""),
        ),
        (schema.replace("JSONB", "JSON"), Some("operator does not exist: json = json")),
    ] {
        let fresh = "DROP TABLE IF EXISTS pages, pages_slug_history, others;";
        connection.execute(AssertSqlSafe(format!("{fresh} {schema}"))).await.unwrap();
        // The database is none of the files by which cargo tells that the crate has changed.
        project.write("src/lib.rs", &format!("{PAGE}// {}\n", schema.replace('\n', " ")));
        match error {
            None => assert_eq!(project.build(&[("DATABASE_URL", &database.url)]), Ok(())),
            Some(error) => {
                let text = project.build(&[("DATABASE_URL", &database.url)]).expect_err(error);
                assert!(text.contains(error), "{error}: {text}");
            }
        }
    }
    connection.close().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn what_was_prepared_is_checked_without_a_database() {
    let database = Database::sqlite().await;
    let mut connection = sqlx::SqliteConnection::connect(&database.url).await.unwrap();
    connection.execute(AssertSqlSafe(pages("BLOB", "TEXT"))).await.unwrap();
    let project = Crate::new("checked-offline", PAGE);
    project.build_script("");
    let prepared = project.folder.join(".sqlx");
    let _ = std::fs::remove_dir_all(&prepared);
    std::fs::create_dir_all(&prepared).unwrap();
    let folder = prepared.to_str().expect("a path in UTF-8");
    // As `cargo sqlx prepare` calls cargo, which tells by the source that the crate has changed, not by these variables.
    let run = &database.url;
    project.write("src/lib.rs", &format!("{PAGE}// before: {run}\n"));
    assert_eq!(project.build(&[("DATABASE_URL", &database.url), ("SQLX_OFFLINE_DIR", folder)]), Ok(()));
    assert!(std::fs::read_dir(&prepared).unwrap().next().is_some());
    project.write("src/lib.rs", &format!("{PAGE}// after: {run}\n"));
    assert_eq!(project.build(&[]), Ok(()));

    project.write("src/lib.rs", &PAGE.replace("views", "visits"));
    let error = project.build(&[("SQLX_OFFLINE", "true")]).expect_err("that was not prepared");
    assert!(error.contains("there is no cached data for this query"), "{error}");
    connection.close().await.unwrap();
    database.close().await;
}
