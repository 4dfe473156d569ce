//! Making tables, in the order of their references.

use crate::atomic::Atomic;
use crate::backend::Backend;
use crate::db::Op;
use crate::error::{Error, Result, ValidationErrors};
use crate::schema::objects;
use crate::sql::Sql;
use crate::table::{Dialect, TableDef};

/// Makes tables where they are missing.
#[derive(Debug)]
pub struct CreateTables(pub(super) Vec<&'static TableDef>);

impl<B: Backend> Op<B> for CreateTables {
    type Out = ();

    async fn run(self, connection: &mut B::Connection) -> Result<()> {
        let tables = ordered(&self.0)?;
        let objects = tables.into_iter().flat_map(|table| objects(table, B::DIALECT));
        match B::DIALECT {
            // One statement: a transaction of the driver's may be left open where the future is dropped.
            Dialect::Postgres => {
                let steps = objects.map(|object| format!("EXECUTE '{}';", object.sql.replace('\'', "''")));
                let all = steps.collect::<Vec<_>>().join("\n");
                execute::<B>(connection, format!("DO $model_runtime$ BEGIN\n{all}\nEND $model_runtime$"))
                    .await
            }
            Dialect::Sqlite => {
                let mut transaction = Atomic::<B>::begin(connection).await?;
                for object in objects {
                    execute::<B>(transaction.connection(), object.sql).await?;
                }
                transaction.commit().await
            }
        }
    }
}

async fn execute<B: Backend>(connection: &mut B::Connection, sql: String) -> Result<()> {
    let (sql, arguments) = Sql::new(B::DIALECT, &sql).into_statement::<B>()?;
    B::execute(connection, sql, arguments).await?;
    Ok(())
}

/// The tables, each after those it refers to.
pub(super) fn ordered(tables: &[&'static TableDef]) -> Result<Vec<&'static TableDef>> {
    let mut ordered: Vec<&'static TableDef> = Vec::with_capacity(tables.len());
    let mut waiting: Vec<&'static TableDef> = Vec::new();
    for table in tables {
        if waiting.iter().all(|known| known.name != table.name) {
            waiting.push(table);
        }
    }
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|table| {
            let ready = references(table)
                .all(|name| name == table.name || ordered.iter().any(|done| done.name == name));
            if ready {
                ordered.push(table);
            }
            !ready
        });
        if waiting.len() == before {
            return Err(stuck(&waiting, &ordered));
        }
    }
    Ok(ordered)
}

fn references(table: &TableDef) -> impl Iterator<Item = &'static str> {
    table.columns.iter().filter_map(|column| column.references).map(|reference| (reference.table)().name)
}

fn stuck(waiting: &[&'static TableDef], ordered: &[&'static TableDef]) -> Error {
    let mut errors = ValidationErrors::new("the schema");
    for table in waiting {
        for name in references(table).filter(|name| ordered.iter().all(|done| done.name != *name)) {
            let reason = if waiting.iter().any(|other| other.name == name) {
                format!("refers to {name:?}, which in turn refers to it")
            } else {
                format!("refers to {name:?}, which is not among the tables given")
            };
            errors.add(table.name, reason);
        }
    }
    Error::Validation(errors)
}
