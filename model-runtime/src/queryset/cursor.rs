//! Cursors: a place in an order, as text that its reader can neither make nor change.

use std::borrow::Cow;
use std::fmt;

use chrono::DateTime;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Result, ValidationErrors};
use crate::value::{Kind, Value};

/// The shortest secret, in bytes: as long as its hash.
const SECRET: usize = 32;

/// The length of a signature, in bytes.
const SIGNATURE: usize = 32;

/// What is signed is this and the place, so that a secret which signs other things too signs no cursor by that.
const PURPOSE: &[u8] = b"model-runtime cursor 1\n";

/// Signs the cursors of [`Pages::keyset`](super::Pages::keyset), with HMAC-SHA-256. `Debug` does not show the secret.
///
/// Make it once, from a secret that all processes of the program share; with another secret the cursors that are out
/// are refused, and their readers start again from the first page.
///
/// ```
/// use model_runtime::Cursors;
///
/// assert!(Cursors::new("too short").is_err());
/// let cursors = Cursors::new("a secret of at least 32 bytes, from the environment")?;
/// # let _ = cursors; Ok::<(), model_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Cursors(Hmac<Sha256>);

impl fmt::Debug for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursors(***)")
    }
}

impl Cursors {
    /// Signs with this secret.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) where it has fewer than 32 bytes.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self> {
        let secret = secret.as_ref();
        let mut errors = ValidationErrors::new("Cursors");
        if secret.len() < SECRET {
            errors.add("secret", format!("has {} bytes, and must have at least {SECRET}", secret.len()));
        }
        let signer = Hmac::new_from_slice(secret);
        if let Err(error) = &signer {
            errors.add("secret", error.to_string());
        }
        match signer {
            Ok(signer) if errors.errors().is_empty() => Ok(Self(signer.chain_update(PURPOSE))),
            _ => Err(errors.into()),
        }
    }

    /// The cursor that holds this text.
    pub(super) fn seal(&self, text: &str) -> String {
        let signature = self.0.clone().chain_update(text).finalize().into_bytes();
        BASE64URL_NOPAD.encode(&[signature.as_slice(), text.as_bytes()].concat())
    }

    /// The text that a cursor of ours holds.
    pub(super) fn open(&self, cursor: &str) -> Option<String> {
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (signature, text) = bytes.split_at_checked(SIGNATURE)?;
        self.0.clone().chain_update(text).verify_slice(signature).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

/// A value as text, of which there is one for each; NULL is none. Only what cannot be in a column is an error.
pub(super) fn to_text(value: &Value<'_>) -> Result<Option<String>, String> {
    Ok(Some(match value {
        Value::Null(_) => return Ok(None),
        Value::Bool(v) => v.to_string(),
        Value::SmallInt(v) => v.to_string(),
        Value::Integer(v) => v.to_string(),
        Value::BigInt(v) => v.to_string(),
        Value::Real(v) => v.to_string(),
        Value::Double(v) => v.to_string(),
        Value::Text(v) | Value::Json(v) => v.to_string(),
        Value::Uuid(v) => v.to_string(),
        Value::Timestamp(v) => v.timestamp_micros().to_string(),
        Value::Date(v) => v.to_string(),
        Value::Decimal(v) => v.to_string(),
        Value::Bytes(v) => HEXLOWER.encode(v),
        Value::Ip(v) => v.to_string(),
        Value::Array(..) => return Err("is a list".to_owned()),
        Value::Invalid(why) => return Err(why.clone()),
    }))
}

/// The value of that kind.
pub(super) fn of_text(kind: Kind, text: Option<String>) -> Option<Value<'static>> {
    let Some(text) = text else { return Some(Value::Null(kind)) };
    Some(match kind {
        Kind::Bool => Value::Bool(text.parse().ok()?),
        Kind::SmallInt => Value::SmallInt(text.parse().ok()?),
        Kind::Integer => Value::Integer(text.parse().ok()?),
        Kind::BigInt => Value::BigInt(text.parse().ok()?),
        Kind::Real => Value::Real(text.parse().ok()?),
        Kind::Double => Value::Double(text.parse().ok()?),
        Kind::Text => Value::Text(text.into()),
        Kind::Uuid => Value::Uuid(text.parse().ok()?),
        Kind::Timestamp => Value::Timestamp(DateTime::from_timestamp_micros(text.parse().ok()?)?),
        Kind::Date => Value::Date(text.parse().ok()?),
        Kind::Decimal => Value::Decimal(text.parse().ok()?),
        Kind::Json => Value::Json(text.into()),
        Kind::Bytes => Value::Bytes(Cow::Owned(HEXLOWER.decode(text.as_bytes()).ok()?)),
        Kind::Ip => Value::Ip(text.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn every_value_comes_back() {
        let values = [
            Value::Bool(false),
            Value::SmallInt(-1),
            Value::Integer(i32::MIN),
            Value::BigInt(i64::MAX),
            Value::Real(0.1),
            Value::Real(f32::NEG_INFINITY),
            Value::Double(f64::MIN_POSITIVE),
            Value::Double(1e300),
            Value::Double(f64::INFINITY),
            Value::Text("\"ä\u{1F600}\\\n".into()),
            Value::Text("".into()),
            Value::Uuid(uuid::Uuid::from_u128(7)),
            Value::Timestamp(DateTime::from_timestamp_micros(-1).unwrap()),
            Value::Date(NaiveDate::from_ymd_opt(1, 2, 3).unwrap()),
            Value::Decimal("-0.10".parse().unwrap()),
            Value::Json(r#"{"a":[1,null]}"#.into()),
            Value::Bytes(vec![0, 255].into()),
            Value::Ip("::1".parse().unwrap()),
        ];
        let kinds = [
            Kind::Bool,
            Kind::SmallInt,
            Kind::Integer,
            Kind::BigInt,
            Kind::Real,
            Kind::Real,
            Kind::Double,
            Kind::Double,
            Kind::Double,
            Kind::Text,
            Kind::Text,
            Kind::Uuid,
            Kind::Timestamp,
            Kind::Date,
            Kind::Decimal,
            Kind::Json,
            Kind::Bytes,
            Kind::Ip,
        ];
        for (value, kind) in values.into_iter().zip(kinds) {
            assert_eq!(of_text(kind, to_text(&value).unwrap()), Some(value));
            assert_eq!(of_text(kind, to_text(&Value::Null(kind)).unwrap()), Some(Value::Null(kind)));
        }
        let nan = of_text(Kind::Double, to_text(&Value::Double(f64::NAN)).unwrap());
        assert!(matches!(nan, Some(Value::Double(v)) if v.is_nan()));
        assert_eq!(of_text(Kind::Integer, Some("2147483648".into())), None);
    }

    #[test]
    fn no_bit_of_a_cursor_can_be_changed() {
        let cursors = Cursors::new(KEY).unwrap();
        let cursor = cursors.seal("[1]");
        assert_eq!(cursors.open(&cursor).as_deref(), Some("[1]"));
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(cursors.open(&BASE64URL_NOPAD.encode(&forged)), None, "bit {bit}");
        }
        for length in 0..cursor.len() {
            assert_eq!(cursors.open(&cursor[..length]), None, "{length} characters");
        }
        assert_eq!(cursors.open(&format!("{cursor}=")), None);
        let bare = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap().chain_update("[1]").finalize();
        let bare = BASE64URL_NOPAD.encode(&[bare.into_bytes().as_slice(), b"[1]"].concat());
        assert_eq!(cursors.open(&bare), None, "signed for another purpose");
    }

    #[test]
    fn the_secret_is_long_and_not_shown() {
        let error = Cursors::new("short").unwrap_err();
        assert_eq!(error.to_string(), "Cursors is not valid: secret has 5 bytes, and must have at least 32");
        assert_eq!(format!("{:?}", Cursors::new(KEY).unwrap()), "Cursors(***)");
    }
}
