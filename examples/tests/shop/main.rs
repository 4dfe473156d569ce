//! The program `shop`, run as a person runs it, on each database; and the guide's shop on its models.

mod at_once;
mod commands;
mod errors;
mod guide;
mod program;
