//! Texts of statements that are long and always the same: making one takes as long as a round trip.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::sql::Sql;
use crate::table::{Dialect, TableDef};

/// What a text depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The address of the model's `TableDef`: two models can be of one table, and have other columns.
    pub table: usize,
    pub dialect: Dialect,
    /// What the statement does.
    pub action: &'static str,
    /// The columns that it sets, by their positions.
    pub columns: u128,
    /// Whether it writes a log, and a journal.
    pub records: (bool, bool),
    /// The fixed statement that it goes around, where it does.
    pub around: Option<Fixed>,
}

impl Key {
    pub(crate) fn new(table: &'static TableDef, dialect: Dialect, action: &'static str) -> Self {
        let table = std::ptr::from_ref(table).addr();
        Self { table, dialect, action, columns: 0, records: (false, false), around: None }
    }
}

/// A fixed statement, known by its place: comparing texts would take longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fixed {
    address: usize,
    length: usize,
}

impl From<&'static str> for Fixed {
    fn from(text: &'static str) -> Self {
        Self { address: text.as_ptr().addr(), length: text.len() }
    }
}

/// Most texts that are kept, of those whose columns requests may choose.
const MOST: usize = 4096;

static TEXTS: LazyLock<RwLock<HashMap<Key, Arc<str>>>> = LazyLock::new(RwLock::default);

/// The text of that key, made where it is not yet.
pub(crate) fn of(key: Key, make: impl FnOnce() -> Sql) -> SqlStr {
    let (known, is_full) = {
        let texts = TEXTS.read().unwrap_or_else(PoisonError::into_inner);
        (texts.get(&key).cloned(), key.columns != 0 && texts.len() >= MOST)
    };
    let text = known.unwrap_or_else(|| {
        let text: Arc<str> = make().text().into();
        if !is_full {
            TEXTS.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&text));
        }
        text
    });
    // Made by `Sql`, which says why it is safe.
    AssertSqlSafe(text).into_sql_str()
}
