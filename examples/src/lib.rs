//! The models of the example programs, one module for each program.

pub mod blog;
