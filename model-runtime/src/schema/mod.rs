//! The schema that models want: as SQL, made in a database, or compared with one.

mod check;
mod create;
mod ddl;
mod foreign_key;
pub(crate) mod live_reference;

pub use check::{Check, Difference};
pub use create::CreateTables;
pub(crate) use ddl::column_type;
pub use ddl::objects;

use std::future::Future;

use crate::db::Db;
use crate::error::Result;
use crate::table::{Dialect, TableDef};

/// A table, column, index, function or trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// The statement that makes it where it is missing; on SQLite it may be several.
    pub sql: String,
}

/// The kinds of schema objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column of the model's table that is none of its fields.
    Column,
    /// An index.
    Index,
    /// A function.
    Function,
    /// A trigger.
    Trigger,
    /// A comment on a table or a column.
    Comment,
}

/// The statements that make the tables of these models, in the order of their references: for a migration.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation) where tables refer to each other in a circle or to one that is
/// not among them.
pub fn sql(tables: &[&'static TableDef], dialect: Dialect) -> Result<String> {
    let objects = create::ordered(tables)?.into_iter().flat_map(|table| objects(table, dialect));
    Ok(objects.map(|object| object.sql + ";\n\n").collect::<String>().trim_end().to_owned() + "\n")
}

/// Makes the tables of these models where they are missing, in the order of their references, all or none.
///
/// # Errors
/// As [`sql`], and the database's.
///
/// ```
/// # use model_runtime::prelude::*;
/// # #[mixins] #[derive(Debug, Model)] #[model(table = "tags", unchecked)] struct Tag { name: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// let pool = Pool::connect("sqlite::memory:").await?;
/// model_runtime::schema::create_tables(&[Tag::table()], &pool).await?;
/// assert_eq!(Tag::objects().count(&pool).await?, 0);
/// # Ok(()) }
/// ```
pub fn create_tables<'c, D>(tables: &[&'static TableDef], db: D) -> impl Future<Output = Result<()>> + Send
where
    D: Db<'c, CreateTables, Out = ()>,
{
    db.run(CreateTables(tables.to_vec()))
}

/// Compares the tables of these models with those of a database, and returns every difference; none is best.
///
/// # Errors
/// The database's.
pub fn check<'c, D>(
    tables: &[&'static TableDef],
    db: D,
) -> impl Future<Output = Result<Vec<Difference>>> + Send
where
    D: Db<'c, Check, Out = Vec<Difference>>,
{
    db.run(Check(tables.to_vec()))
}
