//! `#[searchable]`: what a search finds, in which order, and that the index follows every write.

use model_runtime::prelude::*;
use model_runtime::schema::{self, create_tables};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tests::fixtures::refused_fields;
use tests::searched::{Essay, Verse, tables};
use tests::{on_both, raw_sql};

/// Title, summary, content.
const ESSAYS: [(&str, Option<&str>, &str); 8] = [
    (
        "Async functions in traits",
        None,
        "Rust takes them now. Traits with async functions were asked for since 2019.",
    ),
    (
        "Announcing Rust",
        Some("A release of the compiler"),
        "The compiler team fixed what was broken: borrows, closures.",
    ),
    (
        "The compiler survey",
        None,
        "People wait for the compiler. The compiler's errors are liked, the compiler's speed less.",
    ),
    (
        "Security advisory",
        Some("Update crates"),
        "A crate held a secret in the registry. Remove it with care.",
    ),
    ("Café Zürich", None, "A meeting about nothing but coffee, in the state of the art café."),
    ("Empty", None, ""),
    ("Working groups", Some(""), "The async working group meets. It writes a vision of async Rust."),
    ("Asynchronous I/O", None, "Polling, wakers; futures::Stream and tokio::select! in one loop."),
];

async fn essays(db: &Pool) {
    create_tables(&tables(), db).await.unwrap();
    let essays = ESSAYS.map(|(title, summary, content)| Essay {
        summary: summary.map(str::to_owned),
        ..Essay::builder().title(title).content(content).build()
    });
    Essay::bulk_create(essays.into(), db).await.unwrap();
}

/// The titles, in the order of the search.
async fn ranked(query: QuerySet<Essay>, db: &Pool) -> Vec<String> {
    query.values(|e| e.title).fetch_all(db).await.unwrap()
}

/// The titles, in alphabetical order.
async fn found(text: &str, db: &Pool) -> Vec<String> {
    let mut titles = ranked(Essay::objects().search(text), db).await;
    titles.sort();
    titles
}

async fn essay(title: &str, db: &Pool) -> Essay {
    Essay::objects().all_with_deleted().filter(|e| e.title.eq(title)).get(db).await.unwrap()
}

/// How many texts the index holds.
async fn indexed(db: &Pool) -> i64 {
    match db {
        Pool::Sqlite(_) => {
            let texts = raw_sql::count(db, "essays_search").await;
            assert_eq!(raw_sql::count(db, "essays_search_keys").await, texts);
            texts
        }
        Pool::Postgres(_) => raw_sql::value(db, "SELECT COUNT(search_vector) FROM essays").await,
    }
}

