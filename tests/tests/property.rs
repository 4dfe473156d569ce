//! Properties on random input: querysets against the same filter, order and slice in memory; slugs of any
//! text.

use model_runtime::prelude::*;
use model_runtime::{Model, schema};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use tests::database::Database;
use tests::fixtures::blog;
use tests::models::{Everything, Post};

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
