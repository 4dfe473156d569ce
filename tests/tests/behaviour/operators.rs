//! Every operator of a filter, on a column of every kind, against values, lists of values and other columns.

use std::net::IpAddr;

use model_runtime::prelude::*;
use model_runtime::{Column, FieldType, Model, schema};
use serde_json::json;
use tests::models::{Dimensions, Everything, Size, Sku};
use tests::{on_both, raw_sql};

const E: <Everything as Model>::Columns = Everything::COLUMNS;

/// The rows that meet the condition, by their number.
async fn found(condition: &Condition<Everything>, db: &Pool) -> Vec<u128> {
    let query = Everything::objects().filter(|_| condition.clone()).order_by(|e| e.id.asc());
    let ids = query.values(|e| e.id).fetch_all(db).await.unwrap();
    ids.into_iter().map(|id| id.as_u128()).collect()
}

/// A column of type `T`, and the one for its `Option`.
struct Pair<T> {
    column: Column<Everything, T>,
    maybe: Column<Everything, Option<T>>,
    set: fn(&mut Everything, T, Option<T>),
}

impl<T: FieldType + Clone> Pair<T> {
    /// Rows 1 to 4 with these values, the last with NULL in the column of the `Option`.
    async fn insert(&self, values: [&T; 4], db: &Pool) {
        schema::create_tables(&[Everything::table()], db).await.unwrap();
        raw_sql::execute(db, "DELETE FROM everything").await.unwrap();
        let rows = values.into_iter().enumerate().map(|(i, value)| {
            let mut row = Everything { id: Uuid::from_u128(i as u128 + 1), ..Everything::sample() };
            (self.set)(&mut row, value.clone(), (i < 3).then(|| value.clone()));
            row
        });
        Everything::bulk_create(rows.collect(), db).await.unwrap();
    }

    async fn expect<const N: usize>(&self, cases: [(Condition<Everything>, &[u128]); N], db: &Pool) {
        for (i, (condition, rows)) in cases.into_iter().enumerate() {
            assert_eq!(found(&condition, db).await, rows, "case {i}: {condition:?}");
            let others: Vec<u128> = (1..=4).filter(|row| !rows.contains(row)).collect();
            assert_eq!(
                found(&!condition.clone(), db).await,
                others,
                "case {i}: the negation of {condition:?}"
            );
        }
    }

    /// What holds for all types: equality, lists, NULL, other columns, `set`.
    async fn check_equality(&self, [a, b, c]: [T; 3], db: &Pool) {
        self.insert([&a, &b, &c, &b], db).await;
        let Self { column, maybe, .. } = *self;
        let all: &[u128] = &[1, 2, 3, 4];
        self.expect(
            [
                (column.eq(b.clone()), &[2, 4]),
                (column.eq(&b), &[2, 4]),
                (column.ne(b.clone()), &[1, 3]),
                (column.is_in([a.clone(), c.clone()]), &[1, 3]),
                (column.is_in([&b]), &[2, 4]),
                (column.is_in(Vec::<T>::new()), &[]),
                (column.is_null(), &[]),
                (column.is_not_null(), all),
                (maybe.eq(b.clone()), &[2]),
                (maybe.eq(Some(b.clone())), &[2]),
                (maybe.ne(b.clone()), &[1, 3, 4]),
                (maybe.eq(None::<T>), &[4]),
                (maybe.ne(None::<T>), &[1, 2, 3]),
                (maybe.is_null(), &[4]),
                (maybe.is_not_null(), &[1, 2, 3]),
                (maybe.is_in([a.clone(), c.clone()]), &[1, 3]),
                (maybe.is_in([Some(a.clone()), None]), &[1, 4]),
                (maybe.is_in([None::<T>]), &[4]),
                (maybe.is_in(Vec::<T>::new()), &[]),
                (column.eq(column), all),
                (column.eq(maybe), &[1, 2, 3]),
                (maybe.eq(column), &[1, 2, 3]),
                (column.ne(maybe), &[4]),
                (maybe.ne(column), &[4]),
                (maybe.eq(maybe), all),
                (column.is_in([column]), all),
            ],
            db,
        )
        .await;
        // `set` writes where it differs.
        assert_eq!(Everything::objects().update(|_| maybe.set(column), db).await.unwrap(), 1);
        self.expect([(maybe.eq(column), all), (maybe.eq(b.clone()), &[2, 4])], db).await;
        assert_eq!(Everything::objects().update(|_| maybe.set(a.clone()), db).await.unwrap(), 3);
        self.expect([(maybe.eq(a.clone()), all)], db).await;
        assert_eq!(Everything::objects().update(|_| column.set(&a), db).await.unwrap(), 3);
        self.expect([(column.eq(maybe), all)], db).await;
        assert_eq!(Everything::objects().update(|_| maybe.set(None::<T>), db).await.unwrap(), 4);
        self.expect([(maybe.is_null(), all)], db).await;
    }

