//! The audit page, over HTTP.

mod access;
mod bad_input;
mod entry;
mod export;
mod list;
pub mod site;
mod walk;
