//! JSON text of which there is one for each value: object keys sorted, no white space.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

/// The text of `value`, so that key order never counts as a change (rule 4). Written in one pass: a detour through
/// `serde_json::Value` takes several times as long.
pub(crate) fn canonical_json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut text = CanonicalText { bytes: Vec::with_capacity(256), ..CanonicalText::default() };
    value.serialize(&mut Serializer::with_formatter(io::sink(), &mut text))?;
    Ok(String::from_utf8(text.bytes).expect("serde_json writes UTF-8"))
}

/// The text so far. It is kept here and not in the serializer's writer, since the end of an object reaches back to
/// its start.
#[derive(Default)]
struct CanonicalText {
    bytes: Vec<u8>,
    /// Where the members of the open objects start, and where their keys end; the innermost object's come last.
    members: Vec<(usize, usize)>,
    /// For each open object, which of `members` is its first.
    objects: Vec<usize>,
    /// Members that are being sorted, each with its end.
    sorted: Vec<((usize, usize), usize)>,
    /// Their text.
    sorted_bytes: Vec<u8>,
}

impl CanonicalText {
    /// Puts the members from `first` on in the order of their keys.
    fn sort(&mut self, first: usize) {
        let Self { bytes, members, sorted, sorted_bytes, .. } = self;
        let members = &members[first..];
        // Without the quotes, of which the closing one is larger than some characters.
        let key = |(start, end): (usize, usize)| &bytes[start + 1..end - 1];
        if members.is_sorted_by(|one, next| key(*one) <= key(*next)) {
            return;
        }
        let start = members[0].0;
        // Each member ends before the comma of the next.
        let ends = members[1..].iter().map(|next| next.0 - 1).chain([bytes.len()]);
        sorted.clear();
        sorted.extend(members.iter().copied().zip(ends));
        sorted.sort_by_key(|(member, _)| key(*member));
        sorted_bytes.clear();
        for ((start, _), end) in sorted {
            if !sorted_bytes.is_empty() {
                sorted_bytes.push(b',');
            }
            sorted_bytes.extend_from_slice(&bytes[*start..*end]);
        }
        bytes[start..].copy_from_slice(sorted_bytes);
    }
}

/// Methods that write to `bytes` what serde_json's compact form has.
macro_rules! compact {
    ($($name:ident($($argument:ident: $ty:ty)?);)*) => {$(
        fn $name<W: ?Sized + Write>(&mut self, _: &mut W $(, $argument: $ty)?) -> io::Result<()> {
            CompactFormatter.$name(&mut self.bytes $(, $argument)?)
        }
    )*};
}

impl Formatter for &mut CanonicalText {
    compact! {
        write_null();
        write_bool(value: bool);
        write_i8(value: i8);
        write_i16(value: i16);
        write_i32(value: i32);
        write_i64(value: i64);
        write_i128(value: i128);
        write_u8(value: u8);
        write_u16(value: u16);
        write_u32(value: u32);
        write_u64(value: u64);
        write_u128(value: u128);
        write_f32(value: f32);
        write_f64(value: f64);
        write_number_str(value: &str);
        begin_string();
        end_string();
        write_string_fragment(fragment: &str);
        write_char_escape(escape: CharEscape);
        begin_array();
        end_array();
        begin_array_value(first: bool);
        begin_object_value();
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.objects.push(self.members.len());
        self.bytes.push(b'{');
        Ok(())
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        if !first {
            self.bytes.push(b',');
        }
        self.members.push((self.bytes.len(), 0));
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.bytes.len();
        self.members.last_mut().expect("a key is of a member").1 = end;
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let first = self.objects.pop().expect("an end is of an object");
        self.sort(first);
        self.members.truncate(first);
        self.bytes.push(b'}');
        Ok(())
    }

    /// Raw JSON comes in any order and with any white space.
    fn write_raw_fragment<W: ?Sized + Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        let value: serde_json::Value = serde_json::from_str(fragment)?;
        Ok(value.serialize(&mut Serializer::with_formatter(io::sink(), &mut **self))?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Serialize)]
    struct Unsorted {
        b: Vec<Inner>,
        a: Option<u8>,
        #[serde(rename = "a!")]
        exclamation: f64,
        raw: Box<RawValue>,
    }

    #[derive(Serialize)]
    struct Inner {
        y: &'static str,
        x: (),
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = Unsorted {
            b: vec![Inner { y: "ä\n\"", x: () }, Inner { y: "", x: () }],
            a: Some(1),
            exclamation: 1.0,
            raw: RawValue::from_string("{ \"d\": [], \"c\": {} }".to_owned()).unwrap(),
        };
        assert_eq!(
            canonical_json(&value).unwrap(),
            r#"{"a":1,"a!":1.0,"b":[{"x":null,"y":"ä\n\""},{"x":null,"y":""}],"raw":{"c":{},"d":[]}}"#
        );
    }

    #[test]
    fn the_text_is_that_of_a_sorted_value() {
        let mut value = json!({
            "z": [1, -2, 1.5, true, null, "text", {"k": {"b": 1, "a": 2}, "": {}}],
            "\u{1}": "\u{0}", "a\"b": [], "a": {"nested": [[{"y": 1, "x": 2}]]}, "é": "\u{1F600}",
        });
        let text = canonical_json(&value).unwrap();
        value.sort_all_objects();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let places: Vec<_> = keys.iter().map(|key| text.find(&json!(key).to_string()).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }
}
