//! What querysets compute: arithmetic in writes, figures of many rows and of groups.

#[path = "queries/aggregates.rs"]
mod aggregates;
#[path = "queries/arithmetic.rs"]
mod arithmetic;
#[path = "queries/bulk_create_new.rs"]
mod bulk_create_new;
#[path = "queries/bulk_update.rs"]
mod bulk_update;
#[path = "queries/exists.rs"]
mod exists;
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
#[path = "queries/on_delete.rs"]
mod on_delete;
#[path = "queries/pages.rs"]
mod pages;
#[path = "queries/raw.rs"]
mod raw;
#[path = "queries/relations.rs"]
mod relations;
#[path = "queries/search.rs"]
mod search;
#[path = "queries/statements.rs"]
mod statements;
#[path = "queries/union.rs"]
mod union;
#[path = "queries/update_returning.rs"]
mod update_returning;
#[path = "queries/upsert.rs"]
mod upsert;
#[path = "queries/versioned.rs"]
mod versioned;
