//! Querysets: chaining, order, slices, reading, and writing many rows at once.

use model_runtime::prelude::*;
use model_runtime::{Model, clock, schema};
use tests::fixtures::{DAY, new_year, refused_fields};
use tests::models::{Category, Everything, Page, Task};
use tests::{on_both, raw_sql};

/// Rows 1 to n, whose numbers these are; `None` is NULL.
async fn numbers(values: &[Option<i32>], db: &Pool) {
    schema::create_tables(&[Everything::table()], db).await.unwrap();
    let rows = (1..).zip(values).map(|(i, value)| Everything {
        id: Uuid::from_u128(i as u128),
        integer: i,
        maybe_integer: *value,
        ..Everything::sample()
    });
    Everything::bulk_create(rows.collect(), db).await.unwrap();
}

/// The numbers of the rows, in the queryset's order.
async fn found(query: QuerySet<Everything>, db: &Pool) -> Vec<i32> {
    query.values(|e| e.integer).fetch_all(db).await.unwrap()
}

fn all() -> QuerySet<Everything> {
    Everything::objects().order_by(|e| e.id.asc())
}

async fn categories<const N: usize>(slugs: [&str; N], db: &Pool) -> [Category; N] {
    schema::create_tables(&[Category::table()], db).await.unwrap();
    let mut rows = Vec::new();
    for (day, slug) in (0..).zip(slugs) {
        let row = Category::builder().name("Name").slug(slug);
        rows.push(clock::frozen(new_year() + DAY * day, row.create(db)).await.unwrap());
    }
    rows.try_into().expect("one for each slug")
}

async fn slugs(query: QuerySet<Category>, db: &Pool) -> Vec<String> {
    query.values(|c| c.slug).fetch_all(db).await.unwrap()
}

/// A scope of the user's.
trait Odd {
    fn odd(self) -> Self;
    fn above(self, number: i32) -> Self;
}

impl Odd for QuerySet<Everything> {
    fn odd(self) -> Self {
        self.filter(|e| e.integer.is_in([1, 3, 5, 7, 9]))
    }

    fn above(self, number: i32) -> Self {
        self.filter(|e| e.integer.gt(number))
    }
}

