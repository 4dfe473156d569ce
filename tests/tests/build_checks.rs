//! The build-time check as a user meets it: a crate with a model and migrations, built by cargo. Whatever differs
//! between them stops the build, with an error under the field.

use std::path::{Path, PathBuf};
use std::process::Command;

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
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_checks");
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
                "[package]\nname = \"build-checks\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\n{dependency}\n{sqlx}\n\n[build-dependencies]\n{dependency}\n\n\
                 [profile.dev]\ndebug = \"line-tables-only\"\n"
            ),
        );
        this.write("Cargo.lock", &std::fs::read_to_string(root.join("Cargo.lock")).unwrap());
        this.write("src/lib.rs", MODEL);
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

    /// What cargo says where the build fails.
    fn build(&self, database_url: Option<&str>) -> Result<(), String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--offline", "--color", "never"]).current_dir(&self.folder);
        cargo.env("CARGO_TARGET_DIR", target).env_remove("MODEL_UNCHECKED").env_remove("SQLX_OFFLINE");
        match database_url {
            Some(url) => cargo.env("DATABASE_URL", url),
            None => cargo.env_remove("DATABASE_URL"),
        };
        let output = cargo.output().expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(text) }
    }

    /// Builds against another SQLite schema, which must fail.
    fn fails_with(&self, migration: &str) -> String {
        self.write("migrations/0001_notes.sql", migration);
        self.build(None).expect_err("the schema differs from the model")
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
    let project = Crate::new();
    project.build_script("");
    let error = project.build(None).expect_err("there is no schema");
    assert!(error.contains("`Note` cannot be checked: there is no schema to check it against"), "{error}");
    assert_eq!(error.matches("error: ").count(), 2, "one for the model, one of cargo's own: {error}");

    project.build_script("model_runtime::build::sqlite(\"migrations\");");
    project.write("migrations/0001_notes.sql", SQLITE);
    assert_eq!(project.build(None), Ok(()));

    let renamed = project.fails_with(&SQLITE.replace("title", "headline"));
    assert!(points_at(&renamed, "title"), "{renamed}");
    let retyped = project.fails_with(&SQLITE.replace("INT4", "TEXT"));
    assert!(points_at(&retyped, "urgency") && retyped.contains("i32"), "{retyped}");
    let nullable = project.fails_with(&SQLITE.replace("title TEXT NOT NULL", "title TEXT"));
    assert!(points_at(&nullable, "title") && nullable.contains("Option"), "{nullable}");
    let dropped = project.fails_with("CREATE TABLE others (id BLOB NOT NULL PRIMARY KEY)");
    assert!(dropped.contains("no such table: notes"), "{dropped}");

    project.write("src/lib.rs", &MODEL.replace("table = \"notes\"", "unchecked"));
    assert_eq!(project.build(None), Ok(()));
}
