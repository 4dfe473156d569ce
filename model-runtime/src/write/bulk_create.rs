//! Inserting many rows, all or none.
//!
//! PostgreSQL takes one statement for any number of rows (`UNNEST` of one array per column); SQLite takes cached
//! statements of a fixed number of rows, far below its limit of bound values.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, Utc};
use sqlx::SqlStr;

use super::insert::{ATTEMPTS, values};
use super::{now, prepare};
use crate::atomic::Atomic;
use crate::backend::{self, Backend};
use crate::cache::{self, Touched};
use crate::db::Op;
use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::field::{FieldType, Key};
use crate::model::{Model, Writable, WriteEvent};
use crate::queryset::not_found;
use crate::record::{self, Recorder};
use crate::sql::{Sql, arguments, bind};
use crate::statements::GeneratedDef;
use crate::table::{ColumnDef, Dialect, Role};
use crate::value::{Kind, Value};

/// Rows per statement on SQLite: more gain nothing, and the statement, which stays in the cache, is large enough.
const CHUNK: usize = 250;

/// SQLite's limit of bound values in a statement.
const MAX_BINDS: usize = 32_766;

/// Inserts many rows.
#[derive(Debug)]
pub struct BulkCreate<M>(Vec<M>);

impl<M: Model> BulkCreate<M> {
    pub(crate) fn new(rows: Vec<M>) -> Self {
        Self(rows)
    }
}

/// A row on its way, with the base of a generated value.
#[derive(Debug)]
pub(super) struct Pending<M> {
    /// Its place among those that are given.
    pub(super) place: usize,
    pub(super) model: M,
    pub(super) generated: Option<String>,
}

impl<M: Model> Pending<M> {
    /// Rows, filled in to be inserted.
    pub(super) fn all(rows: Vec<M>, time: DateTime<Utc>) -> Result<Vec<Self>> {
        let rows = rows.into_iter().enumerate().map(|(place, mut model)| {
            let write = prepare(&mut model, WriteEvent::Insert, time)?;
            Ok(Self { place, model, generated: write.generated })
        });
        rows.collect()
    }

    /// The values at these positions, as text.
    pub(super) fn texts(model: &M, positions: &[usize]) -> Vec<String> {
        positions.iter().map(|i| model.value(*i).to_string()).collect()
    }

    fn regenerate(&mut self, attempt: u32) {
        if let Some(base) = &self.generated {
            self.model.regenerate(base, attempt);
        }
    }
}

impl<B: Backend, M: Writable> Op<B> for BulkCreate<M> {
    type Out = Vec<M>;

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<M>> {
        if self.0.is_empty() {
            return Ok(self.0);
        }
        let time = now();
        let mut rows = Pending::all(self.0, time)?;
        let recorder = Recorder::of_existence(M::TABLE, time)?;
        cache::hold(M::TABLE, Touched::New).await?;
        let varying = M::STATEMENTS.generated.filter(|_| rows.iter().any(|row| row.generated.is_some()));
        // One statement, where it takes all rows and their records. Inside a transaction on PostgreSQL it may not fail,
        // and a generated value may be taken.
        let in_one = rows.len() <= chunk::<B, M>() && (recorder.is_none() || B::DIALECT == Dialect::Postgres);
        let may_fail = B::DIALECT == Dialect::Sqlite || !B::in_transaction(connection);
        if in_one && (varying.is_none() || may_fail) {
            insert_in_one::<B, M>(connection, &mut rows, recorder.as_ref(), varying).await?;
        } else {
            insert_all::<B, M>(connection, &mut rows, recorder.as_ref()).await?;
        }
        Ok(rows.into_iter().map(|row| row.model).collect())
    }
}

