//! The REST API and the audit page over HTTP, on each database.

mod audit;
mod audit_page;
mod bad_input;
mod browser;
mod conditions;
mod declared;
mod docs;
mod document;
mod guide;
mod life;
mod methods;
mod options;
mod pages;
mod permissions;
mod program;
mod related;
mod server;
mod sessions;
mod versioned;
