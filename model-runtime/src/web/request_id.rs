//! The request's id: the client's or the proxy's, else one of our own.

use axum::http::HeaderMap;
use uuid::Uuid;

/// The header that brings it, and in which it is echoed.
pub const REQUEST_ID: &str = "x-request-id";

/// Longest id that is taken over.
const LENGTH: usize = 128;

/// The id that the request brings, where it is one to write into logs; else a new one.
pub(super) fn request_id(headers: &HeaderMap) -> String {
    let brought = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=LENGTH).contains(&id.len())
            && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.:/+=".contains(&c))
    };
    brought.filter(is_plain).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_id_is_taken_over() {
        let of = |id: &str| {
            request_id(&[(REQUEST_ID.parse().unwrap(), id.parse().unwrap())].into_iter().collect())
        };
        assert_eq!(of("a-1_b:2"), "a-1_b:2");
        for refused in ["", "a b", "a\"b", &"a".repeat(129)] {
            assert_ne!(of(refused), refused);
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }
}
