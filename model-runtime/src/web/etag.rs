//! Entity tags of rows, and the conditions on them: `If-Match`, `If-None-Match`.

use axum::http::{HeaderMap, StatusCode, header};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::model::Model;
use crate::table::Role;
use crate::value::Value;

/// The tag of a row: its version, else the time of its last write, and a hash of the further members that it is shown with. None
/// where the model has neither.
pub(super) fn etag<M: Model>(row: &M, members: &str) -> Option<String> {
    let position = |role: Role| M::TABLE.columns.iter().position(|column| column.role == role);
    let position = position(Role::Version).or_else(|| position(Role::Touched))?;
    let state = match row.value(position) {
        Value::BigInt(version) => version,
        Value::Timestamp(time) => time.timestamp_micros(),
        _ => return None,
    };
    if members.is_empty() {
        return Some(format!("\"{state}\""));
    }
    let hash = Sha256::digest(members);
    Some(format!("\"{state}-{}\"", BASE64URL_NOPAD.encode(&hash[..12])))
}

/// Whether the request sets a condition on the row that it writes.
pub(super) fn has_condition(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_MATCH)
}

/// Refuses the write of a row that is another than the request says.
pub(super) fn check<M: Model>(headers: &HeaderMap, row: &M, members: &str) -> Result<(), Problem> {
    if !has_condition(headers) || tags(headers, header::IF_MATCH, etag(row, members).as_deref(), false) {
        return Ok(());
    }
    let detail = format!("the {} has changed since: read it again", M::TABLE.model);
    Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail))
}

/// Whether who asks has the row as it is.
pub(super) fn is_known<M: Model>(headers: &HeaderMap, row: &M, members: &str) -> bool {
    tags(headers, header::IF_NONE_MATCH, etag(row, members).as_deref(), true)
}

/// Whether the header names the tag, or any.
fn tags(headers: &HeaderMap, name: header::HeaderName, tag: Option<&str>, weak: bool) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    let mut named = lines.flat_map(|line| line.split(',')).map(str::trim);
    named.any(|named| {
        let named = if weak { named.strip_prefix("W/").unwrap_or(named) } else { named };
        named == "*" || Some(named) == tag
    })
}