on_both! {
    async fn conditions_are_two_valued(db) {
        numbers(&[Some(1), Some(2), None], &db).await;
        assert_eq!(found(all().filter(|e| e.maybe_integer.gt(1)), &db).await, [2]);
        assert_eq!(found(all().exclude(|e| e.maybe_integer.gt(1)), &db).await, [1, 3]);
        assert_eq!(found(all().filter(|e| !e.maybe_integer.gt(1)), &db).await, [1, 3]);
        assert_eq!(found(all().filter(|e| !!e.maybe_integer.gt(1)), &db).await, [2]);
        assert_eq!(found(all().exclude(|e| !e.maybe_integer.gt(1)), &db).await, [2]);
        // The same as by De Morgan.
        let either = all().exclude(|e| e.maybe_integer.gt(1) | e.integer.eq(1));
        let both = all().filter(|e| !e.maybe_integer.gt(1) & !e.integer.eq(1));
        assert_eq!(found(either, &db).await, [3]);
        assert_eq!(found(both, &db).await, [3]);
        assert_eq!(
            found(all().exclude(|e| e.maybe_text.contains("x") & e.integer.gt(0)), &db).await,
            [1, 2, 3]
        );
    }

    async fn conditions_nest_as_rust_reads_them(db) {
        numbers(&[None; 8], &db).await;
        // `&` binds closer than `|`, and `!` closer than both.
        let query = all().filter(|e| e.integer.lt(3) & e.integer.gt(1) | e.integer.eq(7));
        assert_eq!(found(query, &db).await, [2, 7]);
        let query = all().filter(|e| e.integer.lt(3) & (e.integer.gt(1) | e.integer.eq(7)));
        assert_eq!(found(query, &db).await, [2]);
        let query = all().filter(|e| !(e.integer.lt(3) | e.integer.gt(5)) & !e.integer.eq(4));
        assert_eq!(found(query, &db).await, [3, 5]);
        // Several filters hold together, a filter with `|` too.
        let query = all().filter(|e| e.integer.eq(1) | e.integer.eq(2)).filter(|e| e.integer.gt(1));
        assert_eq!(found(query, &db).await, [2]);
        let query = all().filter(|e| e.integer.between(2, 4)).exclude(|e| e.integer.eq(3) | e.integer.eq(8));
        assert_eq!(found(query, &db).await, [2, 4]);
    }

    async fn null_is_the_smallest_value_of_an_order(db) {
        numbers(&[Some(5), None, Some(-5), None, Some(5)], &db).await;
        let query = Everything::objects();
        assert_eq!(found(query.clone().order_by(|e| e.maybe_integer.asc()), &db).await, [2, 4, 3, 1, 5]);
        assert_eq!(found(query.clone().order_by(|e| e.maybe_integer.desc()), &db).await, [5, 1, 3, 4, 2]);
        let by_two = query.clone().order_by(|e| (e.maybe_integer.desc(), e.integer.asc()));
        assert_eq!(found(by_two, &db).await, [1, 5, 3, 2, 4]);
        let by_list = query.clone().order_by(|e| vec![e.boolean.asc(), e.id.desc()]);
        assert_eq!(found(by_list, &db).await, [5, 4, 3, 2, 1]);
        let replaced = query.order_by(|e| e.integer.desc()).order_by(|e| e.integer.asc());
        assert_eq!(found(replaced, &db).await, [1, 2, 3, 4, 5]);
    }

    async fn the_newest_come_first_by_default(db) {
        categories(["old", "new", "newer"], &db).await;
        assert_eq!(slugs(Category::objects(), &db).await, ["newer", "new", "old"]);
        assert_eq!(slugs(Category::objects().limit(1), &db).await, ["newer"]);
        assert_eq!(Category::objects().first(&db).await.unwrap().unwrap().slug, "newer");
        let oldest = Category::objects().order_by(|c| c.created_at.asc()).first(&db).await.unwrap().unwrap();
        assert_eq!(oldest.slug, "old");
    }

    async fn limit_and_offset_cut_a_slice(db) {
        numbers(&[None; 5], &db).await;
        let cases: [(Option<u64>, u64, &[i32]); 9] = [
            (None, 0, &[1, 2, 3, 4, 5]),
            (Some(2), 0, &[1, 2]),
            (Some(2), 2, &[3, 4]),
            (Some(2), 4, &[5]),
            (Some(2), 5, &[]),
            (Some(0), 0, &[]),
            (None, 3, &[4, 5]),
            (None, u64::MAX, &[]),
            (Some(u64::MAX), 4, &[5]),
        ];
        for (limit, offset, rows) in cases {
            let query = limit.map_or_else(all, |limit| all().limit(limit)).offset(offset);
            assert_eq!(found(query.clone(), &db).await, rows, "{limit:?} {offset}");
            assert_eq!(query.clone().count(&db).await.unwrap(), rows.len() as u64, "{limit:?} {offset}");
            assert_eq!(query.clone().exists(&db).await.unwrap(), !rows.is_empty(), "{limit:?} {offset}");
            let first = query.values(|e| e.integer).first(&db).await.unwrap();
            assert_eq!(first, rows.first().copied(), "{limit:?} {offset}");
        }
    }

    async fn one_row_or_none(db) {
        numbers(&[Some(1), Some(2), Some(2)], &db).await;
        let equal = |number: i32| all().filter(move |e| e.maybe_integer.eq(number));
        assert_eq!(equal(1).get(&db).await.unwrap().integer, 1);
        assert_eq!(equal(1).fetch_one(&db).await.unwrap().integer, 1);
        assert_eq!(equal(1).values(|e| e.integer).get(&db).await.unwrap(), 1);
        assert_eq!(equal(2).fetch_one(&db).await.unwrap().integer, 2, "the first in the order");
        assert_eq!(equal(2).first(&db).await.unwrap().unwrap().integer, 2);
        assert_eq!(equal(2).fetch_optional(&db).await.unwrap().unwrap().integer, 2);
        assert!(matches!(equal(2).get(&db).await, Err(Error::Multiple { model: "Everything" })));
        assert_eq!(
            equal(2).limit(1).get(&db).await.unwrap().integer,
            2,
            "a slice has no more than its limit"
        );
        assert_eq!(equal(2).offset(1).get(&db).await.unwrap().integer, 3);
        assert_eq!(equal(3).first(&db).await.unwrap(), None);
        assert_eq!(equal(3).fetch_optional(&db).await.unwrap(), None);
        for missing in [equal(3).get(&db).await, equal(3).fetch_one(&db).await] {
            let Err(Error::NotFound { model, what }) = missing else { panic!("{missing:?}") };
            assert_eq!(model, "Everything");
            let what = what.replace('`', "\"");
            assert!(what.starts_with("\"maybe_integer\" = $1") && what.ends_with("-- $1 = 3"), "{what}");
        }
        assert!(equal(3).limit(0).get(&db).await.is_err());
    }

    async fn values_are_tuples_of_the_columns_types(db) {
        numbers(&[Some(7), None], &db).await;
        let one: Vec<Option<i32>> = all().values(|e| e.maybe_integer).fetch_all(&db).await.unwrap();
        assert_eq!(one, [Some(7), None]);
        let two: Vec<(i32, Option<i32>)> =
            all().values(|e| (e.integer, e.maybe_integer)).fetch_all(&db).await.unwrap();
        assert_eq!(two, [(1, Some(7)), (2, None)]);
        let repeated = all().values(|e| (e.integer, e.integer)).first(&db).await.unwrap();
        assert_eq!(repeated, Some((1, 1)));
        let eight =
            all().values(|e| (e.id, e.text, e.boolean, e.price, e.moment, e.json, e.size, e.maybe_ip));
        let row = Everything::sample();
        let wanted = (
            Uuid::from_u128(1),
            row.text,
            row.boolean,
            row.price,
            row.moment,
            row.json,
            row.size,
            row.maybe_ip,
        );
        assert_eq!(eight.clone().fetch_one(&db).await.unwrap(), wanted);
        assert!(matches!(eight.get(&db).await, Err(Error::Multiple { .. })));
    }

    async fn count_and_exists(db) {
        numbers(&[Some(1), None, Some(3)], &db).await;
        assert_eq!(Everything::objects().count(&db).await.unwrap(), 3);
        assert!(Everything::objects().exists(&db).await.unwrap());
        let none = all().filter(|e| e.maybe_integer.gt(3));
        assert_eq!((none.clone().count(&db).await.unwrap(), none.exists(&db).await.unwrap()), (0, false));
        assert_eq!(all().filter(|e| e.maybe_integer.is_null()).count(&db).await.unwrap(), 1);
    }

    async fn a_clone_goes_its_own_way(db) {
        numbers(&[None; 4], &db).await;
        let base = all().above(1);
        let odd = base.clone().odd().limit(1);
        assert_eq!(found(odd, &db).await, [3]);
        assert_eq!(found(base.clone().filter(|e| e.integer.ne(3)), &db).await, [2, 4]);
        assert_eq!(found(base, &db).await, [2, 3, 4]);
        let condition = Everything::COLUMNS.integer.eq(2);
        let both = all().filter(|_| condition.clone() | Everything::COLUMNS.integer.eq(4));
        assert_eq!(found(both, &db).await, [2, 4]);
        assert_eq!(found(all().exclude(|_| condition), &db).await, [1, 3, 4]);
    }

    async fn scopes_of_the_users_chain_like_the_librarys(db) {
        numbers(&[None; 9], &db).await;
        assert_eq!(found(all().above(4).odd(), &db).await, [5, 7, 9]);
        assert_eq!(found(all().odd().above(4).limit(1).offset(1), &db).await, [7]);
        assert_eq!(all().odd().above(4).update(|e| e.small.set(99), &db).await.unwrap(), 3);
        assert_eq!(raw_sql::count(&db, "everything WHERE small = 99").await, 3);
    }

    async fn update_sets_columns_of_the_rows_that_differ(db) {
        let [a, b, c] = categories(["a", "b", "c"], &db).await;
        raw_sql::watch_updates(&db, "categories").await;
        raw_sql::execute(&db, "UPDATE categories SET name = 'New' WHERE slug = 'a'").await.unwrap();
        raw_sql::updates(&db).await;
        let later = new_year() + DAY * 30;
        let updated = Category::objects()
            .filter(|x| x.slug.is_in(["a", "b"]))
            .update(|x| (x.name.set("New"), x.description.set(x.slug)), &db);
        assert_eq!(clock::frozen(later, updated).await.unwrap(), 2);
        assert_eq!(raw_sql::updates(&db).await, 2);
        let renamed = Category::objects().update(|x| x.name.set("New"), &db);
        assert_eq!(clock::frozen(later + DAY, renamed).await.unwrap(), 1, "only `c` has another name");
        assert_eq!(raw_sql::updates(&db).await, 1, "no row is written that has the value already");
        let read = async |id| Category::get(id, &db).await.unwrap();
        let new = |row: Category, description: &str, updated_at| Category {
            name: "New".to_owned(),
            description: description.to_owned(),
            updated_at,
            ..row
        };
        assert_eq!(read(a.id).await, new(a, "a", later));
        assert_eq!(read(b.id).await, new(b, "b", later), "the time of the last write stays");
        assert_eq!(read(c.id).await, new(c, "", later + DAY));
        let none = Category::objects().filter(|x| x.slug.eq("z")).update(|x| x.name.set("Z"), &db).await;
        assert_eq!(none.unwrap(), 0);
    }

    async fn update_sets_to_null_and_from_other_columns(db) {
        numbers(&[Some(5), None, Some(3)], &db).await;
        assert_eq!(all().update(|e| e.maybe_integer.set(e.integer), &db).await.unwrap(), 2);
        assert_eq!(found(all().filter(|e| e.maybe_integer.eq(e.integer)), &db).await, [1, 2, 3]);
        let query = all().filter(|e| e.integer.gt(1));
        assert_eq!(query.clone().update(|e| e.maybe_integer.set(None), &db).await.unwrap(), 2);
        assert_eq!(query.update(|e| e.maybe_integer.set(None::<i32>), &db).await.unwrap(), 0);
        assert_eq!(raw_sql::count(&db, "everything WHERE maybe_integer IS NULL").await, 2);
        // The right-hand sides see the row as it was.
        let swapped =
            all().limit(1).update(|e| (e.integer.set(77), e.maybe_integer.set(e.integer)), &db).await;
        assert_eq!(swapped.unwrap(), 1);
        assert_eq!(raw_sql::count(&db, "everything WHERE \"order\" = 77 AND maybe_integer = 1").await, 1);
        // NULL has no place in a column that is no `Option`.
        let fields = refused_fields(all().update(|e| e.integer.set(e.maybe_integer), &db).await);
        assert_eq!((&*fields[0].field, &*fields[0].message), ("integer", "may not be NULL"));
        assert_eq!(raw_sql::count(&db, "everything WHERE \"order\" = 77").await, 1, "nothing is written");
    }

    async fn update_brings_values_to_what_the_database_holds(db) {
        numbers(&[None], &db).await;
        let set = async |price: &str| {
            let price: Decimal = price.parse().unwrap();
            all().update(|e| e.price.set(price), &db).await
        };
        assert_eq!(set("1.005").await.unwrap(), 1);
        assert_eq!(all().get(&db).await.unwrap().price.to_string(), "1.01");
        assert_eq!(set("1.01499").await.unwrap(), 0, "rounded, it is what the row has");
        let fields = refused_fields(set("99999999.995").await);
        assert_eq!(
            (&*fields[0].field, &*fields[0].message),
            ("price", "has more than 8 digits before the decimal point")
        );
        let moment = DateTime::from_timestamp(1_800_000_000, 123_456_789).unwrap();
        assert_eq!(all().update(|e| e.moment.set(moment), &db).await.unwrap(), 1);
        let row = all().get(&db).await.unwrap();
        assert_eq!(row.moment.timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(all().update(|e| e.moment.set(row.moment), &db).await.unwrap(), 0);
    }

    async fn update_from_a_decimal_of_another_scale(db) {
        numbers(&[None; 6], &db).await;
        let prices = ["1.005000", "1.004999", "7.5", "0.000001", "99.994999", "3"];
        let prices = prices.map(|price| price.parse::<Decimal>().unwrap());
        for (number, price) in (1..).zip(prices) {
            all().filter(|e| e.integer.eq(number)).update(|e| e.maybe_price.set(price), &db).await.unwrap();
        }
        all().update(|e| e.price.set(e.maybe_price), &db).await.unwrap();
        let rounded = all().values(|e| e.price).fetch_all(&db).await.unwrap();
        assert_eq!(
            rounded.iter().map(Decimal::to_string).collect::<Vec<_>>(),
            ["1.01", "1.00", "7.50", "0.00", "99.99", "3.00"]
        );
        assert_eq!(all().update(|e| e.price.set(e.maybe_price), &db).await.unwrap(), 0);
        // Negative halves go away from zero too: to -0.01, which the schema refuses, and -0.004999 to 0.
        for (price, accepted) in [("-0.004999", true), ("-0.005000", false)] {
            let price: Decimal = price.parse().unwrap();
            all().limit(1).update(|e| e.maybe_price.set(price), &db).await.unwrap();
            assert_eq!(
                all().limit(1).update(|e| e.price.set(e.maybe_price), &db).await.is_ok(),
                accepted,
                "{price}"
            );
        }
        let rounded = all().values(|e| e.price).fetch_all(&db).await.unwrap();
        assert_eq!(rounded[0].to_string(), "0.00");
        all().update(|e| e.maybe_price.set(e.price), &db).await.unwrap();
        let finer = all().values(|e| e.maybe_price).fetch_all(&db).await.unwrap();
        assert_eq!(finer, rounded.into_iter().map(Some).collect::<Vec<_>>());
    }

    async fn update_is_refused_as_a_whole(db) {
        numbers(&[None; 2], &db).await;
        let long = "x".repeat(81);
        schema::create_tables(&[Page::table()], &db).await.unwrap();
        Page::builder().position(1).title("Title").create(&db).await.unwrap();
        let fields =
            refused_fields(Page::objects().update(|p| (p.position.set(2), p.title.set(&long)), &db).await);
        assert_eq!((&*fields[0].field, &*fields[0].message), ("title", "has 81 characters, 80 are allowed"));
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT page_number FROM pages").await, 1);
        let fields = refused_fields(all().update(|e| e.id.set(Uuid::nil()), &db).await);
        assert_eq!((&*fields[0].field, &*fields[0].message), ("id", "is the key and cannot be set"));
        assert_eq!(found(all(), &db).await, [1, 2]);
    }

    async fn a_slice_is_chosen_before_it_is_written(db) {
        numbers(&[Some(0); 6], &db).await;
        let first_three = all().limit(3);
        assert_eq!(first_three.clone().limit(1).update(|e| e.maybe_integer.set(1), &db).await.unwrap(), 1);
        let written = first_three.update(|e| e.maybe_integer.set(1), &db).await.unwrap();
        assert_eq!(written, 2, "the first of the three has the value already, and no fourth takes its place");
        assert_eq!(found(all().filter(|e| e.maybe_integer.eq(1)), &db).await, [1, 2, 3]);
        let last_two = all().order_by(|e| e.id.desc()).limit(2);
        assert_eq!(last_two.delete(&db).await.unwrap(), 2);
        assert_eq!(found(all(), &db).await, [1, 2, 3, 4]);
        assert_eq!(all().offset(3).hard_delete(&db).await.unwrap(), 1);
        assert_eq!(all().filter(|e| e.integer.gt(1)).limit(0).delete(&db).await.unwrap(), 0);
        assert_eq!(found(all(), &db).await, [1, 2, 3]);
        assert_eq!(all().filter(|e| e.integer.eq(2)).delete(&db).await.unwrap(), 1);
        assert_eq!(raw_sql::column::<i32>(&db, "SELECT \"order\" FROM everything ORDER BY 1").await, [1, 3]);
        assert_eq!(Everything::objects().delete(&db).await.unwrap(), 2);
        assert_eq!(raw_sql::count(&db, "everything").await, 0);
    }

    async fn a_filter_of_many_parts(db) {
        numbers(&[None; 300], &db).await;
        let wanted: Vec<i32> = (1..=300).step_by(2).collect();
        let parts = wanted.iter().map(|number| Everything::COLUMNS.integer.eq(*number));
        let any = parts.reduce(|any, part| any | part).unwrap();
        assert_eq!(found(all().filter(|_| any), &db).await, wanted);
    }
}

/// A queryset shows its statement and its values.
#[test]
fn a_queryset_prints_as_sql() {
    let query = Task::objects()
        .filter(|t| t.title.contains("it's 100%") & !t.completed.eq(true))
        .order_by(|t| t.title.desc())
        .limit(10)
        .offset(20);
    let columns = r#"t."id", t."title", t."completed", t."removed_at""#;
    let sql = format!(
        "SELECT {columns} FROM \"tasks\" AS t WHERE \"removed_at\" IS NULL AND (\"title\" LIKE $1 ESCAPE '\\' AND \
         (\"completed\" = $2) IS NOT TRUE) ORDER BY \"title\" DESC, \"id\" DESC LIMIT 10 OFFSET 20 \
         -- $1 = '%it''s 100\\%%', $2 = true"
    );
    assert_eq!(query.to_string(), sql);
    assert_eq!(format!("{query:?}"), sql);
    assert_eq!(query.sql(Dialect::Postgres).to_string(), sql);
    assert_eq!(
        Task::objects().to_string(),
        format!("SELECT {columns} FROM \"tasks\" AS t WHERE \"removed_at\" IS NULL")
    );
    let sqlite = query.sql(Dialect::Sqlite);
    assert!(sqlite.text().contains("instr(`title`, $1) > 0"), "{sqlite}");
    assert_eq!(sqlite.values().len(), 2);
}

/// Nothing that a user gives becomes part of a statement's text.
#[test]
fn values_are_bound() {
    let hostile = "'; DROP TABLE everything; --";
    let query = Everything::objects().filter(|e| {
        e.text.eq(hostile) | e.text.like(hostile) | e.text.is_in([hostile]) | e.maybe_text.icontains(hostile)
    });
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let sql = query.sql(dialect);
        assert!(!sql.text().contains("DROP"), "{sql}");
        assert_eq!(sql.values().len(), 4);
    }
}

/// One statement, prepared once, serves lists of every length.
#[test]
fn the_length_of_a_list_does_not_change_the_statement() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let text = |count: u32| {
            let ids = (0..count).map(|i| Uuid::from_u128(i.into()));
            let sql = Everything::objects().filter(|e| e.id.is_in(ids)).sql(dialect);
            assert_eq!(sql.values().len(), 1);
            sql.text().to_owned()
        };
        let one = text(1);
        for count in [0, 2, 3, 40_000] {
            assert_eq!(text(count), one);
        }
    }
}
