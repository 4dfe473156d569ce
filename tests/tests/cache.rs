//! `#[cached]`: what is kept, and that nothing is served that was written since (rule 30).

#[path = "cache/kept.rs"]
mod kept;
#[path = "cache/other_processes.rs"]
mod other_processes;
#[path = "cache/races.rs"]
mod races;
#[path = "cache/transactions.rs"]
mod transactions;
#[path = "cache/writes.rs"]
mod writes;
