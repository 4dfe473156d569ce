//! What a write touches.

use crate::field::FieldType;
use crate::value::Value;

/// What a write touches.
#[derive(Debug)]
#[cfg_attr(not(feature = "cache"), expect(dead_code))]
pub(crate) enum Touched {
    /// The row of this key.
    Row(Value<'static>),
    /// The row of this key, which is removed.
    RemovedRow(Value<'static>),
    /// The rows of these keys.
    Keys(Vec<Value<'static>>),
    /// The rows of these keys, which are removed.
    RemovedKeys(Vec<Value<'static>>),
    /// Rows that only the database knows.
    Rows,
    /// Such rows, which are removed.
    RemovedRows,
    /// New rows.
    New,
}

/// Of more rows than this all of the table are touched.
const KEYS: usize = 64;

impl Touched {
    pub(crate) fn row(id: impl FieldType) -> Self {
        Self::Row(id.to_value().into_owned())
    }

    pub(crate) fn keys(keys: &[Value<'static>]) -> Self {
        if keys.len() > KEYS { Self::Rows } else { Self::Keys(keys.to_vec()) }
    }

    /// The same, of a write that removes.
    pub(crate) fn removed(self) -> Self {
        match self {
            Self::Row(key) => Self::RemovedRow(key),
            Self::Keys(keys) => Self::RemovedKeys(keys),
            Self::Rows | Self::New => Self::RemovedRows,
            removed => removed,
        }
    }
}