/// Inserts all rows in one statement. Where a generated value is taken, it varies those that are and tries again.
async fn insert_in_one<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: &mut [Pending<M>],
    recorder: Option<&Recorder>,
    varying: Option<&GeneratedDef>,
) -> Result<()> {
    let mut rows: Vec<_> = rows.iter_mut().collect();
    let Some(generated) = varying else { return insert::<B, M>(connection, &mut rows, recorder).await };
    let mut attempt = 1;
    loop {
        make_distinct(&mut rows, M::TABLE.position(generated.column).0, attempt);
        match insert::<B, M>(connection, &mut rows, recorder).await {
            Err(error) if attempt < ATTEMPTS && is_taken::<M>(&error, generated) => {
                if !vary_taken::<B, M>(connection, &mut rows, generated, attempt).await? {
                    return Err(error);
                }
            }
            result => return result,
        }
        attempt += 1;
    }
}

/// Varies those generated values that other rows have, and says whether there were any.
pub(super) async fn vary_taken<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: &mut [&mut Pending<M>],
    generated: &GeneratedDef,
    attempt: u32,
) -> Result<bool> {
    let (position, column) = M::TABLE.position(generated.column);
    let varying = rows.iter().filter(|row| row.generated.is_some());
    let values = varying.map(|row| row.model.value(position).into_owned()).collect();
    let wanted = Expr::In { column: column.into(), values: Value::Array(Kind::Text, values) };
    let mut sql = Sql::new(B::DIALECT, "");
    for (i, table) in [M::TABLE.name, generated.reserved].into_iter().enumerate() {
        sql.push(if i == 0 { "SELECT " } else { " UNION SELECT " });
        sql.column(column);
        sql.push(" FROM ");
        sql.name(table);
        sql.push(" WHERE ");
        wanted.render(&mut sql);
        if let Some(scope) = M::TABLE.scope().filter(|_| i == 0) {
            sql.push(&format!(" AND {scope}"));
        }
    }
    let (sql, arguments) = sql.into_statement::<B>()?;
    let read = |row: &B::Row| backend::read::<B, String>(row, 0, column);
    let taken: HashSet<_> = fetch::<B, M, _>(connection, sql, arguments, read).await?.into_iter().collect();
    let taken =
        rows.iter_mut().filter(|row| row.generated.is_some() && taken.contains(&text(&row.model, position)));
    Ok(taken.map(|row| row.regenerate(attempt)).count() > 0)
}

/// Inserts all rows in a transaction. It starts again where a generated value is taken by a change that another
/// transaction commits meanwhile.
async fn insert_all<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: &mut [Pending<M>],
    recorder: Option<&Recorder>,
) -> Result<()> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let mut transaction = Atomic::<B>::begin(connection).await?;
        let mut varying = false;
        let connection = transaction.connection();
        let inserted = match insert_chunks::<B, M>(connection, rows, recorder, &mut varying).await {
            Ok(()) => journal::<B, M>(connection, rows.iter().map(|row| &row.model), recorder).await,
            error => error,
        };
        match transaction.end(inserted).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                let taken = varying && M::STATEMENTS.generated.is_some_and(|it| is_taken::<M>(&error, it));
                if !taken || attempt == ATTEMPTS {
                    return Err(error);
                }
            }
        }
    }
}

async fn journal<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: impl Iterator<Item = &M>,
    recorder: Option<&Recorder>,
) -> Result<()> {
    // On PostgreSQL the inserts have done so.
    let Some(recorder) = recorder.filter(|_| B::DIALECT == Dialect::Sqlite) else { return Ok(()) };
    let keys = rows.map(|row| row.id().to_value().into_owned()).collect();
    let keys = Value::Array(M::TABLE.key().kind, keys);
    record::inserted::<B>(connection, recorder, M::TABLE, keys).await
}

/// Inserts the rows without a generated value, then those with one; says when it comes to these.
async fn insert_chunks<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: &mut [Pending<M>],
    recorder: Option<&Recorder>,
    comes_to_varying: &mut bool,
) -> Result<()> {
    let (mut varying, mut fixed): (Vec<_>, Vec<_>) =
        rows.iter_mut().partition(|row| M::STATEMENTS.generated.is_some() && row.generated.is_some());
    let chunk = chunk::<B, M>();
    for rows in fixed.chunks_mut(chunk) {
        insert::<B, M>(connection, rows, recorder).await?;
    }
    *comes_to_varying = true;
    while let Some(generated) = M::STATEMENTS.generated.filter(|_| !varying.is_empty()) {
        let rest = varying.split_off(chunk.min(varying.len()));
        insert_varying::<B, M>(connection, varying, recorder, generated).await?;
        varying = rest;
    }
    Ok(())
}

