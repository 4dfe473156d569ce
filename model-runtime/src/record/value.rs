//! Reading a value of a record: JSON text as the column type that it came from.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::backend::ColumnReader;
use crate::field::{BoxError, FieldType};
use crate::table::ColumnDef;

/// The value that a record tells of the column, from its JSON text.
///
/// # Errors
/// Where the text is no value of the type.
pub fn from_json<T: FieldType>(json: &str, column: &ColumnDef) -> Result<T, BoxError> {
    let text: Option<String> = if json.starts_with('"') { Some(serde_json::from_str(json)?) } else { None };
    let reader = JsonReader { json, text: text.as_deref() };
    if reader.is_null() && !T::NULLABLE {
        return Err("it is null, and the field is no `Option`".into());
    }
    T::read(reader, column)
}

/// A value of a record; a text without its quotes and escapes too.
struct JsonReader<'r> {
    json: &'r str,
    text: Option<&'r str>,
}

impl<'r> JsonReader<'r> {
    fn parse<T: std::str::FromStr<Err: Into<BoxError>>>(&self) -> Result<T, BoxError> {
        self.text.unwrap_or(self.json).parse().map_err(Into::into)
    }
}

impl<'r> ColumnReader<'r> for JsonReader<'r> {
    fn is_null(&self) -> bool {
        self.json == "null"
    }

    fn bool(self) -> Result<bool, BoxError> {
        self.parse()
    }

    fn i16(self) -> Result<i16, BoxError> {
        self.parse()
    }

    fn i32(self) -> Result<i32, BoxError> {
        self.parse()
    }

    fn i64(self) -> Result<i64, BoxError> {
        self.parse()
    }

    fn f32(self) -> Result<f32, BoxError> {
        self.parse()
    }

    fn f64(self) -> Result<f64, BoxError> {
        self.parse()
    }

    fn str(self) -> Result<&'r str, BoxError> {
        self.text.ok_or_else(|| format!("{} is no text", self.json).into())
    }

    fn string(self) -> Result<String, BoxError> {
        self.str().map(str::to_owned)
    }

    fn uuid(self) -> Result<Uuid, BoxError> {
        self.parse()
    }

    fn timestamp(self) -> Result<DateTime<Utc>, BoxError> {
        self.parse()
    }

    fn date(self) -> Result<NaiveDate, BoxError> {
        self.parse()
    }

    fn decimal(self, scale: u32) -> Result<Decimal, BoxError> {
        let mut decimal: Decimal = self.parse()?;
        decimal.rescale(scale);
        Ok(decimal)
    }

    fn json<T: DeserializeOwned + 'static>(self) -> Result<T, BoxError> {
        Ok(serde_json::from_str(self.json)?)
    }

    fn bytes(self) -> Result<Vec<u8>, BoxError> {
        let digits = self.str()?;
        let byte = |i: usize| {
            let pair = digits.get(i..i + 2).ok_or_else(|| BoxError::from("half a byte"))?;
            Ok(u8::from_str_radix(pair, 16)?)
        };
        (0..digits.len()).step_by(2).map(byte).collect()
    }

    fn ip(self) -> Result<IpAddr, BoxError> {
        self.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: ColumnDef = ColumnDef::new::<Decimal>("price").digits(10, 2);

    #[test]
    fn each_type_is_read_back() {
        assert_eq!(from_json::<String>(r#""a\"\n\u00e4""#, &PRICE).unwrap(), "a\"\nä");
        assert_eq!(from_json::<Decimal>("10.5", &PRICE).unwrap().to_string(), "10.50");
        assert_eq!(from_json::<Vec<u8>>(r#""00ff""#, &PRICE).unwrap(), [0, 255]);
        assert_eq!(from_json::<Option<i32>>("null", &PRICE).unwrap(), None);
        assert!(from_json::<f64>(r#""NaN""#, &PRICE).unwrap().is_nan());
        assert_eq!(from_json::<f64>(r#""-Infinity""#, &PRICE).unwrap(), f64::NEG_INFINITY);
    }

    #[test]
    fn what_is_no_value_of_the_type_is_refused() {
        assert!(from_json::<i32>("null", &PRICE).is_err());
        assert!(from_json::<i32>("\"***\"", &PRICE).is_err());
        assert!(from_json::<String>("1", &PRICE).is_err());
        assert!(from_json::<Vec<u8>>(r#""0g""#, &PRICE).is_err());
        assert!(from_json::<Vec<u8>>(r#""012""#, &PRICE).is_err());
    }
}
