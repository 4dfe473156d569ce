//! Inserting rows, or writing them over those that have the same unique values.

use std::collections::{HashMap, HashSet};
use std::iter::once;

use chrono::{DateTime, Utc};

use super::bulk_create::{self, Pending, fetch, insert_where_free, make_distinct, vary_taken};
use super::bulk_update::set_rows;
use super::insert::{ATTEMPTS, values};
use super::now;
use super::save::named;
use crate::atomic::{self, Steps};
use crate::backend::{self, Backend};
use crate::column::{ColumnRef, refuse_others};
use crate::db::Op;
use crate::error::{Error, Result, ValidationErrors, index_fields};
use crate::field::{FieldType, Key};
use crate::model::{Model, Writable};
use crate::record::{GIVEN, Recorder, table_of};
use crate::sql::{Sql, columns_of, quoted};
use crate::table::{ColumnDef, Dialect, IndexDef, TableDef};
use crate::value::{Kind, Value};

/// Inserts rows, or writes columns of them over the rows that have the same unique values. Returns each row as it then
/// is, and whether it was inserted.
#[derive(Debug)]
pub struct Upsert<M> {
    rows: Vec<M>,
    target: Vec<ColumnRef>,
    columns: Vec<ColumnRef>,
}

impl<M: Model> Upsert<M> {
    pub(crate) fn new(rows: Vec<M>, target: Vec<ColumnRef>, columns: Vec<ColumnRef>) -> Self {
        Self { rows, target, columns }
    }
}

impl<B: Backend, M: Writable> Op<B> for Upsert<M> {
    type Out = Vec<(M, bool)>;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<(M, bool)>> {
        let time = now();
        let target = Target::new(M::TABLE, &self.target, M::Id::BY_DATABASE)?;
        let columns = named::<M>(&self.columns)?;
        let mut rows = Pending::all(self.rows, time)?;
        for row in &rows {
            values::<B, M>(&row.model)?;
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // Of two that insert the same rows, the one waits for the other where both do so in one order.
        rows.sort_by_cached_key(|row| Pending::texts(&row.model, &target.positions));
        let recorder = Recorder::of_existence(M::TABLE, time)?;
        let mut steps = UpsertRows { rows, target, columns, recorder, time };
        let mut done = atomic::retried::<B, _>(&mut steps, connection, atomic::is_taken_or_deadlock).await?;
        done.sort_by_key(|(place, ..)| *place);
        Ok(done.into_iter().map(|(_, row, inserted)| (row, inserted)).collect())
    }
}

/// What tells a row's like: a unique index, or the key.
struct Target {
    /// The index's columns and expressions, as SQL.
    parts: Vec<String>,
    /// The condition of a partial index.
    filter: Option<&'static str>,
    fields: Vec<String>,
    /// The columns that the parts name.
    positions: Vec<usize>,
    /// These, and those that the condition names.
    all: Vec<usize>,
    /// ` ON CONFLICT … DO NOTHING`.
    on_conflict: String,
}

impl Target {
    /// The unique index of these columns. A key that the database makes cannot be given, so that no row is found by it.
    fn new(table: &'static TableDef, columns: &[ColumnRef], key_by_database: bool) -> Result<Self> {
        refuse_others(table, columns.iter().copied())?;
        let key = (!key_by_database).then(|| vec![table.key().field.to_owned()]);
        let unique = || table.indexes.iter().filter(|index| index.unique);
        let sorted = |mut fields: Vec<String>| {
            fields.sort();
            fields.dedup();
            fields
        };
        let wanted = sorted(columns.iter().map(|column| column.field.to_owned()).collect());
        if key.as_ref() == Some(&wanted) {
            return Ok(Self::of(table, wanted, vec![format!("\"{}\"", table.key().name)], None));
        }
        if let Some(index) = unique().find(|index| sorted(index_fields(table, index)) == wanted) {
            return Ok(Self::of_index(table, index));
        }
        let there = key.into_iter().chain(unique().map(|index| index_fields(table, index)));
        let there: Vec<String> = there.map(|fields| fields.join(" and ")).collect();
        let mut errors = ValidationErrors::new(table.model);
        errors.add(
            wanted.join(" and "),
            match there.is_empty() {
                true => "cannot be upserted by, since the model has no unique index".to_owned(),
                false => {
                    format!("has no unique index to upsert by; there is one of {}", there.join(", one of "))
                }
            },
        );
        Err(errors.into())
    }

