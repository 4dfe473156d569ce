//! Many writers of one row (rule 7): no entry is lost, and each one's `old` is its predecessor's `new`, in the order
//! of the log's keys and of the audit rows, whatever the clocks say.

use std::collections::BTreeMap;

use model_runtime::clock;
use model_runtime::prelude::*;
use serde_json::Value;
use std::time::Duration;
use tests::database::Database;
use tests::fixtures::new_year;
use tests::raw_sql;
use tests::recorded::{Article, Note, create_tables};

use super::replay::assert_agreement;

const WRITERS: usize = 8;
const WRITES: usize = 50;

/// The clocks of the writers.
#[derive(Debug, Clone, Copy)]
enum Clock {
    Real,
    /// All writes are in the same microsecond.
    Frozen,
    /// Each write of a task is a second before the one before.
    Backwards,
    /// Each task has a clock of its own, an hour beside the next one's.
    Apart,
}

impl Clock {
    /// Runs a task's write by the clock.
    async fn run<F: Future>(self, task: usize, write: usize, future: F) -> F::Output {
        let seconds = |n: usize| Duration::from_secs(u64::try_from(n).expect("a small number"));
        match self {
            Self::Real => future.await,
            Self::Frozen => clock::frozen(new_year(), future).await,
            Self::Backwards => clock::frozen(new_year() - seconds(write), future).await,
            Self::Apart => clock::frozen(new_year() + seconds(3600 * task + write), future).await,
        }
    }
}

/// Runs every write of every task at once; each must write.
async fn write_at_once<F>(db: &Pool, clock: Clock, write: fn(Pool, String, usize) -> F)
where
    F: Future<Output = Result<bool>> + Send + 'static,
{
    let tasks = (0..WRITERS).map(|task| {
        let db = db.clone();
        tokio::spawn(async move {
            for n in 0..WRITES {
                let text = format!("{task} '{n}'");
                let written =
                    clock.run(task, n, write(db.clone(), text, n)).await.expect("the row is written");
                assert!(written, "no two writes are the same");
            }
        })
    });
    for task in futures_util::future::join_all(tasks).await {
        task.expect("the writer ends");
    }
}

async fn save_note(db: Pool, text: String, n: usize) -> Result<bool> {
    if n.is_multiple_of(2) {
        return Ok(Note::objects().update(|note| note.text.set(text), &db).await? == 1);
    }
    let mut note = Note::objects().fetch_one(&db).await?;
    note.text = text;
    note.save(&db).await
}

async fn save_article(db: Pool, text: String, n: usize) -> Result<bool> {
    if n.is_multiple_of(2) {
        return Ok(Article::objects().update(|article| article.content.set(text), &db).await? == 1);
    }
    let mut article = Article::objects().fetch_one(&db).await?;
    article.content = text;
    article.save_only(|article| article.content, &db).await
}

/// The log's changes of the field, in the order of the keys.
fn logged(log: &str, field: &str) -> Vec<(Value, Value)> {
    let entries: BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>> =
        serde_json::from_str(log).expect("the log is JSON");
    assert_eq!(log.matches("\"old\"").count(), entries.len(), "no two entries have the same key");
    let sides = |mut entry: BTreeMap<String, BTreeMap<String, Value>>| {
        let mut change = entry.remove(field).expect("the entry is of the field");
        (change.remove("old").expect("an old value"), change.remove("new").expect("a new value"))
    };
    entries.into_values().map(sides).collect()
}

/// Each `old` is the `new` before it, from the first value to the last.
fn assert_chain(changes: &[(Value, Value)], first: &str, last: &str) {
    let mut before = &Value::from(first);
    for (i, (old, new)) in changes.iter().enumerate() {
        assert_eq!(old, before, "entry {i}");
        before = new;
    }
    assert_eq!(before, &Value::from(last));
}

async fn write_notes(db: &Pool, clock: Clock) {
    Note::builder().text("first").create(db).await.expect("the note is created");
    write_at_once(db, clock, save_note).await;
    let log = raw_sql::value::<String>(db, "SELECT CAST(change_log AS TEXT) FROM notes").await;
    let text = raw_sql::value::<String>(db, "SELECT text FROM notes").await;
    let changes = logged(&log, "text");
    assert_eq!(changes.len(), WRITERS * WRITES, "no entry is lost, {clock:?}");
    assert_chain(&changes, "first", &text);
    let newest = &Note::objects().fetch_one(db).await.expect("the note is read").history()[0];
    assert_eq!(newest.changes["text"].new, Value::from(text), "history() has the newest first");
}

async fn write_articles(db: &Pool, clock: Clock) {
    Article::builder().title("Title").content("first").create(db).await.expect("the article is created");
    write_at_once(db, clock, save_article).await;
    let changes = "SELECT CAST(changes AS TEXT) FROM audit_logs WHERE action = 'update' ORDER BY id";
    let changes = raw_sql::column::<String>(db, changes).await;
    let content = raw_sql::value::<String>(db, "SELECT content FROM articles").await;
    let change = |text: &String| {
        let changes: Value = serde_json::from_str(text).expect("changes are JSON");
        (changes["content"]["old"].clone(), changes["content"]["new"].clone())
    };
    let changes: Vec<_> = changes.iter().map(change).collect();
    assert_eq!(changes.len(), WRITERS * WRITES, "no audit row is lost, {clock:?}");
    assert_chain(&changes, "first", &content);
    let agreement = assert_agreement(db).await;
    println!("{clock:?}: {agreement:?}");
}

async fn write(database: Database, clock: Clock) {
    create_tables(&database.pool).await;
    let db = Pool::connect_with(&database.url, 8).await.expect("the pool connects");
    write_notes(&db, clock).await;
    write_articles(&db, clock).await;
    db.close().await;
    database.close().await;
}

macro_rules! writers {
    ($($name:ident: $clock:ident;)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                write(Database::sqlite().await, Clock::$clock).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
            async fn postgres() {
                write(Database::postgres().await, Clock::$clock).await;
            }
        }
    )*};
}

writers! {
    many_writers_of_one_row_lose_no_entry: Real;
    nor_do_they_in_the_same_microsecond: Frozen;
    nor_where_clocks_run_backwards: Backwards;
    nor_where_clocks_are_apart: Apart;
}
