//! `explain`: what the database would do for a query.

use super::read::Query;
use crate::backend::{self, Backend};
use crate::db::Op;
use crate::error::Result;
use crate::table::{ColumnDef, Dialect};

const STEP: ColumnDef = ColumnDef::new::<String>("step");

/// Asks for the plan of a query.
#[derive(Debug)]
pub struct Explain<Q>(Q);

impl<Q> Explain<Q> {
    pub(super) fn new(query: Q) -> Self {
        Self(query)
    }
}

impl<B: Backend, Q: Query> Op<B> for Explain<Q> {
    type Out = String;

    async fn run(self, connection: &mut B::Connection) -> Result<String> {
        let (explain, column) = match B::DIALECT {
            Dialect::Sqlite => ("EXPLAIN QUERY PLAN ", 3),
            Dialect::Postgres => ("EXPLAIN ", 0),
        };
        let sql = self.0.render(B::DIALECT).behind(explain);
        let read = |row: &B::Row| backend::read::<B, String>(row, column, &STEP);
        Ok(backend::read_all::<B, _>(connection, sql, read).await?.join("\n"))
    }
}
