//! What a record tells: a field's value before and after.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The changes of one write, by field.
pub type Changes = BTreeMap<String, Change>;

/// One field's change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What the database held when it was overwritten; null where the row was new.
    pub old: LoggedValue,
    /// What was written; null where the row was removed.
    pub new: LoggedValue,
}

/// A value as JSON text, as exact as it was recorded. `Display` shows the text; compare it with `serde_json::json!(…)`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoggedValue(Box<RawValue>);

impl LoggedValue {
    /// The JSON text: `"Title"`, `10.50`, `null`.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// The value. A number that has more digits than an `f64` is rounded; [`as_json`](Self::as_json) has them all.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_str(self.as_json()).unwrap_or_default()
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.as_json() == "null"
    }
}

impl PartialEq for LoggedValue {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json() || self.to_value() == other.to_value()
    }
}

impl PartialEq<serde_json::Value> for LoggedValue {
    fn eq(&self, other: &serde_json::Value) -> bool {
        self.to_value() == *other
    }
}

impl fmt::Display for LoggedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}
