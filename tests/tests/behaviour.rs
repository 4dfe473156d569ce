//! What the library does, once per database.

#[path = "behaviour/bulk_create.rs"]
mod bulk_create;
#[path = "behaviour/composition.rs"]
mod composition;
#[path = "behaviour/default_scope.rs"]
mod default_scope;
#[path = "behaviour/errors.rs"]
mod errors;
#[path = "behaviour/futures.rs"]
mod futures;
#[path = "behaviour/guide_managers.rs"]
mod guide_managers;
#[path = "behaviour/guide_models.rs"]
mod guide_models;
#[path = "behaviour/hooks.rs"]
mod hooks;
#[path = "behaviour/operators.rs"]
mod operators;
#[path = "behaviour/pools.rs"]
mod pools;
#[path = "behaviour/publishable.rs"]
mod publishable;
#[path = "behaviour/querysets.rs"]
mod querysets;
#[path = "behaviour/rows.rs"]
mod rows;
#[path = "behaviour/schema.rs"]
mod schema;
#[path = "behaviour/schema_check.rs"]
mod schema_check;
#[path = "behaviour/schema_foreign_keys.rs"]
mod schema_foreign_keys;
#[path = "behaviour/seo.rs"]
mod seo;
#[path = "behaviour/slug_history.rs"]
mod slug_history;
#[path = "behaviour/slug_races.rs"]
mod slug_races;
#[path = "behaviour/slugs.rs"]
mod slugs;
#[path = "behaviour/soft_delete.rs"]
mod soft_delete;
#[path = "behaviour/streams.rs"]
mod streams;
#[path = "behaviour/timestamps.rs"]
mod timestamps;
#[path = "behaviour/types.rs"]
mod types;
