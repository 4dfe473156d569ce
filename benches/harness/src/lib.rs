//! What all sides of the benchmark share: the cases, the rows, and the clock. It knows no database, so that a program
//! which wants another SQLite than this workspace can have it too.

mod case;
mod peer;
mod process;
mod rows;
mod run;
mod stream;

pub use case::{Case, Material};
pub use peer::{Change, Peer};
pub use process::{Answer, Request, serve};
pub use rows::{Draft, Editor, Last, LogEntry, SmallDraft, author, log, now};
pub use run::{Boxed, MIXED, PAGE, POSTS, Run, Sample, Sampler, UNCHANGED};
pub use stream::{Reading, stream};
// For `changes!`.
pub use serde_json;

/// Counts what is allocated, in every program that has this crate: each thread by itself, since counters that threads share would
/// slow down whoever allocates, and most of all whoever allocates on several.
#[global_allocator]
static ALLOCATOR: alloc_tracker::Allocator<std::alloc::System> = alloc_tracker::Allocator::system();