fn columns<M: Model>() -> impl Iterator<Item = &'static ColumnDef> {
    M::TABLE.columns.iter().filter(|column| column.role != Role::Key || !M::Id::BY_DATABASE)
}

pub(super) fn chunk<B: Backend, M: Model>() -> usize {
    rows_of::<B>(M::TABLE.columns.len())
}

/// How many rows of so many columns a statement takes.
pub(super) fn rows_of<B: Backend>(columns: usize) -> usize {
    match B::DIALECT {
        Dialect::Postgres => usize::MAX,
        Dialect::Sqlite => CHUNK.min(MAX_BINDS / columns.max(1)),
    }
}

/// `INSERT INTO table (columns) `.
fn head<M: Model>(sql: &mut Sql) {
    sql.push("INSERT INTO ");
    sql.name(M::TABLE.name);
    for (i, column) in columns::<M>().enumerate() {
        sql.push(if i == 0 { " (" } else { ", " });
        sql.column(column);
    }
    sql.push(") ");
}

/// Writes the rows as a query, and returns its values.
fn source<B: Backend, M: Model>(sql: &mut Sql, rows: &[&mut Pending<M>]) -> Result<B::Arguments> {
    match B::DIALECT {
        Dialect::Postgres => unnest::<B, M>(sql, rows),
        Dialect::Sqlite => {
            for i in 0..rows.len() {
                sql.push(if i == 0 { "VALUES (" } else { ", (" });
                // Not numbered: SQLite would look up each number among all of them.
                columns::<M>().enumerate().for_each(|(j, _)| sql.push(if j == 0 { "?" } else { ", ?" }));
                sql.push(")");
            }
            let values = rows.iter().map(|row| values::<B, M>(&row.model)).collect::<Result<Vec<_>>>()?;
            arguments::<B>(values.into_iter().flatten())
        }
    }
}

/// `SELECT … FROM UNNEST($1, $2, …)`. Where the database makes the keys, the rows come in their order, so that it
/// counts up in that order.
fn unnest<B: Backend, M: Model>(sql: &mut Sql, rows: &[&mut Pending<M>]) -> Result<B::Arguments> {
    let mut arrays: Vec<(Kind, Vec<Value<'_>>)> =
        columns::<M>().map(|column| (column.kind, Vec::with_capacity(rows.len()))).collect();
    for row in rows {
        for ((_, array), value) in arrays.iter_mut().zip(values::<B, M>(&row.model)?) {
            array.push(value);
        }
    }
    let numbered = |name: &str, json: &str| {
        let items = arrays
            .iter()
            .enumerate()
            .map(|(i, (kind, _))| format!("{name}{}{}", i + 1, if *kind == Kind::Json { json } else { "" }));
        items.collect::<Vec<_>>().join(", ")
    };
    let (ordinality, n, order) =
        if M::Id::BY_DATABASE { (" WITH ORDINALITY", ", n", " ORDER BY n") } else { ("", "", "") };
    sql.push(&format!(
        "SELECT {} FROM UNNEST({}){ordinality} AS u({}{n}){order}",
        numbered("c", "::jsonb"),
        numbered("$", ""),
        numbered("c", "")
    ));
    arguments::<B>(arrays.into_iter().map(|(kind, array)| Value::Array(kind, array)))
}

async fn insert<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: &mut [&mut Pending<M>],
    recorder: Option<&Recorder>,
) -> Result<()> {
    let mut sql = Sql::new(B::DIALECT, "");
    head::<M>(&mut sql);
    let mut arguments = source::<B, M>(&mut sql, rows)?;
    let by_database = [M::TABLE.key()];
    let returned: &[_] = if M::Id::BY_DATABASE { &by_database } else { &[] };
    returning::<B, M>(&mut sql, &mut arguments, recorder, returned)?;
    if !M::Id::BY_DATABASE {
        let result = B::execute(connection, sql.into_sql_str(), arguments).await;
        return result.map(drop).map_err(|e| record::error_of(e, M::TABLE));
    }
    let read = |row: &B::Row| backend::read::<B, M::Id>(row, 0, M::TABLE.key());
    let mut ids = fetch::<B, M, _>(connection, sql.into_sql_str(), arguments, read).await?;
    // The database counts up row by row, but promises no order of what it returns.
    ids.sort();
    for (row, id) in rows.iter_mut().zip(ids) {
        row.model.set_id(id);
    }
    Ok(())
}

