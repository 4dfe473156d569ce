//! Every field type: what goes in comes out, on both databases alike, and what a database cannot hold is
//! refused before anything is written.

use std::net::IpAddr;

use model_runtime::Query;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use serde_json::json;
use tests::fixtures::refused_fields;
use tests::models::{Dimensions, Everything, Size, Sku};
use tests::{on_both, raw_sql};

async fn table(db: &Pool) {
    create_tables(&[Everything::table()], db).await.unwrap();
}

/// Inserts the row and reads it back in every way there is; each must give what memory holds by then.
async fn round_trip(mut row: Everything, db: &Pool) -> Everything {
    row.insert(db).await.unwrap();
    assert_eq!(Everything::get(row.id, db).await.unwrap(), row);
    let found = Everything::objects().filter(|e| e.id.eq(row.id)).fetch_all(db).await.unwrap();
    assert_eq!(found, [row.clone()]);
    assert!(!row.save(db).await.unwrap(), "nothing differs from what was inserted");
    row
}

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Every `maybe_` field filled.
fn filled() -> Everything {
    Everything {
        maybe_uuid: Some(Uuid::from_u128(2)),
        maybe_text: Some("a".to_owned()),
        maybe_boolean: Some(false),
        maybe_small: Some(-1),
        maybe_integer: Some(-2),
        maybe_big: Some(-3),
        maybe_real: Some(-0.5),
        maybe_double: Some(-0.25),
        maybe_price: Some(decimal("-0.000001")),
        maybe_moment: Some(time("2024-01-02T03:04:05.678901Z")),
        maybe_day: Some(day(1970, 1, 1)),
        maybe_json: Some(json!([1, "two", null])),
        maybe_dimensions: Some(Json(Dimensions { width: 1, height: 2 })),
        maybe_bytes: Some(vec![0]),
        maybe_ip: Some("::1".parse().unwrap()),
        maybe_size: Some(Size::ExtraLarge),
        maybe_sku: Some(Sku("S".to_owned())),
        ..Everything::sample()
    }
}

