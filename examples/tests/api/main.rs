//! The REST API over HTTP, on each database.

mod audit;
mod bad_input;
mod conditions;
mod guide;
mod pages;
mod server;
mod sessions;