    fn of_index(table: &'static TableDef, index: &'static IndexDef) -> Self {
        let parts = index.parts.iter().map(|part| part.strip_suffix(" DESC").unwrap_or(part).to_owned());
        Self::of(table, index_fields(table, index), parts.collect(), index.filter)
    }

    fn of(
        table: &'static TableDef,
        fields: Vec<String>,
        parts: Vec<String>,
        filter: Option<&'static str>,
    ) -> Self {
        let named = |text: &str, column: &ColumnDef| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == column.name)
        };
        let positions = |texts: &str| {
            let columns = table.columns.iter().enumerate();
            columns.filter(|(_, column)| named(texts, column)).map(|(i, _)| i).collect::<Vec<_>>()
        };
        let joined = parts.join(", ");
        let condition = filter.map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
        Self {
            positions: positions(&joined),
            all: positions(&format!("{joined}{condition}")),
            on_conflict: format!(" ON CONFLICT ({joined}){condition} DO NOTHING"),
            parts,
            filter,
            fields,
        }
    }

    /// The rows that are there already, locked, each with the place of the one that is like it.
    async fn find<B: Backend, M: Model>(
        &self,
        connection: &mut B::Connection,
        rows: &[&mut Pending<M>],
    ) -> Result<Vec<(usize, M)>> {
        let mut found = Vec::new();
        for rows in rows.chunks(bulk_create::rows_of::<B>(self.all.len() + 1)) {
            let (sql, arguments) = self.query::<B, M>(rows).into_statement::<B>()?;
            let read = |row: &B::Row| {
                let place = backend::read::<B, i64>(row, M::TABLE.columns.len(), &PLACE_COLUMN)?;
                Ok((usize::try_from(place).unwrap_or_default(), M::read::<B>(row, 0)?))
            };
            found.extend(fetch::<B, M, _>(connection, sql, arguments, read).await?);
        }
        Ok(found)
    }

    fn query<B: Backend, M: Model>(&self, rows: &[&mut Pending<M>]) -> Sql {
        let mut sql = Sql::new(B::DIALECT, "");
        let place = quoted(PLACE, B::DIALECT);
        let named = self.all.iter().map(|i| &M::TABLE.columns[*i]);
        let named = named.map(|column| (quoted(column.name, B::DIALECT), column.kind));
        let columns: Vec<_> = once((place.clone(), Kind::BigInt)).chain(named).collect();
        let values = rows.iter().map(|row| {
            let place = Value::BigInt(i64::try_from(row.place).unwrap_or(i64::MAX));
            let values =
                self.all.iter().map(|i| row.model.value(*i).stored(&M::TABLE.columns[*i], B::DIALECT));
            once(place).chain(values).collect()
        });
        let values: Vec<Vec<Value<'_>>> = values.collect();
        let rows = table_of(&mut sql, "_u", &columns, &values);
        let names: Vec<String> =
            (0..self.parts.len()).map(|i| quoted(&format!("part {i}"), B::DIALECT)).collect();
        let parts = self.parts.iter().zip(&names).map(|(part, name)| format!("{part} AS {name}"));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let like = self.parts.iter().zip(&names).map(|(part, name)| format!("{part} = {GIVEN}.{name}"));
        let like = like.collect::<Vec<_>>().join(" AND ");
        let filter = self.filter.map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
        let table = quoted(M::TABLE.name, B::DIALECT);
        let key = quoted(M::TABLE.key().name, B::DIALECT);
        let lock = if B::DIALECT == Dialect::Postgres { " FOR NO KEY UPDATE OF t" } else { "" };
        sql.push(&format!(
            "WITH {rows}, {GIVEN} AS (SELECT {place}, {parts} FROM _u{filter}) SELECT {}, {place} \
             FROM {table} AS t JOIN {GIVEN} ON {like}{filter} ORDER BY {key}{lock}",
            columns_of(M::TABLE, B::DIALECT)
        ));
        sql
    }
}

/// The name of the column that tells a row's place among those that are given. No column of a model has a space in its
/// name.
const PLACE: &str = "the place";
const PLACE_COLUMN: ColumnDef = ColumnDef::new::<i64>(PLACE);

