//! Records under faults: killed processes, dropped futures, failing audit inserts, many writers at once.

#[path = "record_faults/cancellation.rs"]
mod cancellation;
#[path = "record_faults/faults.rs"]
mod faults;
#[path = "record_faults/isolation.rs"]
mod isolation;
#[path = "record_faults/kill.rs"]
mod kill;
#[path = "record_faults/load.rs"]
mod load;
#[path = "record_faults/refusals.rs"]
mod refusals;
#[path = "record_faults/replay.rs"]
mod replay;
#[path = "record_faults/writers.rs"]
mod writers;
