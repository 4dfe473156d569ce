//! What querysets compute: arithmetic in writes, figures of many rows and of groups.

#[path = "queries/aggregates.rs"]
mod aggregates;
#[path = "queries/arithmetic.rs"]
mod arithmetic;
#[path = "queries/explain.rs"]
mod explain;
#[path = "queries/get_or_create.rs"]
mod get_or_create;
#[path = "queries/json.rs"]
mod json;
#[path = "queries/keyset.rs"]
mod keyset;
#[path = "queries/lock.rs"]
mod lock;
#[path = "queries/many_to_many.rs"]
mod many_to_many;
#[path = "queries/pages.rs"]
mod pages;
#[path = "queries/raw.rs"]
mod raw;
#[path = "queries/relations.rs"]
mod relations;
#[path = "queries/statements.rs"]
mod statements;
#[path = "queries/versioned.rs"]
mod versioned;
