//! Properties on random input: querysets against the same filter, order, slice, union and `exists` in memory; slugs of
//! any text.

use model_runtime::prelude::*;
use model_runtime::{Model, exists, schema};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use tests::database::Database;
use tests::fixtures::blog;
use tests::models::{Everything, Post};
use tests::recorded::AnyValue;

const E: <Everything as Model>::Columns = Everything::COLUMNS;

/// Runs the property on each database, with a runtime and a pool for all its cases.
fn on_each_database<S: Strategy>(
    cases: u32,
    strategy: S,
    prepare: impl AsyncFn(&Pool),
    property: impl AsyncFn(&Pool, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = |database: Database| {
        runtime.block_on(prepare(&database.pool));
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let result =
            TestRunner::new(config).run(&strategy, |value| runtime.block_on(property(&database.pool, value)));
        runtime.block_on(database.close());
        if let Err(error @ (TestError::Fail(..) | TestError::Abort(_))) = result {
            panic!("{error}");
        }
    };
    run(runtime.block_on(Database::sqlite()));
    if cfg!(postgres_url) {
        run(runtime.block_on(Database::postgres()));
    }
}

/// Text in which filters might see more than text: few characters, so that matches are frequent.
fn text() -> impl Strategy<Value = String> {
    let characters = vec![
        'a', 'A', 'b', '%', '_', '*', '?', '[', ']', '^', '-', '\\', '\'', '"', '$', '1', 'ß', '日', ' ',
    ];
    proptest::collection::vec(proptest::sample::select(characters), 0..5).prop_map(String::from_iter)
}

/// Numbers that are often equal, and now and then extreme.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![8 => -3..=3_i32, 1 => Just(i32::MIN), 1 => Just(i32::MAX)]
}

/// The fields that the conditions speak of.
#[derive(Debug, Clone)]
struct Row {
    number: i32,
    maybe: Option<i32>,
    text: String,
    maybe_text: Option<String>,
    flag: bool,
    maybe_flag: Option<bool>,
}

fn row() -> impl Strategy<Value = Row> {
    (
        number(),
        proptest::option::of(number()),
        text(),
        proptest::option::of(text()),
        any::<bool>(),
        any::<Option<bool>>(),
    )
        .prop_map(|(number, maybe, text, maybe_text, flag, maybe_flag)| Row {
            number,
            maybe,
            text,
            maybe_text,
            flag,
            maybe_flag,
        })
}

impl Row {
    fn stored(&self, position: usize) -> Everything {
        Everything {
            id: Uuid::from_u128(position as u128),
            integer: self.number,
            maybe_integer: self.maybe,
            text: self.text.clone(),
            maybe_text: self.maybe_text.clone(),
            boolean: self.flag,
            maybe_boolean: self.maybe_flag,
            ..Everything::sample()
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy)]
enum Matching {
    Contains,
    AnyCase,
    StartsWith,
    EndsWith,
}

/// A condition, to be said to the database or answered in memory.
#[derive(Debug, Clone)]
enum Rule {
    Number(Comparison, i32),
    Maybe(Comparison, i32),
    MaybeOption(Comparison, Option<i32>),
    NumberToMaybe(Comparison),
    MaybeToNumber(Comparison),
    NumberIn(Vec<i32>),
    MaybeIn(Vec<Option<i32>>),
    Between(i32, i32),
    Text(Matching, String),
    MaybeText(Matching, String),
    TextIs(Comparison, String),
    TextIn(Vec<String>),
    Flag(bool),
    MaybeFlag(Option<bool>),
    MaybeNull(bool),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
    Not(Box<Rule>),
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    proptest::sample::select(vec![Eq, Ne, Lt, Le, Gt, Ge])
}

fn matching() -> impl Strategy<Value = Matching> {
    use Matching::{AnyCase, Contains, EndsWith, StartsWith};
    proptest::sample::select(vec![Contains, AnyCase, StartsWith, EndsWith])
}

fn rule() -> impl Strategy<Value = Rule> {
    let list = |length| proptest::collection::vec(number(), 0..length);
    let leaf = prop_oneof![
        (comparison(), number()).prop_map(|(op, value)| Rule::Number(op, value)),
        (comparison(), number()).prop_map(|(op, value)| Rule::Maybe(op, value)),
        (comparison(), proptest::option::of(number())).prop_map(|(op, value)| Rule::MaybeOption(op, value)),
        comparison().prop_map(Rule::NumberToMaybe),
        comparison().prop_map(Rule::MaybeToNumber),
        list(4).prop_map(Rule::NumberIn),
        proptest::collection::vec(proptest::option::of(number()), 0..4).prop_map(Rule::MaybeIn),
        (number(), number()).prop_map(|(low, high)| Rule::Between(low, high)),
        (matching(), text()).prop_map(|(op, text)| Rule::Text(op, text)),
        (matching(), text()).prop_map(|(op, text)| Rule::MaybeText(op, text)),
        (comparison(), text()).prop_map(|(op, text)| Rule::TextIs(op, text)),
        proptest::collection::vec(text(), 0..3).prop_map(Rule::TextIn),
        any::<bool>().prop_map(Rule::Flag),
        any::<Option<bool>>().prop_map(Rule::MaybeFlag),
        any::<bool>().prop_map(Rule::MaybeNull),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Rule::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Rule::Or(Box::new(a), Box::new(b))),
            inner.prop_map(|rule| Rule::Not(Box::new(rule))),
        ]
    })
}