/// Inserts rows whose generated value may be taken, by another row or within the batch; varies it then. The
/// constraint decides: a row whose value is taken is not written, and so not returned.
async fn insert_varying<B: Backend, M: Model>(
    connection: &mut B::Connection,
    mut rows: Vec<&mut Pending<M>>,
    recorder: Option<&Recorder>,
    generated: &GeneratedDef,
) -> Result<()> {
    let (position, column) = M::TABLE.position(generated.column);
    for attempt in 1..=ATTEMPTS {
        make_distinct(&mut rows, position, attempt);
        let mut sql = Sql::new(B::DIALECT, "");
        let mut arguments = insert_free::<B, M>(&mut sql, &rows, Some(generated), generated.on_conflict)?;
        returning::<B, M>(&mut sql, &mut arguments, recorder, &[M::TABLE.key(), column])?;
        let inserted = fetch::<B, M, _>(connection, sql.into_sql_str(), arguments, |row| {
            let id = backend::read::<B, M::Id>(row, 0, M::TABLE.key())?;
            Ok((backend::read::<B, String>(row, 1, column)?, id))
        });
        let inserted: HashMap<String, M::Id> = inserted.await?.into_iter().collect();
        rows.retain_mut(|row| match inserted.get(&text(&row.model, position)) {
            Some(id) => {
                row.model.set_id(*id);
                false
            }
            None => true,
        });
        if rows.is_empty() {
            return Ok(());
        }
        rows.iter_mut().for_each(|row| row.regenerate(attempt));
    }
    insert::<B, M>(connection, &mut rows, recorder).await
}

/// The insert of those rows whose generated value is not reserved and that meet `on_conflict`.
fn insert_free<B: Backend, M: Model>(
    sql: &mut Sql,
    rows: &[&mut Pending<M>],
    generated: Option<&GeneratedDef>,
    on_conflict: &str,
) -> Result<B::Arguments> {
    head::<M>(sql);
    sql.push("WITH u(");
    for (i, column) in columns::<M>().enumerate() {
        sql.push(if i == 0 { "" } else { ", " });
        sql.column(column);
    }
    sql.push(") AS (");
    let arguments = source::<B, M>(sql, rows)?;
    // SQLite would take `ON CONFLICT` without a condition before it for one of a join.
    sql.push(") SELECT * FROM u WHERE ");
    match generated {
        Some(generated) => {
            sql.push("NOT EXISTS (SELECT 1 FROM ");
            sql.name(generated.reserved);
            sql.push(&format!(" AS r WHERE r.\"{0}\" = u.\"{0}\")", generated.column));
        }
        None => sql.push("TRUE"),
    }
    sql.push(on_conflict);
    Ok(arguments)
}

