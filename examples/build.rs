//! The schema for the build-time checks, and which tests run.

use std::path::Path;

fn main() {
    model_runtime::build::sqlite("migrations/sqlite");
    // `sqlx::migrate!` embeds these, but cargo does not see that it reads them.
    println!("cargo:rerun-if-changed=migrations/postgres");

    println!("cargo:rerun-if-env-changed=TEST_POSTGRES_URL");
    println!("cargo:rustc-check-cfg=cfg(postgres_url)");
    if std::env::var_os("TEST_POSTGRES_URL").is_some_and(|url| !url.is_empty()) {
        println!("cargo:rustc-cfg=postgres_url");
    }
    println!("cargo:rerun-if-env-changed=TEST_CHROMEDRIVER");
    println!("cargo:rustc-check-cfg=cfg(chromedriver)");
    if std::env::var_os("TEST_CHROMEDRIVER").is_some_and(|path| !path.is_empty()) {
        println!("cargo:rustc-cfg=chromedriver");
    }
    println!("cargo:rustc-check-cfg=cfg(rust_blog)");
    if Path::new("../../shared/data/rust-blog").exists() {
        println!("cargo:rustc-cfg=rust_blog");
    }
}