macro_rules! compare {
    ($column:expr, $op:expr, $value:expr) => {
        match $op {
            Comparison::Eq => $column.eq($value),
            Comparison::Ne => $column.ne($value),
            Comparison::Lt => $column.lt($value),
            Comparison::Le => $column.le($value),
            Comparison::Gt => $column.gt($value),
            Comparison::Ge => $column.ge($value),
        }
    };
}

macro_rules! matches {
    ($column:expr, $op:expr, $text:expr) => {
        match $op {
            Matching::Contains => $column.contains($text),
            Matching::AnyCase => $column.icontains($text),
            Matching::StartsWith => $column.starts_with($text),
            Matching::EndsWith => $column.ends_with($text),
        }
    };
}

/// With `None` on a side only equality can be true.
fn options(a: Option<i32>, op: Comparison, b: Option<i32>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => compare_values(&a, op, &b),
        _ => match op {
            Comparison::Eq => a == b,
            Comparison::Ne => a != b,
            _ => false,
        },
    }
}

fn compare_values<T: Ord>(a: &T, op: Comparison, b: &T) -> bool {
    compare!(a, op, b)
}

fn text_matches(text: &str, op: Matching, needle: &str) -> bool {
    match op {
        Matching::Contains => text.contains(needle),
        Matching::AnyCase => text.to_ascii_lowercase().contains(&needle.to_ascii_lowercase()),
        Matching::StartsWith => text.starts_with(needle),
        Matching::EndsWith => text.ends_with(needle),
    }
}

impl Rule {
    fn condition(&self) -> Condition<Everything> {
        match self {
            Self::Number(op, value) => compare!(E.integer, op, *value),
            Self::Maybe(op, value) => compare!(E.maybe_integer, op, *value),
            Self::MaybeOption(op, value) => compare!(E.maybe_integer, op, *value),
            Self::NumberToMaybe(op) => compare!(E.integer, op, E.maybe_integer),
            Self::MaybeToNumber(op) => compare!(E.maybe_integer, op, E.integer),
            Self::NumberIn(values) => E.integer.is_in(values),
            Self::MaybeIn(values) => E.maybe_integer.is_in(values),
            Self::Between(low, high) => E.integer.between(*low, *high),
            Self::Text(op, text) => matches!(E.text, op, text),
            Self::MaybeText(op, text) => matches!(E.maybe_text, op, text),
            Self::TextIs(op, text) => compare!(E.text, op, text),
            Self::TextIn(values) => E.text.is_in(values),
            Self::Flag(value) => E.boolean.eq(*value),
            Self::MaybeFlag(value) => E.maybe_boolean.eq(*value),
            Self::MaybeNull(true) => E.maybe_integer.is_null(),
            Self::MaybeNull(false) => E.maybe_integer.is_not_null(),
            Self::And(a, b) => a.condition() & b.condition(),
            Self::Or(a, b) => a.condition() | b.condition(),
            Self::Not(rule) => !rule.condition(),
        }
    }

