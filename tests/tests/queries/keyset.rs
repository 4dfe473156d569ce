//! Pages by cursor.

use std::net::IpAddr;

use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::schema::create_tables;
use model_runtime::{Cursors, KeysetPage};
use tests::fixtures::{self, refused_fields};
use tests::models::{Everything, Page, Post, Size, Sku, Task};
use tests::recorded::Vault;
use tests::relations::{Person, Story};
use tests::{on_both, raw_sql};

fn cursors() -> Cursors {
    Cursors::new("0123456789abcdef0123456789abcdef").unwrap()
}

/// A row that has many values in common with others, and NULL for many.
fn row(n: i32, dialect: Dialect) -> Everything {
    let texts = ["", "a", "B", "ä", "'q\"\\", "\u{1F600}\n%"];
    let text = |n: i32| texts[n.unsigned_abs() as usize % texts.len()].to_owned();
    let floats = [0.1, -0.0, 0.0, 1e300, -1.5, f64::NEG_INFINITY];
    let maybe = |of: i32| (n % of != 0).then_some(n % 5);
    let sample = Everything::sample();
    let nan = (dialect == Dialect::Postgres && n % 11 == 0).then_some(f64::NAN);
    Everything {
        id: Uuid::new_v4(),
        uuid: Uuid::from_u128(u128::from(n.unsigned_abs() % 9)),
        text: text(n),
        boolean: n % 2 == 0,
        integer: n % 7,
        big: i64::MAX - i64::from(n % 3),
        real: [0.1, 0.2, -0.3][n.unsigned_abs() as usize % 3],
        double: nan.unwrap_or(floats[n.unsigned_abs() as usize % floats.len()]),
        price: Decimal::new(i64::from(n % 50), 2),
        moment: sample.moment + micros(n % 13),
        day: NaiveDate::from_ymd_opt(2024, 2, 26 + (n % 4).unsigned_abs()).unwrap(),
        json: serde_json::json!({ "n": n % 4 }),
        bytes: vec![0, (n % 6).unsigned_abs() as u8, 255],
        ip: IpAddr::from([10, 0, 0, (n % 30).unsigned_abs() as u8]),
        size: if n % 3 == 0 { Size::Small } else { Size::ExtraLarge },
        sku: Sku(text(n + 1)),
        maybe_uuid: maybe(3).map(|n| Uuid::from_u128(u128::from(n.unsigned_abs()))),
        maybe_text: maybe(4).map(text),
        maybe_boolean: maybe(5).map(|n| n > 2),
        maybe_integer: maybe(3),
        maybe_double: maybe(6).map(f64::from),
        maybe_price: maybe(7).map(|n| Decimal::new(i64::from(n), 6)),
        maybe_moment: maybe(8).map(|n| sample.moment + micros(n * 1_000_000 + n)),
        ..sample
    }
}

fn micros(n: i32) -> std::time::Duration {
    std::time::Duration::from_micros(u64::from(n.unsigned_abs()))
}

async fn rows(count: i32, db: &Pool) {
    create_tables(&[Everything::table()], db).await.unwrap();
    Everything::bulk_create((0..count).map(|n| row(n, db.dialect())).collect(), db).await.unwrap();
}

async fn page(query: QuerySet<Everything>, after: Option<&str>, db: &Pool) -> KeysetPage<Everything> {
    query.keyset(37, &cursors()).after(after).unwrap().fetch(db).await.unwrap()
}

fn ids(rows: &[Everything]) -> Vec<Uuid> {
    rows.iter().map(|row| row.id).collect()
}

