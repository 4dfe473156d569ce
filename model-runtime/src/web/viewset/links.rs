//! Lists of linked rows (`#[many_to_many]`) that are given with a row: `"tags": ["rust", "web"]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;

use super::holds;
use super::work::Work;
use crate::column::Column;
use crate::error::{Result, excerpt};
use crate::field::FieldType;
use crate::fields::value_of_json;
use crate::many_to_many::Through;
use crate::model::{Model, Writable};
use crate::queryset::{Query, QuerySet};
use crate::table::{ColumnDef, ScopeDef, TableDef};
use crate::users::UserModel;
use crate::validate::check_one;
use crate::web::caller::Caller;

/// Most rows that one can be linked to by a request.
pub(in crate::web) const MAX_LINKS: usize = 100;

/// Links a row to those that were found, and to no others.
pub(super) type SetLinks<M> =
    Box<dyn for<'a> FnOnce(&'a M, &'a mut Work) -> BoxFuture<'a, Result<()>> + Send>;

type Find<M, U> = dyn for<'a> Fn(&'a str, &'a Caller<U>, &'a mut Work) -> BoxFuture<'a, Result<Result<SetLinks<M>, String>>>
    + Send
    + Sync;

/// A list of linked rows, each named by a column.
pub(in crate::web) struct LinkList<M, U> {
    pub name: &'static str,
    pub column: &'static ColumnDef,
    find: Arc<Find<M, U>>,
}

impl<M, U> Clone for LinkList<M, U> {
    fn clone(&self) -> Self {
        Self { find: Arc::clone(&self.find), ..*self }
    }
}

impl<M: Model, U: UserModel> LinkList<M, U> {
    /// # Panics
    /// Where the column is not unique by itself.
    pub(super) fn new<L, R, T>(
        name: &'static str,
        through: Through<M, L, R>,
        by: Column<R, T>,
        rows: impl Fn(Option<&U>) -> QuerySet<R> + Send + Sync + 'static,
    ) -> Self
    where
        L: Writable,
        R: Model,
        T: FieldType,
    {
        let (column, model) = (by.def(), R::TABLE.model);
        assert!(
            is_unique(R::TABLE, column),
            "links({name:?}) goes by {model}.{field}, of which several rows can have the same value: make it `#[column(unique)]`, \
             or take a column that is",
            field = column.field,
        );
        let find: Arc<Find<M, U>> =
            Arc::new(move |json, caller, work| Box::pin(find(json, through, by, rows(caller.user()), work)));
        Self { name, column, find }
    }
}

/// Whether no two live rows have the same value in the column.
fn is_unique(table: &TableDef, column: &ColumnDef) -> bool {
    let (part, descending) = (format!("\"{}\"", column.name), format!("\"{}\" DESC", column.name));
    let live: Vec<String> = table.scopes.iter().map(ScopeDef::sql).collect();
    let live = live.join(" AND ");
    column.name == table.key().name
        || table.indexes.iter().any(|index| {
            let is_of_column = matches!(index.parts, [only] if *only == part || *only == descending);
            index.unique && is_of_column && index.filter.is_none_or(|filter| filter == live)
        })
}

async fn find<M, L, R, T>(
    json: &str,
    through: Through<M, L, R>,
    by: Column<R, T>,
    rows: QuerySet<R>,
    work: &mut Work,
) -> Result<Result<SetLinks<M>, String>>
where
    M: Model,
    L: Writable,
    R: Model,
    T: FieldType,
{
    let Ok(given) = serde_json::from_str::<Vec<Box<RawValue>>>(json) else {
        return Ok(Err("is no list".to_owned()));
    };
    if given.len() > MAX_LINKS {
        return Ok(Err(format!("has {} items, {MAX_LINKS} are allowed", given.len())));
    }
    let mut values: Vec<T> = Vec::new();
    for item in &given {
        match value_of::<T>(item, by.def()) {
            Ok(value) => values.push(value),
            Err(why) => return Ok(Err(format!("has {}, which {why}", excerpt(item.get())))),
        }
    }
    let rows = match values.as_slice() {
        [] => Vec::new(),
        values => rows.filter(|_| by.is_in(values)).fetch_all(work).await?,
    };
    let is_known = |value: &T| rows.iter().any(|row| holds(row, by.def(), value));
    if let Some(unknown) = values.iter().position(|value| !is_known(value)) {
        let (item, field, model) = (excerpt(given[unknown].get()), by.def().field, R::TABLE.model);
        return Ok(Err(format!("has {item}, which is the {field} of no {model}")));
    }
    let set: SetLinks<M> =
        Box::new(move |row, work| Box::pin(async move { through.of(row).set(&rows, work).await.map(drop) }));
    Ok(Ok(set))
}

/// A value that the column can hold.
fn value_of<T: FieldType>(item: &RawValue, column: &ColumnDef) -> Result<T, String> {
    let value: T = value_of_json(item.get(), column)?;
    check_one(column, &value.to_value())?;
    Ok(value)
}

/// Takes the lists out of what is given. What is wrong with them is told with the fields.
pub(super) async fn take<M: Model, U: UserModel>(
    lists: &[LinkList<M, U>],
    given: &mut BTreeMap<String, Box<RawValue>>,
    caller: &Caller<U>,
    work: &mut Work,
) -> Result<(Vec<SetLinks<M>>, Vec<(&'static str, String)>)> {
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for list in lists {
        let Some(json) = given.remove(list.name) else { continue };
        match (list.find)(json.get(), caller, work).await? {
            Ok(set) => found.push(set),
            Err(why) => refused.push((list.name, why)),
        }
    }
    Ok((found, refused))
}
