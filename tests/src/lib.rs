//! The example schema that the tests work on, and the databases that they work in.

pub mod database;
pub mod fixtures;
pub mod models;
pub mod raw_sql;
pub mod recorded;
