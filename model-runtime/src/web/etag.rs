//! Entity tags of rows, and the conditions on them: `If-Match`, `If-None-Match`.

use axum::http::{HeaderMap, StatusCode, header};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::viewset::Shown;
use crate::model::Model;
use crate::table::Role;
use crate::value::Value;

/// The tag of a row: its version, else the time of its last write, where that tells all that is shown of it; else with a hash of
/// what is shown.
pub(super) fn etag<M: Model>(row: &M, shown: &Shown) -> String {
    let position = |role: Role| M::TABLE.columns.iter().position(|column| column.role == role);
    let position = position(Role::Version).or_else(|| position(Role::Touched));
    let state = match position.map(|position| row.value(position)) {
        Some(Value::BigInt(version)) => Some(version),
        Some(Value::Timestamp(time)) => Some(time.timestamp_micros()),
        _ => None,
    };
    let hash = || BASE64URL_NOPAD.encode(&Sha256::digest(&shown.json)[..12]);
    match state {
        Some(state) if shown.by_columns_alone => format!("\"{state}\""),
        Some(state) => format!("\"{state}-{}\"", hash()),
        None => format!("\"{}\"", hash()),
    }
}

/// Whether the request sets a condition on the row that it writes.
pub(super) fn has_condition(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_MATCH) || headers.contains_key(header::IF_NONE_MATCH)
}

/// Refuses the write of a row that is another than the request says.
pub(super) fn check<M: Model>(headers: &HeaderMap, row: &M, shown: &Shown) -> Result<(), Problem> {
    let refused = |why| {
        let detail = format!("the {} {why}", M::TABLE.model);
        Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail))
    };
    let tag = etag(row, shown);
    if headers.contains_key(header::IF_MATCH) && !tags(headers, header::IF_MATCH, &tag, false) {
        return refused("has changed since: read it again");
    }
    if tags(headers, header::IF_NONE_MATCH, &tag, true) {
        return refused("is there, in a state that If-None-Match excludes");
    }
    Ok(())
}

/// Whether who asks has the row as it is.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    tags(headers, header::IF_NONE_MATCH, tag, true)
}

/// Whether the header names the tag, or any.
fn tags(headers: &HeaderMap, name: header::HeaderName, tag: &str, weak: bool) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    let mut named = lines.flat_map(|line| line.split(',')).map(str::trim);
    named.any(|named| {
        let named = if weak { named.strip_prefix("W/").unwrap_or(named) } else { named };
        named == "*" || named == tag
    })
}
