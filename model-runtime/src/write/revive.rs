//! What comes back with a restored row: the rows that were deleted with it.

use std::collections::{HashSet, VecDeque};

use chrono::{DateTime, Utc};

use super::cascade::{Mark, label_and_key, reaches};
use super::keys::{Keys, key_text, select_keys, where_in};
use super::reach::Tables;
use super::rows::update_rows;
use crate::backend::Backend;
use crate::cache::{self, Touched};
use crate::error::Result;
use crate::expr::{Expr, Operand};
use crate::record::{RESTORE, Rows, UPDATE};
use crate::referrer::{referrers, referring_tables};
use crate::sql::{Sql, quoted};
use crate::table::{Delete, OnDelete, TableDef};
use crate::value::{Kind, Value};

/// Whether restoring rows of a table has to do with other rows.
pub(crate) fn revives(table: &TableDef) -> bool {
    reaches(table) && referring_tables(table).into_iter().any(|table| Mark::of(table).is_some())
}

/// Restores the rows that were deleted with these, which are restored next, level by level. A row that belongs to another
/// one that is still deleted stays so, and is now deleted with that one.
pub(crate) async fn revive<B: Backend>(
    connection: &mut B::Connection,
    top: &'static TableDef,
    keys: &Keys,
    time: DateTime<Utc>,
    tables: &Tables,
) -> Result<()> {
    let with = |key| Value::Text(format!("{}:{}", top.label, key_text(key)).into());
    let with = Value::Array(Kind::Text, keys.iter().map(with).collect());
    let mut next = VecDeque::from([(top, keys.clone())]);
    while let Some((table, parents)) = next.pop_front() {
        for referrer in referrers(table).iter().filter(|it| tables.has(it.table, it.key)) {
            let Some(mark) = Mark::of(referrer.table).filter(|_| referrer.on_delete == OnDelete::Cascade)
            else {
                continue;
            };
            let by_key = where_in(referrer.key, parents.clone());
            let filter = |sql: &mut Sql| {
                by_key(sql);
                sql.push(" AND ");
                Expr::In { column: mark.with.into(), values: with.clone() }.render(sql);
            };
            let mut found = select_keys::<B>(connection, referrer.table, filter).await?;
            let restored = (top, keys);
            while keep_deleted::<B>(connection, referrer.table, mark, &mut found, restored, time).await? {}
            if found.is_empty() {
                continue;
            }
            let set = [mark.time, mark.with].map(|column| (column, Operand::Value(Value::Null(column.kind))));
            cache::hold(referrer.table, Touched::keys(&found)).await?;
            let filter = where_in(referrer.table.key(), found.clone());
            let rows = Rows::Many(&filter);
            update_rows::<B>(connection, referrer.table, RESTORE, &rows, &set, &[], time).await?;
            next.push_back((referrer.table, found));
        }
    }
    Ok(())
}

/// Takes those rows out that belong to a deleted one, which is not restored with them. Returns whether there were any:
/// others may belong to these.
async fn keep_deleted<B: Backend>(
    connection: &mut B::Connection,
    table: &'static TableDef,
    mark: Mark,
    found: &mut Keys,
    (top, restored): (&'static TableDef, &Keys),
    time: DateTime<Utc>,
) -> Result<bool> {
    let mut any = false;
    for column in table.columns {
        let Some(reference) = column.references.filter(|it| it.on_delete == OnDelete::Cascade) else {
            continue;
        };
        let parent = (reference.table)();
        let Delete::Mark { time: deleted, with } = parent.delete else { continue };
        let [name, key, deleted] = [parent.name, parent.key().name, deleted].map(|it| quoted(it, B::DIALECT));
        let own = quoted(column.name, B::DIALECT);
        let restored =
            [(top, restored), (table, &*found)].into_iter().filter(|(it, _)| it.name == parent.name);
        let restored: Keys = restored.flat_map(|(_, keys)| keys.clone()).collect();
        let restored = Value::Array(parent.key().kind, restored);
        let by_key = where_in(table.key(), found.clone());
        let filter = |sql: &mut Sql| {
            by_key(sql);
            sql.push(&format!(
                " AND {own} IN (SELECT {key} FROM {name} WHERE {deleted} IS NOT NULL AND NOT ("
            ));
            Expr::In { column: parent.key().into(), values: restored.clone() }.render(sql);
            sql.push("))");
        };
        let kept =
            if found.is_empty() { Keys::new() } else { select_keys::<B>(connection, table, filter).await? };
        if kept.is_empty() {
            continue;
        }
        any = true;
        let texts: HashSet<String> = kept.iter().map(key_text).collect();
        found.retain(|key| !texts.contains(&key_text(key)));
        let refers = format!("t.{own}");
        let itself = label_and_key(parent, column, &refers, B::DIALECT);
        let with = match with.map(|with| quoted(with, B::DIALECT)) {
            Some(with) => {
                format!("COALESCE((SELECT _p.{with} FROM {name} AS _p WHERE _p.{key} = {refers}), {itself})")
            }
            None => itself,
        };
        cache::hold(table, Touched::keys(&kept)).await?;
        let filter = where_in(table.key(), kept);
        let set = [(mark.with, Operand::Sql(with))];
        update_rows::<B>(connection, table, UPDATE, &Rows::Many(&filter), &set, &[], time).await?;
    }
    Ok(any)
}
