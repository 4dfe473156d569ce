//! The REST API over HTTP, on each database.

mod audit;
mod bad_input;
mod conditions;
mod docs;
mod guide;
mod pages;
mod server;
mod sessions;
