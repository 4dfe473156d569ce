//! The REST API over HTTP, on each database.

mod audit;
mod bad_input;
mod conditions;
mod docs;
mod guide;
mod methods;
mod pages;
mod permissions;
mod related;
mod server;
mod sessions;
mod versioned;
