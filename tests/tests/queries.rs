//! What querysets compute: arithmetic in writes, figures of many rows and of groups.

#[path = "queries/aggregates.rs"]
mod aggregates;
#[path = "queries/arithmetic.rs"]
mod arithmetic;
#[path = "queries/many_to_many.rs"]
mod many_to_many;
#[path = "queries/relations.rs"]
mod relations;
#[path = "queries/versioned.rs"]
mod versioned;
