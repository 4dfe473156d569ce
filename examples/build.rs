//! Gives `sqlx::query!` a database to check the models against, and rebuilds when a migration changes.

fn main() {
    model_runtime::build::sqlite("migrations/sqlite");
    // `sqlx::migrate!` embeds these, but cargo does not see that it reads them.
    println!("cargo:rerun-if-changed=migrations/postgres");
}