on_both! {
    async fn every_type_round_trips(db) {
        table(&db).await;
        assert_eq!(round_trip(Everything::sample(), &db).await.maybe_uuid, None);
        assert_eq!(round_trip(filled(), &db).await.maybe_size, Some(Size::ExtraLarge));
        assert_eq!(raw_sql::count(&db, "everything").await, 2);
        // NULL is NULL in the database, in every such column.
        let nulls = Everything::table().columns.iter().filter(|column| column.nullable);
        let nulls: Vec<String> = nulls.map(|column| format!("\"{}\" IS NULL", column.name)).collect();
        assert_eq!(nulls.len(), 17);
        let both = format!("everything WHERE {}", nulls.join(" AND "));
        assert_eq!(raw_sql::count(&db, &both).await, 1);
        let either = format!("everything WHERE {}", nulls.join(" OR "));
        assert_eq!(raw_sql::count(&db, &either).await, 1);
    }

    async fn the_least_values_round_trip(db) {
        table(&db).await;
        round_trip(
            Everything {
                uuid: Uuid::nil(),
                text: String::new(),
                boolean: false,
                small: i16::MIN,
                integer: i32::MIN,
                big: i64::MIN,
                real: f32::MIN,
                double: f64::MIN,
                price: decimal("0.00"),
                moment: time("0001-01-01T00:00:00Z"),
                day: day(1, 1, 1),
                json: json!(null),
                bytes: Vec::new(),
                ip: "0.0.0.0".parse().unwrap(),
                sku: Sku(String::new()),
                maybe_text: Some(String::new()),
                maybe_price: Some(decimal("-999999999999.999999")),
                maybe_json: Some(json!(null)),
                maybe_bytes: Some(Vec::new()),
                ..filled()
            },
            &db,
        )
        .await;
    }

    async fn the_greatest_values_round_trip(db) {
        table(&db).await;
        round_trip(
            Everything {
                uuid: Uuid::max(),
                text: "\u{1}'\"\\%_*?[]{}\u{10FFFF} äöü 日本 👩‍🚀\r\n\t".repeat(5_000),
                small: i16::MAX,
                integer: i32::MAX,
                big: i64::MAX,
                real: f32::MAX,
                double: f64::MAX,
                price: decimal("99999999.99"),
                moment: time("9999-12-31T23:59:59.999999Z"),
                day: day(9999, 12, 31),
                json: json!({
                    "": [u64::MAX, i64::MIN, 0.1, 1e300, true, null, "\u{1}'\"\\u0000\\ 👩‍🚀"],
                    "nested": { "b": { "a": [] }, "a": {} },
                }),
                dimensions: Json(Dimensions { width: u32::MAX, height: 0 }),
                bytes: (0..=255).collect(),
                ip: IpAddr::from([0xffff_u16; 8]),
                maybe_price: Some(decimal("999999999999.999999")),
                ..filled()
            },
            &db,
        )
        .await;
    }

    async fn addresses_of_both_versions_round_trip(db) {
        table(&db).await;
        for ip in
            ["127.0.0.1", "::", "::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.128", "255.255.255.255"]
        {
            let ip: IpAddr = ip.parse().unwrap();
            round_trip(Everything { ip, maybe_ip: Some(ip), ..Everything::sample() }, &db).await;
            assert_eq!(Everything::objects().filter(|e| e.ip.eq(ip)).count(&db).await.unwrap(), 1);
        }
    }

    async fn floats_that_are_not_finite(db) {
        table(&db).await;
        let infinite = Everything {
            real: f32::INFINITY,
            double: f64::NEG_INFINITY,
            maybe_double: Some(f64::INFINITY),
            ..Everything::sample()
        };
        round_trip(infinite, &db).await;
        let mut nan = Everything { real: f32::NAN, maybe_double: Some(f64::NAN), ..Everything::sample() };
        let inserted = nan.insert(&db).await;
        if let Pool::Sqlite(_) = db {
            let fields = refused_fields(inserted);
            assert_eq!(
                fields.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(),
                ["real", "maybe_double"]
            );
            assert_eq!(fields[0].message, "is not a number, which SQLite cannot store");
            assert_eq!(raw_sql::count(&db, "everything").await, 1);
        } else {
            inserted.unwrap();
            let read = Everything::get(nan.id, &db).await.unwrap();
            assert!(read.real.is_nan() && read.maybe_double.unwrap().is_nan());
            assert!(!nan.save(&db).await.unwrap(), "NaN is NaN");
            assert_eq!(Everything::objects().filter(|e| e.real.eq(f32::NAN)).count(&db).await.unwrap(), 1);
        }
    }

    async fn decimals_are_rounded_to_the_scale_halves_away_from_zero(db) {
        table(&db).await;
        let cases = [
            ("1", "1.00"),
            ("1.0", "1.00"),
            ("0", "0.00"),
            ("0.005", "0.01"),
            ("0.004999", "0.00"),
            ("1.005", "1.01"),
            ("1.015", "1.02"),
            ("1.025", "1.03"),
            ("99999999.994", "99999999.99"),
        ];
        for (given, stored) in cases {
            let given_price = decimal(given);
            let row = round_trip(Everything { price: given_price, ..Everything::sample() }, &db).await;
            assert_eq!(row.price.to_string(), stored, "in memory");
            assert_eq!(Everything::get(row.id, &db).await.unwrap().price.to_string(), stored, "as read");
            let sql = format!(
                "SELECT CAST(price AS TEXT) FROM everything WHERE id = {}",
                raw_sql::key(&db, row.id)
            );
            let units = if let Pool::Sqlite(_) = db {
                (decimal(stored) * decimal("100")).normalize().to_string()
            } else {
                stored.to_owned()
            };
            assert_eq!(raw_sql::value::<String>(&db, &sql).await, units, "as stored");
        }
        for (given, stored) in [
            ("-1.0000005", "-1.000001"),
            ("-0.0000005", "-0.000001"),
            ("-0.0000004", "0.000000"),
            ("-7", "-7.000000"),
        ] {
            let row = Everything { maybe_price: Some(decimal(given)), ..Everything::sample() };
            let row = round_trip(row, &db).await;
            assert_eq!(row.maybe_price, Some(decimal(stored)));
            assert_eq!(Everything::get(row.id, &db).await.unwrap().maybe_price.unwrap().to_string(), stored);
        }
    }

    async fn a_decimal_of_another_scale_is_no_change(db) {
        table(&db).await;
        let mut row = Everything { price: decimal("1.00"), ..Everything::sample() };
        row.insert(&db).await.unwrap();
        for same in ["1", "1.0", "1.000", "1.0049"] {
            row.price = decimal(same);
            assert!(!row.save(&db).await.unwrap(), "{same} is 1.00");
            assert_eq!(row.price.to_string(), "1.00");
        }
        row.price = decimal("1.005");
        assert!(row.save(&db).await.unwrap());
        assert_eq!(Everything::get(row.id, &db).await.unwrap().price, decimal("1.01"));
    }

    async fn decimals_with_too_many_digits_are_refused(db) {
        table(&db).await;
        for too_large in ["100000000", "99999999.995", "79228162514264337593543950335"] {
            let mut row = Everything { price: decimal(too_large), ..Everything::sample() };
            let fields = refused_fields(row.insert(&db).await);
            assert_eq!(fields.len(), 1);
            assert_eq!(fields[0].field, "price");
            assert_eq!(fields[0].message, "has more than 8 digits before the decimal point");
        }
        let mut row = Everything { maybe_price: Some(decimal("-1000000000000")), ..Everything::sample() };
        assert_eq!(refused_fields(row.insert(&db).await)[0].field, "maybe_price");
        assert_eq!(raw_sql::count(&db, "everything").await, 0);
    }

    async fn instants_are_kept_to_the_microsecond(db) {
        table(&db).await;
        for (given, stored) in [
            ("2024-01-02T03:04:05.123456789Z", "2024-01-02T03:04:05.123456Z"),
            ("2024-01-02T03:04:05.999999999Z", "2024-01-02T03:04:05.999999Z"),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999Z"),
            ("1999-12-31T23:59:59.000000001Z", "1999-12-31T23:59:59Z"),
            ("2024-01-02T03:04:05.120000Z", "2024-01-02T03:04:05.12Z"),
        ] {
            let row =
                Everything { moment: time(given), maybe_moment: Some(time(given)), ..Everything::sample() };
            let row = round_trip(row, &db).await;
            assert_eq!((row.moment, row.maybe_moment), (time(stored), Some(time(stored))));
            let found = Everything::objects().filter(|e| e.moment.eq(time(stored))).count(&db).await.unwrap();
            assert_eq!(found, 1);
        }
    }

    async fn the_same_instant_in_another_offset_is_no_change(db) {
        table(&db).await;
        let mut row = Everything { moment: time("2024-07-01T12:00:00.5+02:00"), ..Everything::sample() };
        row.insert(&db).await.unwrap();
        assert_eq!(Everything::get(row.id, &db).await.unwrap().moment, time("2024-07-01T10:00:00.5Z"));
        row.moment = time("2024-06-30T22:15:00.5-11:45");
        assert!(!row.save(&db).await.unwrap());
        row.moment = time("2024-07-01T12:00:00.5Z");
        assert!(row.save(&db).await.unwrap());
    }

    async fn dates_outside_the_years_1_to_9999_are_refused(db) {
        table(&db).await;
        for year in [-4714, -1, 0, 10_000, 262_142] {
            let first = day(year, 1, 1);
            let moment = first.and_hms_opt(0, 0, 0).unwrap().and_utc();
            let mut row = Everything { day: first, maybe_moment: Some(moment), ..Everything::sample() };
            let fields = refused_fields(row.insert(&db).await);
            assert_eq!(
                fields.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(),
                ["day", "maybe_moment"]
            );
            assert_eq!(
                fields[0].message,
                format!("is in the year {year}; only the years 1 to 9999 can be stored")
            );
        }
        assert_eq!(raw_sql::count(&db, "everything").await, 0);
    }

    async fn the_order_of_json_keys_is_no_change(db) {
        table(&db).await;
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let mut row =
            Everything { json: parse(r#"{"a": 1, "b": {"x": [1, 2], "y": null}}"#), ..Everything::sample() };
        row.insert(&db).await.unwrap();
        row.json = parse(r#"{ "b": {"y": null, "x": [1, 2]}, "a": 1 }"#);
        assert!(!row.save(&db).await.unwrap());
        // Values, and the order of an array, are a change.
        for changed in
            [r#"{"a": 1, "b": {"x": [2, 1], "y": null}}"#, r#"{"a": 1, "b": {"x": [2, 1]}}"#, r#"{"a": "1"}"#]
        {
            row.json = parse(changed);
            assert!(row.save(&db).await.unwrap(), "{changed}");
            assert_eq!(Everything::get(row.id, &db).await.unwrap().json, row.json);
        }
        // A struct's fields come in the struct's order, and that is none either.
        assert!(!row.save_only(|e| e.dimensions, &db).await.unwrap());
    }

    async fn json_null_is_not_null(db) {
        table(&db).await;
        let mut row = Everything { maybe_json: Some(json!(null)), ..Everything::sample() };
        row.insert(&db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "everything WHERE maybe_json IS NULL").await, 0);
        row.maybe_json = None;
        assert!(row.save(&db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "everything WHERE maybe_json IS NULL").await, 1);
        row.maybe_json = Some(json!(null));
        assert!(row.save(&db).await.unwrap());
        assert_eq!(Everything::get(row.id, &db).await.unwrap().maybe_json, Some(json!(null)));
    }

    async fn the_character_nul_is_refused_and_nothing_is_written(db) {
        table(&db).await;
        let mut row = Everything {
            text: "a\0b".to_owned(),
            json: json!({ "\0": 1 }),
            sku: Sku("\0".to_owned()),
            maybe_text: Some("\0".to_owned()),
            maybe_json: Some(json!(["a\0"])),
            ..Everything::sample()
        };
        let fields = refused_fields(row.insert(&db).await);
        let names: Vec<_> = fields.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(names, ["text", "json", "sku", "maybe_text", "maybe_json"]);
        assert_eq!(fields[0].message, "contains the character U+0000, which a database cannot store in text");
        assert_eq!(fields[1].message, "contains the character U+0000, which a database cannot store in JSON");
        assert_eq!(raw_sql::count(&db, "everything").await, 0);

        let mut row = Everything::sample();
        row.insert(&db).await.unwrap();
        row.text = "\0".to_owned();
        row.integer = 77;
        assert_eq!(refused_fields(row.save(&db).await).len(), 1);
        let updated = Everything::objects().update(|e| (e.integer.set(77), e.text.set("\0")), &db).await;
        assert_eq!(refused_fields(updated)[0].field, "text");
        let created = Everything::bulk_create(vec![Everything::sample(), row.clone()], &db).await;
        assert_eq!(refused_fields(created)[0].field, "text");
        assert_eq!(raw_sql::count(&db, "everything WHERE \"order\" = 77").await, 0);
        assert_eq!(raw_sql::count(&db, "everything").await, 1);
        // Six characters that only look like it are text like any other.
        row.text = r"\u0000".to_owned();
        row.json = json!({ r"\u0000": r"\\u0000" });
        assert!(row.save(&db).await.unwrap());
        assert_eq!(Everything::get(row.id, &db).await.unwrap().json, json!({ r"\u0000": r"\\u0000" }));
    }

    async fn the_schema_refuses_what_is_no_choice(db) {
        table(&db).await;
        let row = round_trip(Everything { size: Size::ExtraLarge, ..Everything::sample() }, &db).await;
        assert_eq!(raw_sql::value::<String>(&db, "SELECT size FROM everything").await, "xl");
        for sql in ["UPDATE everything SET size = 'huge'", "UPDATE everything SET maybe_size = 'XL'"] {
            let error = raw_sql::execute(&db, sql).await.unwrap_err();
            assert!(error.as_database_error().is_some_and(|error| error.is_check_violation()), "{error}");
        }
        raw_sql::execute(&db, "UPDATE everything SET maybe_size = 'small'").await.unwrap();
        assert_eq!(Everything::get(row.id, &db).await.unwrap().maybe_size, Some(Size::Small));
    }

    async fn a_value_that_the_field_cannot_hold_is_an_error_that_names_the_column(db) {
        table(&db).await;
        let row = round_trip(Everything::sample(), &db).await;
        match &db {
            Pool::Sqlite(pool) => {
                let mut connection = pool.acquire().await.unwrap();
                sqlx::raw_sql("PRAGMA ignore_check_constraints = ON; UPDATE everything SET size = 'huge'")
                    .execute(&mut *connection)
                    .await
                    .unwrap();
            }
            Pool::Postgres(_) => {
                let sql = "ALTER TABLE everything DROP CONSTRAINT everything_size_check; \
                           UPDATE everything SET size = 'huge'";
                raw_sql::execute(&db, sql).await.unwrap();
            }
        }
        let error = Everything::get(row.id, &db).await.unwrap_err().to_string();
        assert!(error.contains("column size: \"huge\" is no Size: expected small or xl"), "{error}");
        let error = Everything::objects().values(|e| e.size).fetch_all(&db).await.unwrap_err().to_string();
        assert!(error.contains("column size:"), "{error}");
        // Columns that are not read do not matter.
        assert_eq!(Everything::objects().values(|e| e.text).fetch_all(&db).await.unwrap(), ["text"]);
    }

    async fn newtypes_are_filtered_and_set_like_what_they_hold(db) {
        table(&db).await;
        let row =
            round_trip(Everything { sku: Sku("AB-100%".to_owned()), ..Everything::sample() }, &db).await;
        round_trip(Everything { sku: Sku("AB-1000".to_owned()), ..Everything::sample() }, &db).await;
        let found =
            Everything::objects().filter(|e| e.sku.eq(Sku("AB-100%".to_owned()))).get(&db).await.unwrap();
        assert_eq!(found.id, row.id);
        let found = Everything::objects().filter(|e| e.sku.contains("100%")).get(&db).await.unwrap();
        assert_eq!(found.id, row.id);
        let skus = vec![Sku("none".to_owned()), Sku("AB-1000".to_owned())];
        assert_eq!(Everything::objects().filter(|e| e.sku.is_in(skus)).count(&db).await.unwrap(), 1);
        let all = Everything::objects().update(|e| e.maybe_sku.set(Sku("X".to_owned())), &db).await.unwrap();
        assert_eq!(all, 2);
        assert_eq!(raw_sql::count(&db, "everything WHERE maybe_sku = 'X'").await, 2);
    }

    async fn a_column_may_be_named_like_a_keyword(db) {
        table(&db).await;
        let mut row = round_trip(Everything { integer: 41, ..Everything::sample() }, &db).await;
        row.integer = 42;
        assert!(row.save_only(|e| e.integer, &db).await.unwrap());
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT \"order\" FROM everything").await, 42);
        let query = Everything::objects().filter(|e| e.integer.gt(41)).order_by(|e| e.integer.desc());
        assert_eq!(query.clone().values(|e| e.integer).fetch_all(&db).await.unwrap(), [42]);
        assert_eq!(query.update(|e| e.integer.set(43), &db).await.unwrap(), 1);
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT \"order\" FROM everything").await, 43);
    }
}