on_both! {
    async fn words_stand_in_any_form_and_order(db) {
        essays(&db).await;
        assert_eq!(found("async", &db).await, ["Async functions in traits", "Working groups"]);
        assert_eq!(found("RUST async", &db).await, ["Async functions in traits", "Working groups"]);
        assert_eq!(found("compile", &db).await, ["Announcing Rust", "The compiler survey"]);
        assert_eq!(found("function trait", &db).await, ["Async functions in traits"]);
        assert_eq!(found("releases", &db).await, ["Announcing Rust"]);
        assert_eq!(found("crate removing", &db).await, ["Security advisory"]);
        assert_eq!(found("CAFÉ zürich", &db).await, ["Café Zürich"]);
        assert_eq!(found("cafe", &db).await, [""; 0]);
        // Words end at signs: `https://x.org/async/await?v=1.80` has all of these.
        Essay::builder().title("Link").content("<a href='https://x.org/fetch/await?v=1.80'>wide_open</a>").create(&db).await.unwrap();
        for text in ["await", "fetch", "x.org", "1.80", "80", "wide", "\"open a\"", "fetch/await", "https://x.org", "v=1"] {
            assert_eq!(found(text, &db).await, ["Link"], "{text}");
        }
        assert_eq!(found("rust nothing", &db).await, [""; 0]);
    }

    async fn phrases_exclusions_and_alternatives(db) {
        essays(&db).await;
        assert_eq!(found("\"working group\"", &db).await, ["Working groups"]);
        assert_eq!(found("\"group working\"", &db).await, [""; 0]);
        assert_eq!(found("async -working", &db).await, ["Async functions in traits"]);
        assert_eq!(found("async -\"working group\"", &db).await, ["Async functions in traits"]);
        assert_eq!(found("async - working", &db).await, ["Working groups"]);
        assert_eq!(found("café or polling", &db).await, ["Asynchronous I/O", "Café Zürich"]);
        assert_eq!(found("rust traits OR rust closures", &db).await, ["Announcing Rust", "Async functions in traits"]);
        assert_eq!(found("-rust -compiler", &db).await, ["Asynchronous I/O", "Café Zürich", "Empty", "Security advisory"]);
        assert_eq!(found("café or -rust -compiler -update -empty", &db).await, ["Asynchronous I/O", "Café Zürich"]);
        assert_eq!(found("how to use the tokio::select!", &db).await, [""; 0]);
        assert_eq!(found("what is in the tokio::select!", &db).await, ["Asynchronous I/O"]);
        assert_eq!(found("\"state of the art\"", &db).await, ["Café Zürich"]);
    }

    async fn without_a_word_it_finds_nothing(db) {
        essays(&db).await;
        for text in ["", "  ", "-", "\"\"", "!?", "or", "the", "it's the", "\0", "*", "()"] {
            assert_eq!(found(text, &db).await, [""; 0], "{text:?}");
            assert_eq!(Essay::objects().search(text).count(&db).await.unwrap(), 0);
        }
    }

    async fn nothing_in_a_text_is_an_operator(db) {
        essays(&db).await;
        let all = ["Async functions in traits"];
        for text in ["async* trait", "title : trait", "{title} : trait", "^trait", "NEAR(trait function, 2)", "trait:*", "trait & !function",
            "trait\\", "'trait'", "trait'); DROP TABLE essays; --", "c0:trait", "trait <-> function", "$1 trait", "{} {t} trait"] {
            let found = found(text, &db).await;
            assert!(found.is_empty() || found == all, "{text:?}: {found:?}");
        }
        assert_eq!(found("^trait", &db).await, all);
        assert_eq!(found("'trait'", &db).await, all);
        assert_eq!(found("trait & function", &db).await, all);
        assert_eq!(raw_sql::count(&db, "essays").await, 8);
    }

    async fn any_text_is_a_search(db) {
        essays(&db).await;
        let mut runner = TestRunner::deterministic();
        let signs = proptest::collection::vec(proptest::sample::select(vec![
            "a", "rust", "or", "OR", "AND", "NOT", "NEAR", "\"", "-", "--", " ", "*", "^", ":", "(", ")", "{", "}", "'", "\\", "&", "|", "!",
            "<->", "\0", "\u{1}", "\u{301}", "日本", "ﬀ", "🦀", "%", "$1", "+", ",", ".", "<b>", "@x.org", "https://a.b/c", "\u{202e}", "\u{feff}",
        ]), 0..30).prop_map(|parts| parts.concat());
        let any = proptest::strategy::Union::new([signs.boxed(), ".{0,80}".boxed(), "\\PC*".boxed()]);
        for _ in 0..400 {
            let text = any.new_tree(&mut runner).unwrap().current();
            let rows = Essay::objects().search(&text).limit(3).fetch_all(&db).await;
            assert!(rows.is_ok(), "{text:?}: {rows:?}");
        }
        for long in ["x ".repeat(50_000), "-".repeat(50_000) + "x", "(".repeat(5_000), "a-".repeat(5_000), "é".repeat(50_000), "x or -y ".repeat(5_000), "\"".repeat(999)] {
            Essay::objects().search(&long).fetch_all(&db).await.unwrap();
        }
    }

    async fn the_most_relevant_come_first(db) {
        essays(&db).await;
        let titles = ranked(Essay::objects().search("compiler"), &db).await;
        assert_eq!(titles[0], "The compiler survey", "in the title");
        assert_eq!(titles.len(), 2);
        let first = Essay::objects().search("compiler").first(&db).await.unwrap().unwrap();
        assert_eq!(first.title, "The compiler survey");
        let by_title = Essay::objects().search("compiler").order_by(|e| e.title.asc());
        assert_eq!(ranked(by_title, &db).await, ["Announcing Rust", "The compiler survey"]);
        let before = Essay::objects().order_by(|e| e.title.asc()).search("compiler");
        assert_eq!(ranked(before, &db).await, ["Announcing Rust", "The compiler survey"]);
        // Weights: a word in the title before one in the content, and that before one in the summary.
        for (title, summary, content) in [("one", "pear", "x"), ("two", "x", "pear"), ("pear", "x", "x")] {
            Essay::builder().title(title).summary(summary.to_owned()).content(content).create(&db).await.unwrap();
        }
        assert_eq!(ranked(Essay::objects().search("pears"), &db).await, ["pear", "two", "one"]);
    }

    async fn it_composes_with_what_querysets_do(db) {
        essays(&db).await;
        let survey = essay("The compiler survey", &db).await;
        let compilers = || Essay::objects().search("compiler");
        essay("Announcing Rust", &db).await.publish(&db).await.unwrap();
        assert_eq!(ranked(Essay::objects().published().search("compiler"), &db).await, ["Announcing Rust"]);
        assert_eq!(ranked(compilers().filter(|e| e.title.contains("survey") | e.title.eq("Empty")), &db).await, ["The compiler survey"]);
        assert_eq!(ranked(compilers().search("people"), &db).await, ["The compiler survey"]);
        assert_eq!(compilers().count(&db).await.unwrap(), 2);
        assert!(compilers().exists(&db).await.unwrap());
        assert_eq!(compilers().offset(1).count(&db).await.unwrap(), 1);
        assert_eq!(compilers().filter(|e| e.title.starts_with("The")).get(&db).await.unwrap(), survey);
        let page = compilers().page(2, 1).fetch(&db).await.unwrap();
        assert_eq!((page.total, page.items[0].title.as_str()), (2, "Announcing Rust"));
        let figures = compilers().group_by(|e| e.status).aggregate(|_| model_runtime::count()).fetch_all(&db).await.unwrap();
        assert_eq!(figures.len(), 2);
        let mut distinct = compilers().values(|e| e.summary).distinct().fetch_all(&db).await.unwrap();
        distinct.sort();
        assert_eq!(distinct, [None, Some("A release of the compiler".to_owned())]);
        let cursors = model_runtime::Cursors::new("0123456789abcdef0123456789abcdef").unwrap();
        let refused = refused_fields(compilers().keyset(1, &cursors).fetch(&db).await);
        assert_eq!(refused[0].field, "order_by");
        let page = compilers().order_by(|e| e.title.asc()).keyset(1, &cursors).fetch(&db).await.unwrap();
        assert_eq!(page.items[0].title, "Announcing Rust");

        Verse::builder().r#type("Haiku").language("Rust compiles").essay_id(survey.id).create(&db).await.unwrap();
        Verse::builder().r#type("Sonnet").create(&db).await.unwrap();
        let with = Verse::objects().search("haiku").select_related(|v| v.essay()).fetch_all(&db).await.unwrap();
        assert_eq!(with[0].1.as_ref().unwrap().title, "The compiler survey");
        let quoted = Verse::objects().search("haiku or sonnet").filter(|v| v.essay().title.contains("survey")).fetch_all(&db).await.unwrap();
        assert_eq!(quoted.len(), 1);
        let all = compilers().prefetch_related(Verse::objects().search("rust"), |v| v.essay_id).fetch_all(&db).await.unwrap();
        assert_eq!(all.iter().map(|(_, verses)| verses.len()).collect::<Vec<_>>(), [1, 0]);
        let of = Verse::objects().filter(|v| v.essay_id.is_in(compilers().values(|e| e.id)));
        assert_eq!(of.count(&db).await.unwrap(), 1);

        assert_eq!(compilers().update(|e| e.notes.set("seen"), &db).await.unwrap(), 2);
        assert_eq!(compilers().limit(1).delete(&db).await.unwrap(), 1);
        assert_eq!(ranked(compilers(), &db).await, ["Announcing Rust"]);
        assert_eq!(ranked(Essay::objects().all_with_deleted().search("survey"), &db).await, ["The compiler survey"]);
    }

    async fn names_and_words_of_any_kind(db) {
        create_tables(&tables(), &db).await.unwrap();
        for (n, kind) in ["running the order", "Rowid", "rank rank"].into_iter().enumerate() {
            Verse::builder().r#type(kind).language(format!("group {n}")).create(&db).await.unwrap();
        }
        let found = async |text: &str| Verse::objects().search(text).values(|v| v.r#type).fetch_all(&db).await.unwrap();
        assert_eq!(found("running").await, ["running the order"]);
        assert_eq!(found("run").await, [""; 0], "words as they stand");
        assert_eq!(found("the").await, ["running the order"], "each word counts");
        assert_eq!(found("group 1").await, ["Rowid"]);
        assert_eq!(found("group -rank -rowid").await, ["running the order"]);
        assert_eq!(Verse::objects().search("rank").hard_delete(&db).await.unwrap(), 1);
        assert_eq!(Verse::objects().search("group").count(&db).await.unwrap(), 2);
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), []);
    }

    async fn the_index_follows_every_write(db) {
        essays(&db).await;
        let mut essay = essay("Empty", &db).await;
        essay.content = "Full of bananas".to_owned();
        assert!(essay.save(&db).await.unwrap());
        assert!(!essay.save(&db).await.unwrap(), "nothing differs");
        assert_eq!(found("banana", &db).await, ["Empty"]);
        essay.summary = Some("Cherries".to_owned());
        assert!(essay.save(&db).await.unwrap());
        assert_eq!(found("banana cherry", &db).await, ["Empty"]);
        essay.summary = None;
        essay.save(&db).await.unwrap();
        assert_eq!(found("cherry", &db).await, [""; 0]);
        assert_eq!(essay.change_log.entries().len(), 3);
        assert_eq!(Essay::objects().search("banana").update(|e| e.content.set("Grapes"), &db).await.unwrap(), 1);
        assert_eq!((found("banana", &db).await.len(), found("grape", &db).await.len()), (0, 1));

        essay.refresh(&db).await.unwrap();
        assert!(essay.delete(&db).await.unwrap());
        assert_eq!((found("grape", &db).await.len(), indexed(&db).await), (0, 8));
        assert!(essay.restore(&db).await.unwrap());
        assert_eq!(found("grape", &db).await, ["Empty"]);
        essay.hard_delete(&db).await.unwrap();
        assert_eq!((found("grape", &db).await.len(), indexed(&db).await), (0, 7));
        assert_eq!(Essay::objects().search("async").hard_delete(&db).await.unwrap(), 2);
        assert_eq!(indexed(&db).await, 5);

        raw_sql::execute(&db, "UPDATE essays SET body = 'Dates' WHERE title = 'Announcing Rust'").await.unwrap();
        assert_eq!((found("closures", &db).await.len(), found("date", &db).await.len()), (0, 1));
        let fresh = raw_sql::key(&db, Uuid::from_u128(7));
        raw_sql::execute(&db, &format!("UPDATE essays SET id = {fresh} WHERE title = 'Announcing Rust'")).await.unwrap();
        assert_eq!((found("date", &db).await.len(), indexed(&db).await), (1, 5));
        raw_sql::execute(&db, "DELETE FROM essays WHERE body = 'Dates'").await.unwrap();
        assert_eq!((found("date", &db).await.len(), indexed(&db).await), (0, 4));
        let mut transaction = db.begin().await.unwrap();
        Essay::builder().title("Undone").create(&mut transaction).await.unwrap();
        assert_eq!(Essay::objects().search("undone").count(&mut transaction).await.unwrap(), 1);
        transaction.rollback().await.unwrap();
        assert_eq!((found("undone", &db).await.len(), indexed(&db).await), (0, 4));
    }

    async fn ten_thousand_rows_at_once(db) {
        create_tables(&tables(), &db).await.unwrap();
        let essays = (0..10_000).map(|n| Essay::builder().title(format!("Essay number{n}")).content(format!("word{} filler", n % 100)).build());
        Essay::bulk_create(essays.collect(), &db).await.unwrap();
        assert_eq!(indexed(&db).await, 10_000);
        assert_eq!(ranked(Essay::objects().search("number1234"), &db).await, ["Essay number1234"]);
        assert_eq!(Essay::objects().search("word7").count(&db).await.unwrap(), 100);
        assert_eq!(Essay::objects().search("filler").limit(20).fetch_all(&db).await.unwrap().len(), 20);
        assert_eq!(Essay::objects().search("word7").update(|e| e.content.set("changed"), &db).await.unwrap(), 100);
        assert_eq!(Essay::objects().search("change").count(&db).await.unwrap(), 100);
        // PostgreSQL puts new entries of the index in order by then.
        let tidy = if db.dialect() == Dialect::Postgres { "VACUUM ANALYZE essays" } else { "ANALYZE" };
        raw_sql::execute(&db, tidy).await.unwrap();
        let plan = Essay::objects().search("number1234").explain(&db).await.unwrap();
        let index = if db.dialect() == Dialect::Postgres { "essays_search_vector_idx" } else { "essays_search VIRTUAL TABLE INDEX" };
        assert!(plan.contains(index), "{plan}");
        assert!(!plan.contains("SCAN essays\n") && !plan.contains("Seq Scan"), "{plan}");
        let keys = "essays_search_keys_object_id";
        assert!(db.dialect() == Dialect::Postgres || !plan.contains(keys), "{plan}");
    }

    async fn rows_that_were_there_before_are_found(db) {
        essays(&db).await;
        let forget = match db {
            Pool::Sqlite(_) => "DROP TABLE essays_search; DROP TABLE essays_search_keys; DROP TRIGGER essays_search_insert; \
                                DROP TRIGGER essays_search_update; DROP TRIGGER essays_search_delete",
            Pool::Postgres(_) => "ALTER TABLE essays DROP COLUMN search_vector",
        };
        raw_sql::execute(&db, forget).await.unwrap();
        let lacking: Vec<String> = schema::check(&[Essay::table()], &db).await.unwrap().iter().map(ToString::to_string).collect();
        let wanted: &[&str] = match db {
            Pool::Sqlite(_) => &["essays lacks the table \"essays_search_keys\"", "essays lacks the table \"essays_search\"",
                "essays lacks the trigger \"essays_search_insert\"", "essays lacks the trigger \"essays_search_update\"",
                "essays lacks the trigger \"essays_search_delete\""],
            Pool::Postgres(_) => &["essays.search_vector is missing", "essays lacks the index \"essays_search_vector_idx\""],
        };
        assert_eq!(lacking, wanted);
        for _ in 0..2 {
            create_tables(&tables(), &db).await.unwrap();
            assert_eq!((found("async", &db).await.len(), indexed(&db).await), (2, 8));
        }
        assert_eq!(schema::check(&tables(), &db).await.unwrap(), []);
    }
}

