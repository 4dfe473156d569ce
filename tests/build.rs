//! The schema for the build-time checks, and whether PostgreSQL's and Redis' tests run.

fn main() {
    model_runtime::build::sqlite("migrations");
    println!("cargo:rerun-if-env-changed=TEST_POSTGRES_URL");
    println!("cargo:rustc-check-cfg=cfg(postgres_url)");
    if std::env::var_os("TEST_POSTGRES_URL").is_some_and(|url| !url.is_empty()) {
        println!("cargo:rustc-cfg=postgres_url");
    }
    println!("cargo:rerun-if-env-changed=TEST_REDIS_URL");
    println!("cargo:rustc-check-cfg=cfg(redis_url)");
    if std::env::var_os("TEST_REDIS_URL").is_some_and(|url| !url.is_empty()) {
        println!("cargo:rustc-cfg=redis_url");
    }
}
