//! What a write says of itself before it writes, so that nothing that it changes is served from memory afterwards.
//!
//! Rows that are kept were read at a *stamp*: how often their table, or the row, was held. A write *holds* what it is about
//! to change: from then on nothing that was kept before is found, and nothing is kept until the hold is released. It is
//! released when the write is known to have ended. Where that is not known (a transaction of the caller's, a dropped
//! future, a lost connection) the hold ends by itself when the time is over for which what is read would be kept.
//!
//! A hold counts for every database of the process that has a table of that name. To keep too little is never wrong.

#[cfg(feature = "cache")]
mod hold;
#[cfg(not(feature = "cache"))]
#[path = "none.rs"]
mod hold;
#[cfg(feature = "cache")]
mod pools;
#[cfg(feature = "redis")]
mod redis;
mod touched;

#[cfg(feature = "cache")]
pub(crate) use hold::{Mark, Stamp, Tag, mark, stamp};
pub(crate) use hold::{during, hold};
#[cfg(feature = "cache")]
pub use pools::CachePool;
#[cfg(feature = "cache")]
pub(crate) use pools::Origin;
#[cfg(feature = "redis")]
pub(crate) use pools::shared;
#[cfg(feature = "redis")]
pub(crate) use redis::Shared;
#[cfg(feature = "redis")]
pub use redis::{Redis, share};
pub(crate) use touched::Touched;
