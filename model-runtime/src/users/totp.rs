//! Codes of an authenticator: RFC 6238 with SHA-1, 6 digits and 30 s, which all of them know.

use std::fmt;

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use secrecy::SecretString;
use totp_rs::{Builder, TotpError};

use super::random;
use super::two_factor::invalid;
use crate::backend::ColumnReader;
use crate::error::Result;
use crate::field::{BoxError, FieldType};
use crate::table::ColumnDef;
use crate::value::{Kind, Value};

pub(super) const DIGITS: u8 = 6;

/// As long as the hash, as RFC 4226 wants it.
const SECRET_BYTES: usize = 20;

/// What the user's authenticator knows, too. `Debug` does not show it.
#[derive(Clone)]
pub(super) struct TotpSecret(Vec<u8>);

impl TotpSecret {
    pub(super) fn random() -> Result<Self> {
        random::<SECRET_BYTES>().map(|bytes| Self(bytes.to_vec()))
    }

    /// The step of the code, where it is the one of that time, or of the step before or after.
    pub(super) fn step(&self, digits: u8, code: &str, time: DateTime<Utc>) -> Option<i64> {
        // A secret that is none has no codes.
        let totp = Builder::new().with_secret(self.0.as_slice()).with_digits(digits).build().ok()?;
        let step = totp.check(code, time.timestamp().try_into().ok()?)?;
        step.try_into().ok()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FieldType for TotpSecret {
    const KIND: Kind = Kind::Bytes;

    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self.0.as_slice().into())
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
        reader.bytes().map(Self)
    }
}

/// What the user's authenticator is to know: shown once, as a QR code or as text.
#[derive(Debug)]
pub struct Enrolment {
    secret_base32: SecretString,
    uri: SecretString,
    qr_svg: SecretString,
}

impl Enrolment {
    pub(super) fn new(secret: &TotpSecret, issuer: &str, email: &str) -> Result<Self> {
        let builder = Builder::new().with_secret(secret.0.as_slice()).with_account_name(email);
        let totp = builder.with_issuer((!issuer.is_empty()).then_some(issuer)).build();
        let uri = totp.and_then(|totp| totp.to_url()).map_err(|error| match error {
            TotpError::InvalidIssuer { .. } => {
                invalid("issuer", "contains a colon, which separates it from the e-mail")
            }
            _ => invalid("email", "is empty or contains a colon, which an authenticator cannot show"),
        })?;
        let qr = QrCode::with_error_correction_level(&uri, EcLevel::M);
        let qr = qr.map_err(|_| invalid("issuer", "is too long for a QR code"))?;
        Ok(Self {
            secret_base32: BASE32_NOPAD.encode(&secret.0).into(),
            uri: uri.into(),
            qr_svg: qr.render::<svg::Color<'_>>().min_dimensions(200, 200).build().into(),
        })
    }

    /// The secret, for typing it in.
    pub fn secret_base32(&self) -> &SecretString {
        &self.secret_base32
    }

    /// The `otpauth://` URI.
    pub fn uri(&self) -> &SecretString {
        &self.uri
    }

    /// The URI as a QR code: a whole SVG image of at least 200 pixels. It tells the secret.
    pub fn qr_svg(&self) -> &SecretString {
        &self.qr_svg
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// RFC 6238, appendix B.
    #[test]
    fn the_vectors_of_the_rfc_pass() {
        let secret = TotpSecret(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = seconds / 30;
            for (now, expected) in [
                (seconds, Some(step)),
                ((step + 2) * 30 - 1, Some(step)),
                ((step - 1) * 30, Some(step)),
                ((step + 2) * 30, None),
                ((step - 1) * 30 - 1, None),
            ] {
                let time = DateTime::from_timestamp(now, 0).unwrap();
                assert_eq!(secret.step(8, code, time), expected, "{code} at {now}");
            }
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(secret.step(6, &code[2..], time), Some(step));
            assert_eq!(secret.step(6, code, time), None);
        }
    }

    #[test]
    fn an_enrolment_tells_the_authenticator_and_nobody_else() {
        let secret = TotpSecret(b"12345678901234567890".to_vec());
        let enrolment = Enrolment::new(&secret, "Jane & Co", "jane+1@example.com").unwrap();
        let uri = enrolment.uri().expose_secret();
        let totp = totp_rs::Totp::from_url(uri).unwrap();
        assert_eq!((totp.issuer(), totp.account_name()), (Some("Jane & Co"), "jane+1@example.com"));
        assert_eq!((totp.digits(), totp.step(), totp.secret().as_bytes()), (6, 30, secret.0.as_slice()));
        assert_eq!(enrolment.secret_base32().expose_secret(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(enrolment.qr_svg().expose_secret().contains("<svg"));
        let shown = format!("{enrolment:?} {secret:?}");
        assert!(!shown.contains("GEZD") && !shown.contains("49, 50") && !shown.contains("<svg"), "{shown}");
    }

    #[test]
    fn what_an_authenticator_cannot_show_is_refused() {
        let secret = TotpSecret(vec![7; SECRET_BYTES]);
        for (issuer, email, field) in [
            ("a:b", "jane@example.com", "issuer"),
            (&*"é".repeat(400), "jane@example.com", "issuer"),
            ("Blog", "", "email"),
            ("Blog", "jane:doe@example.com", "email"),
        ] {
            let error = Enrolment::new(&secret, issuer, email).unwrap_err().to_string();
            assert!(error.starts_with(&format!("TwoFactor is not valid: {field} ")), "{error}");
        }
        assert!(Enrolment::new(&secret, "", "jane@example.com").is_ok());
    }
}