    fn holds(&self, row: &Row) -> bool {
        match self {
            Self::Number(op, value) => compare_values(&row.number, *op, value),
            Self::Maybe(op, value) => options(row.maybe, *op, Some(*value)),
            Self::MaybeOption(op, value) => options(row.maybe, *op, *value),
            Self::NumberToMaybe(op) => options(Some(row.number), *op, row.maybe),
            Self::MaybeToNumber(op) => options(row.maybe, *op, Some(row.number)),
            Self::NumberIn(values) => values.contains(&row.number),
            Self::MaybeIn(values) => values.contains(&row.maybe),
            Self::Between(low, high) => (*low..=*high).contains(&row.number),
            Self::Text(op, text) => text_matches(&row.text, *op, text),
            Self::MaybeText(op, text) => {
                row.maybe_text.as_ref().is_some_and(|it| text_matches(it, *op, text))
            }
            // The order of texts is the database's; whether they are equal is not.
            Self::TextIs(op, text) => compare_values(&row.text, *op, text),
            Self::TextIn(values) => values.contains(&row.text),
            Self::Flag(value) => row.flag == *value,
            Self::MaybeFlag(value) => row.maybe_flag == *value,
            Self::MaybeNull(null) => row.maybe.is_none() == *null,
            Self::And(a, b) => a.holds(row) && b.holds(row),
            Self::Or(a, b) => a.holds(row) || b.holds(row),
            Self::Not(rule) => !rule.holds(row),
        }
    }
}

async fn everything(db: &Pool) {
    schema::create_tables(&[Everything::table()], db).await.unwrap();
}

/// Fills the table with these rows alone.
async fn store(rows: &[Row], db: &Pool) {
    Everything::objects().hard_delete(db).await.unwrap();
    let rows = rows.iter().enumerate().map(|(position, row)| row.stored(position));
    Everything::bulk_create(rows.collect(), db).await.unwrap();
}

async fn positions(query: QuerySet<Everything>, db: &Pool) -> Vec<usize> {
    let ids = query.values(|e| e.id).fetch_all(db).await.unwrap();
    ids.into_iter().map(|id| id.as_u128() as usize).collect()
}

#[test]
fn a_filter_finds_what_it_finds_in_memory() {
    let input = (proptest::collection::vec(row(), 1..12), proptest::collection::vec(rule(), 8));
    on_each_database(60, input, everything, async |db, (rows, rules)| {
        store(&rows, db).await;
        for rule in rules {
            let wanted: Vec<usize> = (0..rows.len()).filter(|i| rule.holds(&rows[*i])).collect();
            let query = Everything::objects().filter(|_| rule.condition()).order_by(|e| e.id.asc());
            prop_assert_eq!(positions(query.clone(), db).await, wanted.clone(), "{}", query);
            let others: Vec<usize> = (0..rows.len()).filter(|i| !wanted.contains(i)).collect();
            let excluded = Everything::objects().exclude(|_| rule.condition()).order_by(|e| e.id.asc());
            prop_assert_eq!(positions(excluded, db).await, others, "excluded by {}", query);
            prop_assert_eq!(query.clone().count(db).await.unwrap(), wanted.len() as u64);
            prop_assert_eq!(query.exists(db).await.unwrap(), !wanted.is_empty());
        }
        Ok(())
    });
}

/// A slice of the rows in the order of their keys.
type Slice = (Option<u64>, u64);

fn slice() -> impl Strategy<Value = Slice> {
    prop_oneof![2 => Just((None, 0)), 1 => (proptest::option::of(0..8_u64), 0..8_u64)]
}

fn sliced(rule: &Rule, (limit, offset): Slice) -> QuerySet<Everything> {
    let rows = Everything::objects().filter(|_| rule.condition()).order_by(|e| e.id.asc()).offset(offset);
    limit.into_iter().fold(rows, QuerySet::limit)
}