/// Rows to be inserted or written over others.
struct UpsertRows<M> {
    rows: Vec<Pending<M>>,
    target: Target,
    /// The positions of the columns that are written over.
    columns: Vec<usize>,
    recorder: Option<Recorder>,
    time: DateTime<Utc>,
}

impl<B: Backend, M: Writable> Steps<B> for UpsertRows<M> {
    type Out = Vec<(usize, M, bool)>;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<Self::Out> {
        let Self { rows, target, columns, recorder, time } = self;
        let generated = M::STATEMENTS.generated.map(|it| (it, M::TABLE.position(it.column).0));
        let known_by = target.positions.iter().copied().chain(generated.map(|(_, position)| position));
        let known_by: Vec<usize> = known_by.collect();
        let mut rows: Vec<_> = rows.iter_mut().collect();
        let (mut done, mut claimed) = (Vec::new(), HashSet::new());
        let mut varied = true;
        for attempt in 1..=ATTEMPTS {
            let found = target.find::<B, M>(connection, &rows).await?;
            let nothing = found.is_empty();
            for (_, row) in &found {
                if !claimed.insert(row.id()) {
                    return Err(Error::Unique { model: M::TABLE.model, fields: target.fields.clone() });
                }
            }
            done.extend(write_over::<B, M>(connection, found, &mut rows, columns, *time).await?);
            if rows.is_empty() {
                break;
            }
            if let Some((_, position)) = generated {
                make_distinct(&mut rows, position, attempt);
            }
            let made = rows.iter().any(|row| row.generated.is_some());
            // What is neither found nor let in clashes with something else: the database says with what.
            let on_conflict = if attempt == ATTEMPTS || (nothing && !varied) {
                ""
            } else if made {
                " ON CONFLICT DO NOTHING"
            } else {
                &target.on_conflict
            };
            let recorder = recorder.as_ref();
            let inserted = insert_where_free::<B, M>(connection, &mut rows, recorder, on_conflict, &known_by);
            for (place, row) in inserted.await? {
                claimed.insert(row.id());
                done.push((place, row, true));
            }
            if rows.is_empty() {
                break;
            }
            varied = match generated {
                Some((generated, _)) if made => {
                    vary_taken::<B, M>(connection, &mut rows, generated, attempt).await?
                }
                _ => false,
            };
        }
        Ok(done)
    }
}

/// Writes columns of the rows over those that were found for them, and leaves the other rows. A generated value is not
/// written: a row keeps its own.
async fn write_over<B: Backend, M: Model>(
    connection: &mut B::Connection,
    found: Vec<(usize, M)>,
    rows: &mut Vec<&mut Pending<M>>,
    columns: &[usize],
    time: DateTime<Utc>,
) -> Result<Vec<(usize, M, bool)>> {
    let generated = M::STATEMENTS.generated.map(|it| M::TABLE.position(it.column).0);
    let mut found: HashMap<usize, M> = found.into_iter().collect();
    let given = rows.iter().filter_map(|row| {
        let old = found.get(&row.place)?;
        let values = columns.iter().map(|i| {
            let kept = generated == Some(*i) && row.generated.is_some();
            let value = if kept { old.value(*i) } else { row.model.value(*i) };
            value.into_owned().stored(&M::TABLE.columns[*i], B::DIALECT)
        });
        Some(once(old.id().to_value().into_owned()).chain(values).collect())
    });
    let given: Vec<Vec<Value<'static>>> = given.collect();
    let set: Vec<_> = once(M::TABLE.key()).chain(columns.iter().map(|i| &M::TABLE.columns[*i])).collect();
    let returned = columns_of(M::TABLE, B::DIALECT);
    let read = |row: &B::Row| M::read::<B>(row, 0);
    let written = set_rows::<B, M, _>(connection, &set, &given, time, &returned, read).await?;
    let mut written: HashMap<M::Id, M> = written.into_iter().map(|row| (row.id(), row)).collect();
    rows.retain(|row| !found.contains_key(&row.place));
    let done = found.drain().map(|(place, old)| {
        let id = old.id();
        (place, written.remove(&id).unwrap_or(old), false)
    });
    Ok(done.collect())
}