/// Orders one way and both ways, of every kind of column.
fn orders() -> Vec<QuerySet<Everything>> {
    let all = Everything::objects;
    vec![
        all(),
        all().order_by(|_| []),
        all().order_by(|e| e.id.desc()),
        all().order_by(|e| e.integer.asc()),
        all().order_by(|e| (e.integer.desc(), e.text.desc())),
        all().order_by(|e| (e.integer.desc(), e.text.asc())),
        all().order_by(|e| (e.price.asc(), e.moment.asc(), e.big.asc())),
        all().order_by(|e| (e.price.desc(), e.moment.asc(), e.boolean.desc())),
        all().order_by(|e| e.maybe_integer.asc()),
        all().order_by(|e| e.maybe_integer.desc()),
        all().order_by(|e| (e.maybe_text.desc(), e.maybe_price.asc(), e.maybe_boolean.desc())),
        all().order_by(|e| (e.maybe_moment.asc(), e.maybe_double.desc(), e.id.asc())),
        all().order_by(|e| (e.double.asc(), e.real.asc())),
        all().order_by(|e| (e.double.desc(), e.maybe_uuid.asc(), e.uuid.desc())),
        all().order_by(|e| (e.day.desc(), e.size.desc(), e.sku.desc())),
        all().order_by(|e| (e.bytes.asc(), e.ip.desc())),
        all().order_by(|e| (e.json.asc(), e.id.desc(), e.text.asc())),
        all().filter(|e| e.integer.gt(2) | e.maybe_text.is_null()).order_by(|e| e.maybe_text.asc()),
    ]
}