fn sliced_in_memory(rows: &[Row], rule: &Rule, (limit, offset): Slice) -> Vec<usize> {
    let found = (0..rows.len()).filter(|i| rule.holds(&rows[*i]));
    found.skip(offset as usize).take(limit.unwrap_or(u64::MAX) as usize).collect()
}

#[test]
fn a_union_is_that_in_memory() {
    let parts = (rule(), slice(), rule(), slice(), slice());
    let input = (proptest::collection::vec(row(), 1..12), proptest::collection::vec(parts, 8));
    on_each_database(40, input, everything, async |db, (rows, unions)| {
        store(&rows, db).await;
        for (left, left_slice, right, right_slice, (limit, offset)) in unions {
            let mut wanted = sliced_in_memory(&rows, &left, left_slice);
            wanted.extend(sliced_in_memory(&rows, &right, right_slice));
            wanted.sort_unstable();
            wanted.dedup();
            let wanted: Vec<usize> =
                wanted.into_iter().skip(offset as usize).take(limit.unwrap_or(u64::MAX) as usize).collect();
            let union = sliced(&left, left_slice).union(sliced(&right, right_slice));
            let union =
                limit.into_iter().fold(union.order_by(|e| e.id.asc()).offset(offset), QuerySet::limit);
            prop_assert_eq!(positions(union.clone(), db).await, wanted.clone(), "{}", union);
            prop_assert_eq!(union.clone().count(db).await.unwrap(), wanted.len() as u64, "{}", union);
            prop_assert_eq!(union.exists(db).await.unwrap(), !wanted.is_empty());
        }
        Ok(())
    });
}

/// Whether the row at a position meets a condition.
type Holds<'a> = &'a dyn Fn(&usize) -> bool;

