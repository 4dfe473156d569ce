//! What the library does, once per database.

#[path = "behaviour/schema.rs"]
mod schema;
