//! The client's address, behind proxies that are trusted by their number.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// What proxies add the address to that they were asked from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: of the peer, or behind so many trusted proxies what the outermost of them saw. Each adds one
/// address on the right; whatever stands further left is the client's word, and not believed.
pub(super) fn client_address(headers: &HeaderMap, peer: Option<IpAddr>, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let parts = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let seen = parts.rev().take(proxies).map_while(address);
    seen.last().or(peer).map(|address| address.to_canonical())
}

fn address(part: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(part).ok()?.trim();
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    text.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(lines: &[&str], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        client_address(&headers, "10.0.0.1".parse().ok(), proxies).unwrap().to_string()
    }

    #[test]
    fn as_many_proxies_are_trusted_as_there_are() {
        let lines = ["6.6.6.6, 203.0.113.9", "10.0.0.2"];
        assert_eq!(of(&lines, 0), "10.0.0.1");
        assert_eq!(of(&lines, 1), "10.0.0.2");
        assert_eq!(of(&lines, 2), "203.0.113.9");
        assert_eq!(of(&[], 2), "10.0.0.1");
        assert_eq!(of(&["203.0.113.9"], 2), "203.0.113.9");
    }

    #[test]
    fn what_is_no_address_hides_what_stands_left_of_it() {
        assert_eq!(of(&["6.6.6.6, unknown, 10.0.0.2"], 3), "10.0.0.2");
        assert_eq!(of(&["6.6.6.6, unknown"], 2), "10.0.0.1");
    }

    #[test]
    fn what_is_no_ascii_hides_nothing_right_of_it() {
        assert_eq!(of(&["é, 203.0.113.9"], 1), "203.0.113.9");
        assert_eq!(of(&["6.6.6.6, é, 203.0.113.9", "10.0.0.2"], 4), "203.0.113.9");
        assert_eq!(of(&["6.6.6.6", "é"], 2), "10.0.0.1");
    }

    #[test]
    fn ports_and_mapped_addresses_are_read() {
        assert_eq!(of(&["203.0.113.9:4711"], 1), "203.0.113.9");
        assert_eq!(of(&["[2001:db8::1]:4711"], 1), "2001:db8::1");
        assert_eq!(of(&["::ffff:203.0.113.9"], 1), "203.0.113.9");
    }
}
