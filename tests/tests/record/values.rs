//! Values of every type, plain, extreme and random, and how to compare them with what is recorded.

use std::net::IpAddr;

use model_runtime::prelude::*;
use model_runtime::record::{Changes, from_json};
use proptest::prelude::*;
use serde_json::json;
use tests::models::{Dimensions, Size, Sku};
use tests::recorded::AnyValue;

/// Has a macro run over the fields of [`AnyValue`].
macro_rules! each_field {
    ($run:ident $(, $argument:expr)*) => {
        $run!(($($argument),*)
            uuid text boolean small integer big real double price moment day json dimensions bytes ip size sku
            maybe_uuid maybe_text maybe_boolean maybe_small maybe_integer maybe_big maybe_real maybe_double
            maybe_price maybe_moment maybe_day maybe_json maybe_dimensions maybe_bytes maybe_ip maybe_size maybe_sku)
    };
}

macro_rules! names_that_differ {
    (($old:expr, $new:expr) $($field:ident)*) => {{
        let fields = [$((stringify!($field), $old.$field != $new.$field)),*];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect::<Vec<_>>()
    }};
}

macro_rules! read_into {
    (($row:expr, $changes:expr, $side:expr) $($field:ident)*) => {$(
        if let Some(change) = $changes.get(stringify!($field)) {
            let told = if $side == "old" { &change.old } else { &change.new };
            match from_json(told.as_json(), AnyValue::COLUMNS.$field.def()) {
                Ok(value) => $row.$field = value,
                Err(error) => panic!("{} is told as {told}: {error}", stringify!($field)),
            }
        }
    )*};
}

/// What `onto` becomes when it takes one side of the changes over.
pub fn read_back(changes: &Changes, side: &str, onto: &AnyValue) -> AnyValue {
    let mut row = onto.clone();
    each_field!(read_into, row, changes, side);
    row
}

/// The fields that differ, in alphabetical order.
pub fn differing(old: &AnyValue, new: &AnyValue) -> Vec<&'static str> {
    let mut names = each_field!(names_that_differ, old, new);
    names.sort_unstable();
    names
}

/// The row with the key and the log of another.
pub fn as_row(values: AnyValue, row: &AnyValue) -> AnyValue {
    AnyValue { id: row.id, change_log: row.change_log.clone(), ..values }
}

/// An instant.
pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A row with a value everywhere, all other than the sample's.
pub fn full() -> AnyValue {
    AnyValue {
        uuid: Uuid::from_u128(2),
        text: "other".to_owned(),
        boolean: false,
        small: -1,
        integer: -2,
        big: -3,
        real: 1.5,
        double: -2.25,
        price: Decimal::new(100, 2),
        moment: time("2024-05-06T07:08:09.012345Z"),
        day: NaiveDate::from_ymd_opt(2025, 1, 31).unwrap(),
        json: json!({ "a": [1, null, "x"] }),
        dimensions: Json(Dimensions { width: 1, height: 2 }),
        bytes: vec![0, 255],
        ip: "2001:db8::1".parse().unwrap(),
        size: Size::ExtraLarge,
        sku: Sku("S-2".to_owned()),
        maybe_uuid: Some(Uuid::from_u128(3)),
        maybe_text: Some("maybe".to_owned()),
        maybe_boolean: Some(true),
        maybe_small: Some(4),
        maybe_integer: Some(5),
        maybe_big: Some(6),
        maybe_real: Some(0.5),
        maybe_double: Some(0.1),
        maybe_price: Some(Decimal::new(-1_500_000, 6)),
        maybe_moment: Some(time("2024-05-06T07:08:09Z")),
        maybe_day: NaiveDate::from_ymd_opt(1, 1, 1),
        maybe_json: Some(json!([true])),
        maybe_dimensions: Some(Json(Dimensions { width: 3, height: 4 })),
        maybe_bytes: Some(vec![]),
        maybe_ip: Some([10, 0, 0, 1].into()),
        maybe_size: Some(Size::Small),
        maybe_sku: Some(Sku(String::new())),
        ..AnyValue::sample()
    }
}

