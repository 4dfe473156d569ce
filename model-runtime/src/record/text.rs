//! The texts of recorded writes of one row. They are long, and always the same; making one takes as long as a round trip.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::sql::Sql;
use crate::table::Dialect;

/// What a text depends on. A table's name stands for its model: two models of one table have one set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub table: &'static str,
    pub dialect: Dialect,
    pub action: &'static str,
    pub log: bool,
    pub journal: bool,
}

static TEXTS: RwLock<Option<HashMap<Key, Arc<str>>>> = RwLock::new(None);

/// The text of that key, made where it is not yet.
pub(super) fn of(key: Key, make: impl FnOnce() -> Sql) -> SqlStr {
    let known = TEXTS.read().unwrap_or_else(PoisonError::into_inner);
    let text = known.as_ref().and_then(|texts| texts.get(&key)).cloned();
    drop(known);
    let text = text.unwrap_or_else(|| {
        let text: Arc<str> = make().text().into();
        let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
        texts.get_or_insert_default().insert(key, Arc::clone(&text));
        text
    });
    // Made by `Sql`, which says why it is safe.
    AssertSqlSafe(text).into_sql_str()
}
