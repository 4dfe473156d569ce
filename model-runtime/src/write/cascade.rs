//! What goes with a deletion: the rows that refer to those deleted, by the `on_delete` of their foreign keys.
//!
//! First all of it is found and locked: level by level, a query for each foreign key, whatever the number of rows. Then it
//! is written and recorded, a statement for each. A row that somebody adds meanwhile waits for the lock of the row that it
//! refers to.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, Utc};

use super::keys::{Keys, key_text, select_keys, where_in};
use super::reach::Tables;
use super::rows::{remove_rows, update_rows};
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::error::{Error, Result};
use crate::expr::{Expr, Operand};
use crate::queryset::scalar;
use crate::record::{DELETE, Rows, UPDATE, plain_text};
use crate::referrer::{Referrer, referrers};
use crate::sql::{Sql, quoted};
use crate::table::{ColumnDef, Delete, Dialect, OnDelete, TableDef};
use crate::value::Value;

/// Whether deleting rows of a table has to do with other rows.
pub(crate) fn reaches(table: &TableDef) -> bool {
    !referrers(table).is_empty()
}

/// The columns that mark a row as deleted with another.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) time: &'static ColumnDef,
    pub(super) with: &'static ColumnDef,
}

impl Mark {
    pub(super) fn of(table: &'static TableDef) -> Option<Self> {
        let Delete::Mark { time, with: Some(with) } = table.delete else { return None };
        Some(Self { time: table.column(time)?, with: table.column(with)? })
    }
}

/// Rows of one table that are deleted.
struct Level {
    table: &'static TableDef,
    keys: Keys,
    /// With which row each of them is deleted: SQL over the row `t`. The rows at the top are deleted with none.
    with: Option<String>,
}

/// What a deletion does.
pub(crate) struct Cascade {
    /// Whether the rows are removed, or marked.
    removes: bool,
    /// The rows at the top first.
    levels: Vec<Level>,
    /// Tables, by name, of which rows of the first refer to rows of the second.
    edges: HashSet<(&'static str, &'static str)>,
    /// Foreign keys that are set to NULL, of these rows.
    cleared: Vec<(Referrer, Keys)>,
}

impl Cascade {
    /// Finds and locks what goes with the deletion of these rows, which are locked.
    ///
    /// # Errors
    /// [`Error::Protected`].
    pub(crate) async fn of<B: Backend>(
        connection: &mut B::Connection,
        top: &'static TableDef,
        keys: Keys,
        removes: bool,
        tables: &Tables,
    ) -> Result<Self> {
        let mut deleted: HashMap<&str, HashSet<String>> = HashMap::new();
        deleted.entry(top.name).or_default().extend(keys.iter().map(key_text));
        let mut cascade = Self { removes, levels: Vec::new(), edges: HashSet::new(), cleared: Vec::new() };
        let mut restricting = Vec::new();
        let mut next = VecDeque::from([Level { table: top, keys, with: None }]);
        while let Some(level) = next.pop_front() {
            for referrer in referrers(level.table).iter().filter(|it| tables.has(it.table, it.key)) {
                let keys = &level.keys;
                match referrer.on_delete {
                    OnDelete::Protect => {
                        refuse::<B>(connection, top, referrer, keys, removes, Keys::new()).await?;
                    }
                    OnDelete::DoNothing if !removes => {}
                    OnDelete::Restrict | OnDelete::DoNothing => restricting.push((referrer, keys.clone())),
                    OnDelete::SetNull => {
                        let filter = referring(referrer, keys, true);
                        let found = select_keys::<B>(connection, referrer.table, filter).await?;
                        if !found.is_empty() {
                            cascade.cleared.push((*referrer, found));
                        }
                    }
                    OnDelete::Cascade if !removes && Mark::of(referrer.table).is_none() => {}
                    OnDelete::Cascade => {
                        let filter = referring(referrer, keys, removes);
                        let mut found = select_keys::<B>(connection, referrer.table, filter).await?;
                        if !found.is_empty() {
                            cascade.edges.insert((referrer.table.name, level.table.name));
                        }
                        let deleted = deleted.entry(referrer.table.name).or_default();
                        found.retain(|key| deleted.insert(key_text(key)));
                        if !found.is_empty() {
                            let with = with(&level, referrer, B::DIALECT);
                            next.push_back(Level { table: referrer.table, keys: found, with: Some(with) });
                        }
                    }
                }
            }
            cascade.levels.push(level);
        }
        for (referrer, keys) in restricting {
            let deleted = cascade.levels.iter().filter(|level| level.table.name == referrer.table.name);
            let deleted = deleted.flat_map(|level| level.keys.clone()).collect();
            refuse::<B>(connection, top, referrer, &keys, removes, deleted).await?;
        }
        Ok(cascade)
    }

