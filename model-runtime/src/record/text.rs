//! The texts of recorded writes of one row. They are long, and always the same; making one takes as long as a round trip.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::sql::Sql;
use crate::table::Dialect;

/// What a text depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The address of the model's `TableDef`: two models can be of one table, and have other columns.
    pub table: usize,
    pub dialect: Dialect,
    pub action: &'static str,
    pub log: bool,
    pub journal: bool,
    /// The fixed statement that it goes around, where it does.
    pub around: Option<Fixed>,
}

/// A fixed statement, known by its place: comparing texts would take longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fixed {
    address: usize,
    length: usize,
}

impl From<&'static str> for Fixed {
    fn from(text: &'static str) -> Self {
        Self { address: text.as_ptr().addr(), length: text.len() }
    }
}

static TEXTS: LazyLock<RwLock<HashMap<Key, Arc<str>>>> = LazyLock::new(RwLock::default);

/// The text of that key, made where it is not yet.
pub(super) fn of(key: Key, make: impl FnOnce() -> Sql) -> SqlStr {
    let known = TEXTS.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let text = known.unwrap_or_else(|| {
        let text: Arc<str> = make().text().into();
        TEXTS.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&text));
        text
    });
    // Made by `Sql`, which says why it is safe.
    AssertSqlSafe(text).into_sql_str()
}
