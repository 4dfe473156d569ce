//! Capabilities: one file each, named as its attribute. Core does not know them.

pub mod audit_log;
pub mod audited;
#[cfg(feature = "cache")]
pub mod cached;
#[cfg(feature = "users")]
pub mod permissions;
pub mod publishable;
mod search_terms;
pub mod searchable;
pub mod seo;
pub mod soft_delete;
pub mod timestamps;
pub mod track_changes;
#[cfg(feature = "users")]
pub mod user;
pub mod versioned;
