//! The tables as SQL.

use std::fmt::{self, Display, Formatter};

use clap::ValueEnum;
use examples::blog;
use model_runtime::prelude::*;
use model_runtime::schema;
use serde::Serialize;

/// A database that the tables can be written for.
#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The statements that make the tables.
#[derive(Serialize)]
pub struct Schema {
    dialect: Dialect,
    sql: String,
}

/// The tables of the blog for one database.
pub fn of(dialect: Dialect) -> Result<Schema> {
    let target = match dialect {
        Dialect::Sqlite => model_runtime::Dialect::Sqlite,
        Dialect::Postgres => model_runtime::Dialect::Postgres,
    };
    let sql = schema::sql(&blog::tables(), target)?;
    Ok(Schema { dialect, sql })
}

impl Display for Schema {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql.trim_end())
    }
}
