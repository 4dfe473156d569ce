//! The models of the example programs, a module for each program, and what the programs share.

pub mod blog;
pub mod blog_api;
pub mod database;
pub mod output;
pub mod paging;
pub mod shop;
pub mod writer;