/// Inserts those rows that `on_conflict` lets pass (all, where it is empty), in a transaction of the caller's. Returns them as the database has
/// them, each with its place; the others stay in `rows`. Where the database makes the keys, a row is known again by its
/// values at the positions `known_by`, of equal ones by their order.
pub(super) async fn insert_where_free<B: Backend, M: Model>(
    connection: &mut B::Connection,
    rows: &mut Vec<&mut Pending<M>>,
    recorder: Option<&Recorder>,
    on_conflict: &str,
    known_by: &[usize],
) -> Result<Vec<(usize, M)>> {
    cache::hold(M::TABLE, Touched::New).await?;
    let all: Vec<&ColumnDef> = M::TABLE.columns.iter().collect();
    let mut inserted: Vec<M> = Vec::new();
    for rows in rows.chunks(chunk::<B, M>()) {
        let mut sql = Sql::new(B::DIALECT, "");
        let generated = M::STATEMENTS.generated.filter(|_| !on_conflict.is_empty());
        let mut arguments = insert_free::<B, M>(&mut sql, rows, generated, on_conflict)?;
        returning::<B, M>(&mut sql, &mut arguments, recorder, &all)?;
        let read = |row: &B::Row| M::read::<B>(row, 0);
        inserted.extend(fetch::<B, M, _>(connection, sql.into_sql_str(), arguments, read).await?);
    }
    journal::<B, M>(connection, inserted.iter(), recorder).await?;
    let own_key = [M::TABLE.key];
    let known_by = if M::Id::BY_DATABASE { known_by } else { &own_key };
    inserted.sort_by_key(Model::id);
    let mut places: HashMap<Vec<String>, VecDeque<usize>> = HashMap::new();
    for row in rows.iter() {
        places.entry(Pending::texts(&row.model, known_by)).or_default().push_back(row.place);
    }
    let inserted = inserted.into_iter().map(|model| {
        let place = places.get_mut(&Pending::texts(&model, known_by)).and_then(VecDeque::pop_front);
        Ok((place.ok_or_else(|| not_found::<M>(model.id()))?, model))
    });
    let inserted: Vec<(usize, M)> = inserted.collect::<Result<_>>()?;
    let done: HashSet<usize> = inserted.iter().map(|(place, _)| *place).collect();
    rows.retain(|row| !done.contains(&row.place));
    Ok(inserted)
}

fn is_taken<M: Model>(error: &Error, generated: &GeneratedDef) -> bool {
    error.is_taken(M::TABLE.position(generated.column).1.field)
}

/// Varies generated values that others of the rows have.
pub(super) fn make_distinct<M: Model>(rows: &mut [&mut Pending<M>], position: usize, attempt: u32) {
    let given = rows.iter().filter(|row| row.generated.is_none());
    let mut seen: HashSet<String> = given.map(|row| text(&row.model, position)).collect();
    for row in rows.iter_mut().filter(|row| row.generated.is_some()) {
        let mut variation = attempt;
        while !seen.insert(text(&row.model, position)) {
            row.regenerate(variation);
            variation += 1;
        }
    }
}

/// ` RETURNING …`; on PostgreSQL the recorded insert has it by way of a statement that writes the journal, too.
fn returning<B: Backend, M: Model>(
    sql: &mut Sql,
    arguments: &mut B::Arguments,
    recorder: Option<&Recorder>,
    returned: &[&'static ColumnDef],
) -> Result<()> {
    let recorder = recorder.filter(|_| B::DIALECT == Dialect::Postgres);
    if let Some(recorder) = recorder {
        let (recorded, values) = recorder.inserting(sql.text(), columns::<M>().count()).into_parts();
        bind::<B>(arguments, values)?;
        *sql = Sql::new(B::DIALECT, recorded.as_str());
        sql.push(" SELECT ");
    } else if !returned.is_empty() {
        sql.push(" RETURNING ");
    }
    for (i, column) in returned.iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " });
        sql.column(*column);
    }
    if recorder.is_some() {
        sql.push(" FROM _c");
    }
    Ok(())
}

fn text<M: Model>(model: &M, position: usize) -> String {
    match model.value(position) {
        Value::Text(text) => text.into_owned(),
        other => other.to_string(),
    }
}

pub(super) async fn fetch<B: Backend, M: Model, T>(
    connection: &mut B::Connection,
    sql: SqlStr,
    arguments: B::Arguments,
    read: impl Fn(&B::Row) -> sqlx::Result<T>,
) -> Result<Vec<T>> {
    backend::all::<B, T>(connection, sql, arguments, read).await.map_err(|e| record::error_of(e, M::TABLE))
}