/// Values at the ends of their types, and text that another language would read.
pub fn extremes() -> Vec<AnyValue> {
    let odd = "🦀 \u{1F468}\u{200D}\u{1F469} \"quoted\" 'single' back\\slash \\u0041 \\\" </script> %s $1 {} \u{2028}\u{FEFF}\u{FFFF}";
    let control: String = (1..=31_u8).chain([127]).map(char::from).collect();
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    vec![
        full(),
        AnyValue {
            text: odd.to_owned(),
            maybe_text: Some(control.clone()),
            sku: Sku(odd.repeat(500)),
            small: i16::MIN,
            integer: i32::MIN,
            big: i64::MIN,
            real: f32::MIN,
            price: "-99999999.99".parse().unwrap(),
            maybe_price: Some("-999999999999.999999".parse().unwrap()),
            moment: time("0001-01-01T00:00:00Z"),
            day: NaiveDate::from_ymd_opt(1, 1, 1).unwrap(),
            bytes: Vec::new(),
            ip: ip("::"),
            uuid: Uuid::nil(),
            json: json!({ odd: [odd, control, 1.5, -3, null, true, {}] }),
            ..AnyValue::sample()
        },
        AnyValue {
            text: String::new(),
            small: i16::MAX,
            integer: i32::MAX,
            big: i64::MAX,
            real: f32::MAX,
            price: "99999999.99".parse().unwrap(),
            maybe_price: Some("999999999999.999999".parse().unwrap()),
            moment: time("9999-12-31T23:59:59.999999Z"),
            day: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap(),
            bytes: (0..=255).cycle().take(100_000).collect(),
            ip: ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            uuid: Uuid::max(),
            json: json!([i64::MAX, i64::MIN, "", [], 0.1]),
            ..AnyValue::sample()
        },
    ]
}

/// What a random row is made of: a choice for each field, and random values to choose from.
pub type Parts = (Vec<u8>, i64, f64, String, Vec<u8>);

/// Parts of a random row.
pub fn parts() -> impl Strategy<Value = Parts> {
    let choices = proptest::collection::vec(0..4_u8, 34);
    let text = any::<String>().prop_map(|text| text.replace('\0', ""));
    // Of 15 digits: SQLite may write the 17th wrongly, whatever is asked of it.
    let double = (-999_999_999_999_999..=999_999_999_999_999_i64).prop_map(|number| number as f64 / 1e6);
    (choices, any::<i64>(), double, text, any::<Vec<u8>>())
}

macro_rules! choose_fields {
    (($row:expr, $pools:expr, $choices:expr) $($field:ident)*) => {{
        let mut choices = $choices.iter();
        $(if let Some(choice) = choices.next() {
            $row.$field = $pools[usize::from(*choice)].$field.clone();
        })*
    }};
}

/// A row, each of whose fields is one of four.
pub fn random_row((choices, number, double, text, bytes): Parts) -> AnyValue {
    let price = Decimal::new(number % 1_000_000, 2);
    // JSON has no negative zero on PostgreSQL.
    let (double, real) = (double + 0.0, double as f32 + 0.0);
    let random = AnyValue {
        big: number,
        maybe_big: Some(number),
        integer: number as i32,
        small: number as i16,
        maybe_integer: Some(number as i32),
        maybe_small: Some(number as i16),
        double,
        real,
        maybe_double: Some(double),
        maybe_real: Some(real),
        price,
        maybe_price: Some(Decimal::new(number % 1_000_000_000_000_000_000, 6)),
        json: json!({ text.clone(): [number, text] }),
        maybe_json: Some(json!({ "text": text })),
        maybe_text: Some(text.clone()),
        sku: Sku(text.clone()),
        text,
        maybe_bytes: Some(bytes.clone()),
        bytes,
        ..AnyValue::sample()
    };
    let empty =
        AnyValue { text: String::new(), bytes: Vec::new(), big: 0, double: 0.0, ..AnyValue::sample() };
    let pools = [AnyValue::sample(), full(), empty, random];
    let mut row = AnyValue::sample();
    each_field!(choose_fields, row, pools, choices);
    row
}