/// Rows of a table whose key is no integer get other numbers by `VACUUM`.
#[tokio::test]
async fn the_index_outlives_a_vacuum_and_replaced_rows() {
    let database = tests::database::Database::sqlite().await;
    let db = &database.pool;
    essays(db).await;
    Essay::objects().search("polling or café").hard_delete(db).await.unwrap();
    raw_sql::execute(db, "VACUUM").await.unwrap();
    assert_eq!(found("empty", db).await, ["Empty"]);
    assert_eq!(found("vision", db).await, ["Working groups"]);
    for policy in ["REPLACE", "IGNORE"] {
        let copy = format!(
            "INSERT OR {policy} INTO essays SELECT id, title, 'Replaced by {policy}', summary, notes, deleted_at, status, \
             published_at, change_log FROM essays WHERE title = 'Empty'"
        );
        let columns = "(id, title, body, summary, notes, deleted_at, status, published_at, change_log)";
        raw_sql::execute(db, &copy.replace("INTO essays", &format!("INTO essays {columns}"))).await.unwrap();
        assert_eq!(found("replaced replace", db).await, ["Empty"]);
        assert_eq!(indexed(db).await, 6);
    }
    raw_sql::execute(db, "INSERT INTO essays_search (essays_search) VALUES ('integrity-check')")
        .await
        .unwrap();
    database.close().await;
}
