//! The program `blog`, run as a person runs it, on each database.

mod authors;
mod commands;
mod errors;
mod feature;
mod guide;
mod import;
mod program;
mod records;
#[cfg(rust_blog)]
mod rust_blog;
mod schema;
mod topics;
mod users;