on_both! {
    async fn all_pages_are_all_rows_in_their_order(db) {
        rows(1000, &db).await;
        for query in orders() {
            let mut ordered = query.clone();
            if query.sql(Dialect::Sqlite).text().ends_with("AS t") {
                ordered = query.clone().order_by(|e| e.id.asc());
            }
            let expected = ids(&ordered.fetch_all(&db).await.unwrap());
            assert!(expected.len() > 500);
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = page(query.clone(), cursor.as_deref(), &db).await;
                assert!(page.items.len() == 37 || page.next.is_none());
                seen.extend(ids(&page.items));
                cursor = page.next;
                if cursor.is_none() || seen.len() > expected.len() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{query}");
        }
    }

    async fn the_page_before_is_the_one_that_was_there(db) {
        rows(120, &db).await;
        for query in orders() {
            let mut pages = vec![page(query.clone(), None, &db).await];
            while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
                pages.push(page(query.clone(), Some(&next), &db).await);
            }
            assert!(pages.len() > 2 && pages[0].previous.is_none());
            let before = async |cursor: Option<&str>| {
                query.clone().keyset(37, &cursors()).before(cursor).unwrap().fetch(&db).await.unwrap()
            };
            for (i, wanted) in pages.iter().enumerate().take(pages.len() - 1) {
                let found = before(pages[i + 1].previous.as_deref()).await;
                assert_eq!((ids(&found.items), &found.next, &found.previous), (ids(&wanted.items), &wanted.next, &wanted.previous), "{query}");
            }
            let last = before(None).await;
            let all: Vec<Uuid> = pages.iter().flat_map(|page| ids(&page.items)).collect();
            assert_eq!((ids(&last.items), last.next), (all[all.len() - 37..].to_vec(), None));
        }
    }

    async fn a_search_among_rows_finds_what_a_filter_finds(db) {
        rows(120, &db).await;
        for query in orders() {
            let all = query.clone().filter(|e| e.integer.eq(3)).keyset(1000, &cursors());
            let wanted = ids(&all.fetch(&db).await.unwrap().items);
            for among in [1, 7, 119, 120, 1000] {
                let (mut found, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
                loop {
                    let search = query.clone().keyset(5, &cursors()).among(among, |e| e.integer.eq(3));
                    let (page, asked) = profile("page", search.after(cursor.as_deref()).unwrap().fetch(&db)).await;
                    let page = page.unwrap();
                    assert_eq!(asked.statements.len(), 2);
                    assert!(!page.is_cut || (page.items.len() < 5 && page.next.is_some()));
                    assert!(page.is_cut || page.items.len() == 5 || page.next.is_none());
                    found.extend(ids(&page.items));
                    pages += 1;
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(found, wanted, "{query} among {among}");
                assert!(pages <= 120 / among + 1 + wanted.len() as u64 / 5 + 1, "{pages} pages among {among}");
            }
        }
        let none = Everything::objects().keyset(5, &cursors()).among(0, |e| e.integer.eq(3)).fetch(&db).await;
        assert_eq!(refused_fields(none)[0].field, "among");
    }

    async fn rows_that_come_and_go_move_no_other(db) {
        rows(400, &db).await;
        for order in [
            Everything::objects().order_by(|e| (e.maybe_integer.desc(), e.text.asc())),
            Everything::objects().order_by(|e| (e.integer.asc(), e.price.asc())),
        ] {
            let expected = ids(&order.clone().fetch_all(&db).await.unwrap());
            let (mut seen, mut cursor, mut n) = (Vec::new(), None, 0);
            loop {
                let page = page(order.clone(), cursor.as_deref(), &db).await;
                seen.extend(ids(&page.items));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
                Everything::bulk_create((n..n + 20).map(|n| row(n, db.dialect())).collect(), &db).await.unwrap();
                n += 20;
                page.items.last().unwrap().hard_delete(&db).await.unwrap();
            }
            assert!(seen.len() > expected.len(), "some new rows are shown");
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "none is shown twice");
            seen.retain(|id| expected.contains(id));
            assert_eq!(seen, expected);
        }
    }

    async fn the_last_page_says_so(db) {
        rows(74, &db).await;
        let first = page(Everything::objects(), None, &db).await;
        let second = page(Everything::objects(), first.next.as_deref(), &db).await;
        assert_eq!((second.items.len(), second.next), (37, None), "a full page, with none behind it");
        let none = page(Everything::objects().filter(|e| e.integer.gt(100)), None, &db).await;
        assert_eq!((none.items.len(), none.next), (0, None));
        let (whole, asked) = profile("page", Everything::objects().keyset(u64::MAX, &cursors()).fetch(&db)).await;
        assert_eq!((whole.unwrap().items.len(), asked.statements.len()), (74, 1));
    }

    async fn a_cursor_is_good_for_its_list_alone(db) {
        rows(40, &db).await;
        create_tables(&[Page::table(), Task::table()], &db).await.unwrap();
        let by_number = || Everything::objects().order_by(|e| e.integer.asc());
        let cursor = page(by_number(), None, &db).await.next.unwrap();
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{cursor}");
        let refused = |result: Result<()>| {
            let errors = refused_fields(result);
            assert_eq!(errors[0].field, "cursor");
            errors[0].message.clone()
        };
        let after = |query: QuerySet<Everything>, cursors: &Cursors, cursor: &str| query.keyset(5, cursors).after(cursor).map(drop);
        after(by_number(), &cursors(), &cursor).unwrap();
        after(by_number().filter(|e| e.boolean.eq(true)), &cursors(), &cursor).unwrap();

        let other_key = Cursors::new("another secret, of thirty-two bytes").unwrap();
        let forged = "was changed or signed with another secret; start again from the first page";
        assert_eq!(refused(after(by_number(), &other_key, &cursor)), forged);
        for text in ["", "!", "AAAA", &cursor[1..], &cursor[..cursor.len() - 1], &format!("{cursor}A"), "ä"] {
            assert_eq!(refused(after(by_number(), &cursors(), text)), forged);
        }
        let other_list = "is of another list or another order; start again from the first page";
        for query in [
            Everything::objects(),
            Everything::objects().order_by(|e| e.integer.desc()),
            Everything::objects().order_by(|e| (e.integer.asc(), e.text.asc())),
            Everything::objects().order_by(|e| e.small.asc()),
        ] {
            assert_eq!(refused(after(query, &cursors(), &cursor)), other_list);
        }
        for title in ["a", "b"] {
            Task::builder().title(title).create(&db).await.unwrap();
        }
        let tasks = Task::objects().keyset(1, &cursors()).fetch(&db).await.unwrap().next.unwrap();
        assert_eq!(Task::objects().keyset(1, &cursors()).after(&*tasks).unwrap().fetch(&db).await.unwrap().items[0].title, "b");
        assert_eq!(refused(Page::objects().keyset(1, &cursors()).after(&*tasks).map(drop)), other_list);
    }

    async fn what_a_cursor_cannot_hold_is_refused(db) {
        rows(1, &db).await;
        let (size, asked) = profile("page", Everything::objects().keyset(0, &cursors()).fetch(&db)).await;
        assert_eq!(refused_fields(size)[0].field, "size");
        assert_eq!(refused_fields(Everything::objects().limit(3).keyset(1, &cursors()).fetch(&db).await)[0].field, "limit");
        assert_eq!(refused_fields(Everything::objects().offset(3).keyset(1, &cursors()).fetch(&db).await)[0].field, "limit");
        let other = Story::objects().order_by(|s| s.author().name.asc()).keyset(1, &cursors()).fetch(&db).await;
        assert_eq!(refused_fields(other)[0].message, "goes by the name of another row: a cursor holds the row's own columns");
        let masked = Vault::objects().order_by(|v| v.password.asc()).keyset(1, &cursors()).fetch(&db).await;
        assert_eq!(refused_fields(masked)[0].message, "goes by password, which is masked, and a cursor would show it");
        assert_eq!(asked.statements.len(), 0);
    }

    async fn what_comes_with_rows_comes_with_pages(db) {
        create_tables(&tests::relations::tables(), &db).await.unwrap();
        let section = tests::relations::Section::builder().name("News").create(&db).await.unwrap();
        for name in ["Ada", "Bo", "Cy"] {
            let person = Person::builder().name(name).create(&db).await.unwrap();
            Story::builder().title(name).author_id(person.id).section_id(section.id).create(&db).await.unwrap();
        }
        let stories = || Story::objects().filter(|s| s.author().name.ne("Bo")).order_by(|s| s.title.asc()).select_related(|s| s.author());
        let first = stories().keyset(1, &cursors()).fetch(&db).await.unwrap();
        assert_eq!(first.items[0].1.name, "Ada");
        let second = stories().keyset(1, &cursors()).after(first.next.as_deref()).unwrap().fetch(&db).await.unwrap();
        assert_eq!((second.items[0].1.name.as_str(), second.next), ("Cy", None));
    }

    async fn the_default_order_goes_by_its_index(db) {
        fixtures::blog(&db).await;
        let posts = (0..3000).map(|n| {
            let mut post = Post::builder().title(format!("Post {n}")).slug(format!("post-{n}")).content("Content").build();
            post.created_at = fixtures::new_year() + std::time::Duration::from_secs(n / 10);
            post
        });
        Post::bulk_create(posts.collect(), &db).await.unwrap();
        raw_sql::execute(&db, "UPDATE posts SET deleted_at = created_at WHERE title LIKE '%7'").await.unwrap();
        raw_sql::execute(&db, "ANALYZE").await.unwrap();
        let deep = Post::objects().keyset(2000, &cursors()).fetch(&db).await.unwrap().next;
        let posts = || Post::objects().keyset(20, &cursors()).after(deep.as_deref()).unwrap();
        let plan = posts().into_rows().unwrap().explain(&db).await.unwrap();
        assert!(plan.contains("posts_created_at_desc_id_desc"), "{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("B-TREE") && !plan.contains("SCAN"), "{plan}");
        let finds = if db.dialect() == Dialect::Postgres { "Index Cond: (ROW(created_at, id) < ROW(" } else { "((created_at,id)<(?,?))" };
        assert!(plan.contains(finds), "{plan}");
        assert_eq!(posts().fetch(&db).await.unwrap().items.len(), 20);
    }
}