#[test]
fn rows_that_others_refer_to_are_those_in_memory() {
    let rows = proptest::collection::vec((row(), proptest::option::of(0..12_usize)), 1..12);
    let input = (rows, proptest::collection::vec((rule(), rule(), slice()), 8));
    on_each_database(40, input, everything, async |db, (rows, tests)| {
        let (rows, targets): (Vec<Row>, Vec<Option<usize>>) = rows.into_iter().unzip();
        Everything::objects().hard_delete(db).await.unwrap();
        let stored = rows.iter().zip(&targets).enumerate().map(|(position, (row, target))| Everything {
            maybe_uuid: target.map(|target| Uuid::from_u128(target as u128)),
            ..row.stored(position)
        });
        Everything::bulk_create(stored.collect(), db).await.unwrap();
        for (own, others, slice) in tests {
            let found = sliced_in_memory(&rows, &others, slice);
            let is_referred_to = |i: &usize| found.iter().any(|other| targets[*other] == Some(*i));
            let holds = |i: &usize| own.holds(&rows[*i]);
            let refers = || exists(sliced(&others, slice), |e| e.maybe_uuid);
            let cases: [(Condition<Everything>, Holds<'_>); 5] = [
                (refers(), &is_referred_to),
                (!refers(), &|i| !is_referred_to(i)),
                (refers() & own.condition(), &|i| is_referred_to(i) && holds(i)),
                (refers() | own.condition(), &|i| is_referred_to(i) || holds(i)),
                (!(!refers() & own.condition()), &|i| is_referred_to(i) || !holds(i)),
            ];
            for (condition, in_memory) in cases {
                let wanted: Vec<usize> = (0..rows.len()).filter(in_memory).collect();
                let query = Everything::objects().filter(|_| condition).order_by(|e| e.id.asc());
                prop_assert_eq!(positions(query.clone(), db).await, wanted.clone(), "{}", query);
                prop_assert_eq!(query.count(db).await.unwrap(), wanted.len() as u64);
            }
        }
        Ok(())
    });
}

/// Fields that an order can name, and whether it descends.
fn order() -> impl Strategy<Value = Vec<(usize, bool)>> {
    proptest::collection::vec((0..4_usize, any::<bool>()), 1..4)
}

#[test]
fn an_order_and_a_slice_are_those_in_memory() {
    let slice = (proptest::option::of(0..15_u64), 0..15_u64);
    let input = (proptest::collection::vec(row(), 1..12), proptest::collection::vec((order(), slice), 8));
    on_each_database(50, input, everything, async |db, (rows, slices)| {
        store(&rows, db).await;
        for (order, (limit, offset)) in slices {
            let mut wanted: Vec<usize> = (0..rows.len()).collect();
            wanted.sort_by(|a, b| {
                let (x, y) = (&rows[*a], &rows[*b]);
                let parts = order.iter().map(|(field, descending)| {
                    let ordering = match field {
                        0 => x.number.cmp(&y.number),
                        1 => x.maybe.cmp(&y.maybe),
                        2 => x.flag.cmp(&y.flag),
                        _ => x.maybe_flag.cmp(&y.maybe_flag),
                    };
                    if *descending { ordering.reverse() } else { ordering }
                });
                // The key completes the order, in the direction of its last part.
                let key = if order[order.len() - 1].1 { b.cmp(a) } else { a.cmp(b) };
                parts.chain([key]).find(|ordering| ordering.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
            });
            let end = limit.map_or(rows.len(), |limit| (offset + limit) as usize).min(rows.len());
            let wanted = wanted.get(offset as usize..end).unwrap_or_default().to_vec();

            let mut query = Everything::objects().offset(offset).order_by(|e| {
                let part = |(field, descending): &(usize, bool)| match (field, descending) {
                    (0, false) => e.integer.asc(),
                    (0, true) => e.integer.desc(),
                    (1, false) => e.maybe_integer.asc(),
                    (1, true) => e.maybe_integer.desc(),
                    (2, false) => e.boolean.asc(),
                    (2, true) => e.boolean.desc(),
                    (_, false) => e.maybe_boolean.asc(),
                    (_, true) => e.maybe_boolean.desc(),
                };
                order.iter().map(part).collect::<Vec<_>>()
            });
            if let Some(limit) = limit {
                query = query.limit(limit);
            }
            prop_assert_eq!(positions(query.clone(), db).await, wanted.clone(), "{}", query);
            prop_assert_eq!(query.clone().count(db).await.unwrap(), wanted.len() as u64);
            // Writing the slice writes these rows and no others.
            if wanted.len() < rows.len() {
                let written = query.update(|e| e.small.set(77), db).await.unwrap();
                prop_assert_eq!(written, wanted.len() as u64);
                let marked = Everything::objects().filter(|e| e.small.eq(77)).order_by(|e| e.id.asc());
                let mut sorted = wanted;
                sorted.sort_unstable();
                prop_assert_eq!(positions(marked.clone(), db).await, sorted);
                marked.update(|e| e.small.set(1), db).await.unwrap();
            }
        }
        Ok(())
    });
}

#[test]
fn a_slug_of_any_text_is_valid_short_and_unique() {
    let any_text =
        prop_oneof![any::<String>(), "\\PC{0,40}", "[a-zA-Z -]{0,300}", "[日本語🦀]{1,9}", "[ßéÖ ]{0,130}"];
    let title =
        any_text.prop_map(|text| text.replace('\0', "").chars().take(199).chain(['!']).collect::<String>());
    let titles = proptest::collection::vec(title, 1..6);
    on_each_database(40, titles, blog, async |db, titles| {
        let mut slugs = Vec::new();
        // Each title twice: once in a batch with itself, once more on its own.
        let build = |title: &String| Post::builder().title(title.clone()).content("C").build();
        let batch = titles.iter().chain(&titles).map(build).collect();
        slugs.extend(Post::bulk_create(batch, db).await.unwrap().into_iter().map(|post| post.slug));
        for title in &titles {
            let mut post = build(title);
            post.insert(db).await.unwrap();
            slugs.push(post.slug);
        }
        for slug in &slugs {
            prop_assert!(!slug.is_empty() && slug.len() <= 255, "{:?}", slug);
            prop_assert!(
                slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{:?}",
                slug
            );
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'), "{:?}", slug);
        }
        let mut unique = slugs.clone();
        unique.sort_unstable();
        unique.dedup();
        prop_assert_eq!(unique.len(), slugs.len());
        let stored = Post::objects().filter(|p| p.slug.is_in(&slugs)).count(db).await.unwrap();
        prop_assert_eq!(stored, slugs.len() as u64);
        Ok(())
    });
}

/// What a row of [`AnyValue`] is set to.
fn any_value() -> impl Strategy<Value = AnyValue> {
    let numbers = (number(), any::<i64>(), -999..=999_i64, proptest::option::of(-99..=99_i64));
    let floats = (any::<f64>(), proptest::option::of(any::<f32>()));
    let texts = (text(), proptest::option::of(text()), proptest::collection::vec(any::<u8>(), 0..4));
    (numbers, floats, texts, any::<Option<bool>>()).prop_map(|(numbers, floats, texts, flag)| AnyValue {
        integer: numbers.0,
        big: numbers.1,
        price: Decimal::new(numbers.2.abs(), 2),
        maybe_price: numbers.3.map(|price| Decimal::new(price, 6)),
        double: if floats.0.is_nan() { 0.1 } else { floats.0 },
        maybe_real: floats.1.filter(|real| !real.is_nan()),
        json: serde_json::json!({ "text": texts.0 }),
        text: texts.0,
        maybe_text: texts.1,
        bytes: texts.2,
        maybe_boolean: flag,
        ..AnyValue::sample()
    })
}

#[test]
fn a_bulk_update_writes_and_records_what_saves_do() {
    let cases = proptest::collection::vec((any_value(), any_value(), any::<bool>()), 1..5);
    let tables = [AnyValue::table(), AuditLog::table()];
    let prepare = async |db: &Pool| schema::create_tables(&tables, db).await.unwrap();
    on_each_database(60, cases, prepare, async |db, cases| {
        let olds = || cases.iter().map(|(old, ..)| AnyValue { id: Uuid::new_v4(), ..old.clone() }).collect();
        let mut one_by_one = AnyValue::bulk_create(olds(), db).await.unwrap();
        let mut together = AnyValue::bulk_create(olds(), db).await.unwrap();
        for rows in [&mut one_by_one, &mut together] {
            for (row, (_, new, same)) in rows.iter_mut().zip(&cases) {
                let (id, change_log) = (row.id, row.change_log.clone());
                if !same {
                    *row = AnyValue { id, change_log, ..new.clone() };
                }
            }
        }
        let numbers = |a: <AnyValue as Model>::Columns| {
            (a.integer, a.big, a.price, a.maybe_price, a.double, a.maybe_real)
        };
        let others =
            |a: <AnyValue as Model>::Columns| (a.text, a.maybe_text, a.bytes, a.json, a.maybe_boolean);
        let mut saved = [0, 0];
        for row in &mut one_by_one {
            saved[0] += u64::from(row.save_only(numbers, db).await.unwrap());
            saved[1] += u64::from(row.save_only(others, db).await.unwrap());
        }
        let written = [
            AnyValue::bulk_update(&mut together, numbers, db).await.unwrap(),
            AnyValue::bulk_update(&mut together, others, db).await.unwrap(),
        ];
        prop_assert_eq!(saved, written);
        for (one, other) in one_by_one.iter().zip(&together) {
            prop_assert_eq!(other, &AnyValue::get(other.id, db).await.unwrap());
            let changes =
                |row: &AnyValue| row.history().into_iter().map(|entry| entry.changes).collect::<Vec<_>>();
            prop_assert_eq!(changes(one), changes(other));
            let (one_id, other_id) = (one.id, other.id);
            let trail = async |id: Uuid| {
                let trail =
                    AuditLog::objects().filter(|a| a.object_id.eq(id.to_string())).order_by(|a| a.id.asc());
                let trail = trail.fetch_all(db).await.unwrap().into_iter();
                trail
                    .filter(|entry| entry.action == Action::Update)
                    .map(|entry| entry.changes)
                    .collect::<Vec<_>>()
            };
            prop_assert_eq!(trail(one_id).await, trail(other_id).await);
            let change_log = other.change_log.clone();
            prop_assert_eq!(AnyValue { id: other_id, change_log, ..one.clone() }, other.clone());
        }
        Ok(())
    });
}