    /// What holds for types with an order, given three values in that order.
    async fn check_order(&self, values: [T; 3], db: &Pool) {
        self.check_equality(values.clone(), db).await;
        let [low, mid, high] = values;
        self.insert([&low, &mid, &high, &mid], db).await;
        let Self { column, maybe, .. } = *self;
        self.expect(
            [
                (column.lt(mid.clone()), &[1]),
                (column.le(mid.clone()), &[1, 2, 4]),
                (column.gt(mid.clone()), &[3]),
                (column.ge(mid.clone()), &[2, 3, 4]),
                (column.between(low.clone(), mid.clone()), &[1, 2, 4]),
                (column.between(high.clone(), low.clone()), &[]),
                (maybe.lt(mid.clone()), &[1]),
                (maybe.le(mid.clone()), &[1, 2]),
                (maybe.gt(mid.clone()), &[3]),
                (maybe.ge(mid.clone()), &[2, 3]),
                (maybe.between(low.clone(), high.clone()), &[1, 2, 3]),
                (maybe.lt(None::<T>), &[]),
                (maybe.ge(None::<T>), &[]),
                (column.lt(maybe), &[]),
                (column.le(maybe), &[1, 2, 3]),
                (maybe.ge(column), &[1, 2, 3]),
                (maybe.gt(column), &[]),
                (column.between(maybe, high.clone()), &[1, 2, 3]),
            ],
            db,
        )
        .await;
        // NULL is the smallest value, and the key decides among equals.
        let order = async |order| {
            let ids = Everything::objects().order_by(|_| order).values(|e| e.id).fetch_all(db).await.unwrap();
            ids.into_iter().map(|id| id.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(order(column.asc()).await, [1, 2, 4, 3]);
        assert_eq!(order(column.desc()).await, [3, 4, 2, 1]);
        assert_eq!(order(maybe.asc()).await, [4, 1, 2, 3]);
        assert_eq!(order(maybe.desc()).await, [3, 2, 1, 4]);
    }

    /// Lists of any length are one bound value.
    async fn check_long_lists(&self, value: impl Fn(u32) -> T, db: &Pool) {
        self.insert([&value(1), &value(39_999), &value(40_001), &value(1)], db).await;
        let many: Vec<T> = (0..40_000).map(value).collect();
        assert_eq!(found(&self.column.is_in(&many), db).await, [1, 2, 4]);
        assert_eq!(found(&!self.maybe.is_in(many), db).await, [3, 4]);
    }
}

macro_rules! pair {
    ($field:ident, $maybe:ident) => {
        Pair {
            column: E.$field,
            maybe: E.$maybe,
            set: |row, value, maybe| (row.$field, row.$maybe) = (value, maybe),
        }
    };
}

fn time(seconds: i64, micros: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, micros * 1_000).unwrap()
}

fn units(units: i64, scale: u32) -> Decimal {
    Decimal::new(units, scale)
}

on_both! {
    async fn booleans(db) {
        // Two values only: false stands twice.
        let pair = pair!(boolean, maybe_boolean);
        pair.insert([&false, &true, &true, &false], &db).await;
        let cases: [(Condition<Everything>, &[u128]); 6] = [
            (E.boolean.eq(true), &[2, 3]),
            (E.boolean.ne(true), &[1, 4]),
            (E.boolean.is_in([true]), &[2, 3]),
            (E.boolean.gt(false), &[2, 3]),
            (E.maybe_boolean.ne(true), &[1, 4]),
            (E.maybe_boolean.eq(E.boolean), &[1, 2, 3]),
        ];
        pair.expect(cases, &db).await;
    }

    async fn integers(db) {
        pair!(small, maybe_small).check_order([i16::MIN, 0, i16::MAX], &db).await;
        pair!(integer, maybe_integer).check_order([i32::MIN, -1, i32::MAX], &db).await;
        pair!(big, maybe_big).check_order([i64::MIN, (1 << 53) + 1, i64::MAX], &db).await;
        pair!(integer, maybe_integer).check_long_lists(|i| i as i32, &db).await;
        pair!(big, maybe_big).check_long_lists(|i| i64::MAX - i64::from(i), &db).await;
    }

    async fn floats(db) {
        pair!(real, maybe_real).check_order([-0.1, 0.1, 16_777_216.0], &db).await;
        pair!(double, maybe_double).check_order([-1.0 / 3.0, 0.1 + 0.2, 1e100], &db).await;
    }

    async fn decimals(db) {
        let pair = pair!(price, maybe_price);
        pair.check_order([units(1, 2), units(11, 1), units(99_999_999, 0)], &db).await;
        pair.check_long_lists(|i| units(i.into(), 2), &db).await;
    }

    async fn decimals_compare_by_value_whatever_their_scale(db) {
        let pair = pair!(price, maybe_price);
        let price = units(150, 2);
        pair.insert([&price; 4], &db).await;
        let finer = [units(1_500_000, 6), units(1_500_001, 6), units(1_499_999, 6)];
        for (row, finer) in (1..).zip(finer) {
            let row = Everything::objects().filter(|e| e.id.eq(Uuid::from_u128(row)));
            row.update(|e| e.maybe_price.set(finer), &db).await.unwrap();
        }
        let cases: [(Condition<Everything>, &[u128]); 12] = [
            (E.price.eq(E.maybe_price), &[1]),
            (E.maybe_price.eq(E.price), &[1]),
            (E.price.lt(E.maybe_price), &[2]),
            (E.maybe_price.gt(E.price), &[2]),
            (E.price.gt(E.maybe_price), &[3]),
            (E.maybe_price.le(E.price), &[1, 3]),
            (E.price.ne(E.maybe_price), &[2, 3, 4]),
            (E.price.eq(units(15, 1)), &[1, 2, 3, 4]),
            // Values that the column itself could not hold lie between those that it can.
            (E.price.gt(units(1_499, 3)), &[1, 2, 3, 4]),
            (E.price.eq(units(1_501, 3)), &[]),
            (E.price.lt(Decimal::MAX), &[1, 2, 3, 4]),
            (E.price.is_in([units(1_501, 3), Decimal::MIN]), &[]),
        ];
        pair.expect(cases, &db).await;
    }

    async fn instants(db) {
        let pair = pair!(moment, maybe_moment);
        pair.check_order([time(0, 0), time(0, 1), time(0, 500_000)], &db).await;
        pair.check_order([time(-3_000_000_000, 999_999), time(-1, 999_999), time(0, 0)], &db).await;
        pair.check_long_lists(|i| time(0, i), &db).await;
    }

    async fn an_instant_in_a_filter_is_cut_to_the_microsecond_like_one_that_is_stored(db) {
        let pair = pair!(moment, maybe_moment);
        let precise = DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap();
        pair.insert([&precise; 4], &db).await;
        let cases: [(Condition<Everything>, &[u128]); 4] = [
            (E.moment.eq(precise), &[1, 2, 3, 4]),
            (E.moment.is_in([precise]), &[1, 2, 3, 4]),
            (E.moment.ge(precise), &[1, 2, 3, 4]),
            (E.moment.lt(precise), &[]),
        ];
        pair.expect(cases, &db).await;
    }

    async fn dates(db) {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        pair!(day, maybe_day).check_order([day(1, 12, 31), day(1999, 12, 31), day(2000, 1, 1)], &db).await;
    }

    async fn uuids(db) {
        let pair = pair!(uuid, maybe_uuid);
        pair.check_order([Uuid::nil(), Uuid::from_u128(1 << 127), Uuid::max()], &db).await;
        pair.check_long_lists(|i| Uuid::from_u128(u128::from(i) << 64), &db).await;
    }

    async fn bytes(db) {
        let pair = pair!(bytes, maybe_bytes);
        pair.check_order([vec![], vec![0, 255], vec![1]], &db).await;
        pair.check_long_lists(|i| i.to_be_bytes().to_vec(), &db).await;
    }

    async fn addresses(db) {
        let pair = pair!(ip, maybe_ip);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        pair.check_order([ip("10.0.0.1"), ip("192.168.0.1"), ip("2001:db8::1")], &db).await;
        pair.check_long_lists(|i| IpAddr::from((u128::from(i) << 100).to_be_bytes()), &db).await;
    }

    async fn texts(db) {
        let pair = pair!(text, maybe_text);
        let texts = ["", "O'Reilly \"%_\\ $1", "Ö日👩"].map(str::to_owned);
        pair.check_order(texts, &db).await;
        pair.check_long_lists(|i| format!("\"{i}\" é"), &db).await;
        let borrowed: [(Condition<Everything>, &[u128]); 3] = [
            (E.text.eq("\"1\" é"), &[1, 4]),
            (E.maybe_text.eq("\"1\" é"), &[1]),
            (E.text.is_in(["\"1\" é", "\"39999\" é"]), &[1, 2, 4]),
        ];
        pair.expect(borrowed, &db).await;
    }

    async fn newtypes(db) {
        let pair = pair!(sku, maybe_sku);
        pair.check_order(["A", "B", "C"].map(|sku| Sku(sku.to_owned())), &db).await;
    }

    async fn enums(db) {
        let pair = pair!(size, maybe_size);
        pair.insert([&Size::Small, &Size::ExtraLarge, &Size::ExtraLarge, &Size::Small], &db).await;
        let many = [Size::Small; 40_000];
        let cases: [(Condition<Everything>, &[u128]); 6] = [
            (E.size.eq(Size::Small), &[1, 4]),
            (E.size.ne(Size::Small), &[2, 3]),
            (E.size.is_in(many), &[1, 4]),
            (E.maybe_size.is_in(many), &[1]),
            (E.maybe_size.ne(Size::ExtraLarge), &[1, 4]),
            (E.maybe_size.eq(E.size), &[1, 2, 3]),
        ];
        pair.expect(cases, &db).await;
    }

    async fn json(db) {
        let values = [json!({ "a": 1, "b": [null, "'\"\\"] }), json!(null), json!("text")];
        pair!(json, maybe_json).check_equality(values, &db).await;
        let sizes = [(1, 2), (2, 1), (0, 0)].map(|(width, height)| Json(Dimensions { width, height }));
        pair!(dimensions, maybe_dimensions).check_equality(sizes, &db).await;
        let keys_in_another_order = E.dimensions.is_in([Json(Dimensions { width: 1, height: 2 })]);
        pair!(dimensions, maybe_dimensions).expect([(keys_in_another_order, &[1, 2, 3, 4])], &db).await;
    }

    async fn text_filters_take_what_the_user_typed_as_it_stands(db) {
        schema::create_tables(&[Everything::table()], &db).await.unwrap();
        let texts = [
            "",
            "%",
            "_",
            "*",
            "?",
            "[",
            "]",
            "[a]",
            "^",
            "\\",
            "\\%",
            "a%b",
            "a_b",
            "a*b",
            "a?b",
            "axb",
            "ab",
            "AB",
            "50% off",
            "50 off",
            "a\\b",
            "a[b-c]d",
            "abd",
            "it's",
            "\"q\"",
            "ß",
            "日本語",
            "\n",
            " a ",
            "$1",
            "--",
        ];
        let rows = texts.iter().enumerate().map(|(i, text)| Everything {
            id: Uuid::from_u128(i as u128),
            text: (*text).to_owned(),
            maybe_text: (i > 0).then(|| (*text).to_owned()),
            ..Everything::sample()
        });
        Everything::bulk_create(rows.collect(), &db).await.unwrap();
        let in_memory = |test: &dyn Fn(&str) -> bool| {
            (0..).zip(texts).filter(|(_, text)| test(text)).map(|(i, _)| i).collect::<Vec<u128>>()
        };
        let lower = |text: &str| text.to_ascii_lowercase();
        for needle in texts.iter().chain(&["b", "A", "off", "%b", "_b", "*b", "本", "[b", "b-c]"]) {
            let wanted = in_memory(&|text| text.contains(needle));
            assert_eq!(found(&E.text.contains(needle), &db).await, wanted, "contains {needle:?}");
            let not_null: Vec<u128> = wanted.iter().copied().filter(|i| *i > 0).collect();
            assert_eq!(
                found(&E.maybe_text.contains(needle), &db).await,
                not_null,
                "contains {needle:?}, or NULL"
            );
            let wanted = in_memory(&|text| !text.contains(needle));
            assert_eq!(found(&!E.text.contains(needle), &db).await, wanted, "does not contain {needle:?}");
            let wanted = in_memory(&|text| text.starts_with(needle));
            assert_eq!(found(&E.text.starts_with(needle), &db).await, wanted, "starts with {needle:?}");
            let wanted = in_memory(&|text| text.ends_with(needle));
            assert_eq!(found(&E.text.ends_with(needle), &db).await, wanted, "ends with {needle:?}");
            let wanted = in_memory(&|text| lower(text).contains(&lower(needle)));
            assert_eq!(
                found(&E.text.icontains(needle), &db).await,
                wanted,
                "contains {needle:?} in any case"
            );
        }
    }

    async fn like_takes_patterns(db) {
        schema::create_tables(&[Everything::table()], &db).await.unwrap();
        let texts = ["abc", "ABC", "a%c", "a_c", "a*c", "a?c", "a[b]c", "abbc", "ac", "a\\c", "äöc", "\\"];
        let rows = texts.iter().map(|text| Everything { text: (*text).to_owned(), ..Everything::sample() });
        Everything::bulk_create(rows.collect(), &db).await.unwrap();
        let cases: [(&str, &[&str]); 14] = [
            ("abc", &["abc"]),
            ("a_c", &["abc", "a%c", "a_c", "a*c", "a?c", "a\\c"]),
            ("a\\_c", &["a_c"]),
            ("a\\%c", &["a%c"]),
            ("a*c", &["a*c"]),
            ("a?c", &["a?c"]),
            ("a[b]c", &["a[b]c"]),
            ("%bc", &["abc", "abbc"]),
            ("ab%", &["abc", "abbc"]),
            ("A%", &["ABC"]),
            ("_öc", &["äöc"]),
            ("a\\\\c", &["a\\c"]),
            ("", &[]),
            // An escape of nothing is itself.
            ("\\", &["\\"]),
        ];
        for (pattern, wanted) in cases {
            let query = Everything::objects().filter(|e| e.text.like(pattern));
            let mut found = query.values(|e| e.text).fetch_all(&db).await.unwrap();
            found.sort_by_key(|text| texts.iter().position(|known| known == text));
            assert_eq!(found, wanted, "{pattern:?}");
        }
        let all = Everything::objects().filter(|e| e.text.like("%")).count(&db).await.unwrap();
        assert_eq!(all, texts.len() as u64);
    }
}
