//! For `build.rs`: the database that statements are checked against at build time.

use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;

/// Applies the SQLite migrations in `directory` (relative to the crate) to a fresh database in `OUT_DIR`, and has
/// the crate's statements checked against it. Call it from `build.rs`; nothing needs to be installed or running.
///
/// ```no_run
/// // all of `fn main()` in build.rs
/// model_runtime::build::sqlite("migrations");
/// ```
///
/// Where `DATABASE_URL` is set, or `SQLX_OFFLINE`, it does nothing: statements are then checked against that database, or against
/// `.sqlx`.
///
/// # Panics
/// Where a migration fails, with the reason: the build stops.
pub fn sqlite(directory: impl AsRef<Path>) {
    let directory = directory.as_ref();
    println!("cargo:rerun-if-changed={}", directory.display());
    for name in ["DATABASE_URL", "SQLX_OFFLINE", "MODEL_UNCHECKED"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    if std::env::var_os("DATABASE_URL").is_some() || std::env::var_os("SQLX_OFFLINE").is_some() {
        return;
    }
    let out = std::env::var("OUT_DIR")
        .expect("`model_runtime::build::sqlite` is for build.rs, where cargo sets OUT_DIR");
    let file = Path::new(&out).join("schema.db");
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            panic!("cannot replace {}: {error}", file.display())
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.unwrap_or_else(|error| panic!("cannot start a runtime to apply migrations: {error}"));
    if let Err(error) = runtime.block_on(migrate(directory, &file)) {
        panic!("cannot apply the migrations in {}: {error}", directory.display());
    }
    println!("cargo:rustc-env=DATABASE_URL=sqlite://{}", file.display());
}

async fn migrate(directory: &Path, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(true);
    let mut connection = options.connect().await?;
    Migrator::new(directory).await?.run(&mut connection).await?;
    sqlx::Connection::close(connection).await?;
    Ok(())
}