    /// Writes it: of rows that are marked, all but those at the top.
    pub(crate) async fn write<B: Backend>(
        self,
        connection: &mut B::Connection,
        time: DateTime<Utc>,
    ) -> Result<()> {
        for (referrer, keys) in self.cleared {
            let set = [(referrer.key, Operand::Value(Value::Null(referrer.key.kind)))];
            cache::hold(referrer.table, Touched::keys(&keys)).await?;
            let filter = where_in(referrer.table.key(), keys);
            update_rows::<B>(connection, referrer.table, UPDATE, &Rows::Many(&filter), &set, &[], time)
                .await?;
        }
        if self.removes {
            return remove::<B>(connection, self.levels, &self.edges, time).await;
        }
        for Level { table, keys, with } in self.levels {
            let (Some(mark), Some(with)) = (Mark::of(table), with) else { continue };
            let set = [(mark.time, Operand::Value(Value::Timestamp(time))), (mark.with, Operand::Sql(with))];
            cache::hold(table, Touched::keys(&keys)).await?;
            let filter = where_in(table.key(), keys);
            update_rows::<B>(connection, table, DELETE, &Rows::Many(&filter), &set, &[], time).await?;
        }
        Ok(())
    }
}

/// Removes rows, those that refer to others first.
async fn remove<B: Backend>(
    connection: &mut B::Connection,
    levels: Vec<Level>,
    edges: &HashSet<(&'static str, &'static str)>,
    time: DateTime<Utc>,
) -> Result<()> {
    // Rows that refer to others go before them. By what restricts a removal, there may be some.
    let holds = |from: &TableDef, to: &TableDef| {
        let restricts = |it: &Referrer| {
            it.table.name == from.name && matches!(it.on_delete, OnDelete::Restrict | OnDelete::DoNothing)
        };
        from.name != to.name && (edges.contains(&(from.name, to.name)) || referrers(to).iter().any(restricts))
    };
    // The rows of one table together, so that they can refer to each other.
    let mut tables: Vec<(&'static TableDef, Keys)> = Vec::new();
    for level in levels {
        match tables.iter_mut().find(|(table, _)| table.name == level.table.name) {
            Some((_, keys)) => keys.extend(level.keys),
            None => tables.push((level.table, level.keys)),
        }
    }
    while !tables.is_empty() {
        let free = |&i: &usize| tables.iter().all(|(other, _)| !holds(other, tables[i].0));
        let Some(next) = (0..tables.len()).find(free) else {
            let models: Vec<&str> = tables.iter().map(|(table, _)| table.model).collect();
            let relation = format!("a circle of cascades through {}", models.join(" and "));
            return Err(Error::Protected { model: models[0], relation, rows: None });
        };
        let (table, keys) = tables.remove(next);
        cache::hold(table, Touched::keys(&keys).removed()).await?;
        let filter = where_in(table.key(), keys);
        remove_rows::<B>(connection, table, &Rows::Many(&filter), time).await?;
    }
    Ok(())
}

/// The label of a table and the key of its row that a column refers to, as SQL.
pub(super) fn label_and_key(table: &TableDef, column: &ColumnDef, refers: &str, dialect: Dialect) -> String {
    let label = table.label.replace('\'', "''");
    format!("'{label}:' || {}", plain_text(column, refers, dialect))
}

/// With which row those are deleted that refer to the rows of a level: with one of these, or with the one with which that
/// is.
fn with(level: &Level, referrer: &Referrer, dialect: Dialect) -> String {
    let refers = format!("t.{}", quoted(referrer.key.name, dialect));
    match Mark::of(level.table).filter(|_| level.with.is_some()) {
        Some(mark) => format!(
            "(SELECT _p.{} FROM {} AS _p WHERE _p.{} = {refers})",
            quoted(mark.with.name, dialect),
            quoted(level.table.name, dialect),
            quoted(level.table.key().name, dialect),
        ),
        None => label_and_key(level.table, referrer.key, &refers, dialect),
    }
}

/// ` WHERE …` of the rows that refer to these; of those that can be marked, the live ones, unless rows are removed.
fn referring(referrer: &Referrer, keys: &Keys, removes: bool) -> impl Fn(&mut Sql) + Send {
    let by_key = where_in(referrer.key, keys.clone());
    let delete = referrer.table.delete;
    move |sql| {
        by_key(sql);
        if let (false, Delete::Mark { time, .. }) = (removes, delete) {
            sql.push(" AND ");
            sql.name(time);
            sql.push(" IS NULL");
        }
    }
}

/// Refuses where rows refer to these that are not among the `deleted`.
async fn refuse<B: Backend>(
    connection: &mut B::Connection,
    top: &TableDef,
    referrer: &Referrer,
    keys: &Keys,
    removes: bool,
    deleted: Keys,
) -> Result<()> {
    let mut sql = Sql::new(B::DIALECT, "SELECT COUNT(*) FROM ");
    sql.name(referrer.table.name);
    referring(referrer, keys, removes)(&mut sql);
    if !deleted.is_empty() {
        let key = referrer.table.key();
        sql.push(" AND NOT (");
        Expr::In { column: key.into(), values: Value::Array(key.kind, deleted) }.render(&mut sql);
        sql.push(")");
    }
    let rows = scalar::<B, i64>(connection, sql).await?.unwrap_or_default().unsigned_abs();
    if rows == 0 {
        return Ok(());
    }
    let relation = format!("{}.{}", referrer.table.model, referrer.key.field);
    Err(Error::Protected { model: top.model, relation, rows: Some(rows) })
}
