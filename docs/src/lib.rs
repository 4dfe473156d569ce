//! The book. Each chapter is a module here, so that `cargo test -p docs --doc` compiles and runs its code.
//!
//! Chapters that need a few tables take those of [`blog`] and [`magazine`].

// The book shows whole files of programs.
#![allow(clippy::needless_doctest_main)]

pub mod blog;
pub mod magazine;

/// Makes each chapter the documentation of a module.
macro_rules! chapters {
    ($($name:ident)*) => {$(
        #[doc = include_str!(concat!(stringify!($name), ".md"))]
        pub mod $name {}
    )*};
}

#[doc = include_str!("../../README.md")]
pub mod readme {}

chapters! {
    introduction
    tutorial
    models
    writing
    querysets
    relations
    aggregates
    pages
    versioned
    cached
    profiling
    timestamps
    soft_delete
    publishable
    seo
    searchable
    track_changes
    audited
    users
    permissions
    files
    web
    admin
    databases
    schema
    build_time_checks
    errors
    architecture
    adding_a_capability
    benchmarks
}
