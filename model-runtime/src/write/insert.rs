//! Inserting one row.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::{now, prepare};
use crate::backend::{self, Backend};
use crate::cache::{self, Touched};
use crate::db::Op;
use crate::error::{Error, Result};
use crate::field::Key;
use crate::model::{Model, Writable, WriteEvent};
use crate::record::{self, Recorder};
use crate::sql::arguments;
use crate::table::Role;
use crate::validate::checked_values;
use crate::value::Value;

/// How many other values are tried where a generated one is taken. From the fourth on they are random, so this
/// many clashes do not happen by chance.
pub(super) const ATTEMPTS: u32 = 12;

/// Inserts a row.
#[derive(Debug)]
pub struct Insert<'m, M>(&'m mut M);

impl<'m, M: Model> Insert<'m, M> {
    pub(crate) fn new(model: &'m mut M) -> Self {
        Self(model)
    }
}

impl<B: Backend, M: Writable> Op<B> for Insert<'_, M> {
    type Out = ();

    async fn run(self, connection: &mut B::Connection) -> Result<()> {
        let model = self.0;
        let write = prepare(model, WriteEvent::Insert, now())?;
        let recorder = Recorder::of_existence(M::TABLE, write.time)?;
        cache::hold(M::TABLE, Touched::New).await?;
        let recorder = recorder.as_ref();
        let Some((base, generated)) = write.generated.as_deref().zip(M::STATEMENTS.generated) else {
            return execute::<B, M>(connection, M::STATEMENTS.insert, model, recorder).await.map(|_| ());
        };
        let (_, column) = M::TABLE.position(generated.column);
        // The constraint decides whether the value is taken: the statement then writes nothing. It fails where it
        // waited for another's change that took the value; a transaction would be over by then.
        for attempt in 1..=ATTEMPTS {
            match execute::<B, M>(connection, generated.insert, model, recorder).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) if error.is_taken(column.field) && !B::in_transaction(connection) => {}
                Err(error) => return Err(error),
            }
            model.regenerate(base, attempt);
        }
        execute::<B, M>(connection, M::STATEMENTS.insert, model, recorder).await.map(|_| ())
    }
}

/// Inserts a row that the builder made, and returns it.
#[derive(Debug)]
pub struct Create<M>(M);

impl<M: Writable> Create<M> {
    #[doc(hidden)]
    pub fn new(model: M) -> Self {
        Self(model)
    }
}

impl<B: Backend, M: Writable> Op<B> for Create<M> {
    type Out = M;

    async fn run(mut self, connection: &mut B::Connection) -> Result<M> {
        Op::<B>::run(Insert(&mut self.0), connection).await?;
        Ok(self.0)
    }
}

/// Runs an insert and returns whether it wrote.
async fn execute<B: Backend, M: Model>(
    connection: &mut B::Connection,
    sql: &'static str,
    model: &mut M,
    recorder: Option<&Recorder>,
) -> Result<bool> {
    if let Some(recorder) = recorder {
        let values = values::<B, M>(model)?.into_iter().map(Value::into_owned).collect();
        let statement = recorder.insert(B::DIALECT, sql, values, M::Id::BY_DATABASE);
        let written = record::run::<B>(connection, statement, M::TABLE, Error::of).await?;
        // Where nothing was written, it is another row's.
        if let Some(key) = written.key.filter(|_| written.rows > 0).and_then(M::Id::counted) {
            model.set_id(key);
        }
        return Ok(written.rows > 0);
    }
    let arguments = arguments::<B>(values::<B, M>(model)?)?;
    let error = |e| Error::of(e, M::TABLE);
    if M::Id::BY_DATABASE {
        let row = B::fetch_optional(connection, returning_key::<M>(sql), arguments).await.map_err(error)?;
        let Some(row) = row else { return Ok(false) };
        model.set_id(backend::read::<B, M::Id>(&row, 0, M::TABLE.key())?);
        return Ok(true);
    }
    let result = B::execute(connection, sql.into_sql_str(), arguments).await.map_err(error)?;
    Ok(B::rows_affected(&result) == 1)
}

/// The values of all inserted columns, in order.
pub(super) fn values<B: Backend, M: Model>(model: &M) -> Result<Vec<Value<'_>>> {
    let columns = M::TABLE.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| column.role != Role::Key || !M::Id::BY_DATABASE);
    checked_values::<B, M>(model, columns.map(|(i, _)| i))
}

/// `sql RETURNING key`.
fn returning_key<M: Model>(sql: &str) -> SqlStr {
    AssertSqlSafe(format!("{sql} RETURNING \"{}\"", M::TABLE.key().name)).into_sql_str()
}
