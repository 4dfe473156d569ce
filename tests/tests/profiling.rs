//! What `tracing` is told of statements, by `profile` and by sqlx.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use log::LevelFilter;
use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::schema::create_tables;
use sqlx::ConnectOptions;
use tests::log::Log;
use tests::models::Task;
use tests::{on_both, raw_sql};
use tokio::time::sleep;
use tracing::{Instrument, Level, info_span};

/// What all tests of this program log. On SQLite statements run in threads of the driver's, so that no subscriber of one thread
/// sees them.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_ansi(false);
    tracing::subscriber::set_global_default(subscriber.with_writer(move || writer.clone()).finish()).unwrap();
    log
});

/// Those lines of the log that a future's span has and that say this. There are as many; the driver's thread may still be about
/// to write one.
async fn told<T>(count: usize, text: &str, future: impl Future<Output = T>) -> (T, Vec<String>) {
    LazyLock::force(&LOG);
    let id = Uuid::new_v4().to_string();
    let output = future.instrument(info_span!("test", id)).await;
    let start = Instant::now();
    loop {
        let log = LOG.text();
        let lines = log.lines().filter(|line| line.contains(&id) && line.contains(text));
        let lines: Vec<String> = lines.map(without_span).collect();
        if lines.len() >= count || start.elapsed() > Duration::from_secs(10) {
            assert_eq!(lines.len(), count, "{lines:#?}");
            return (output, lines);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// A line's level, and what is told.
fn without_span(line: &str) -> String {
    let (head, told) = line.split_once("}: ").unwrap();
    format!("{} {told}", head.split_whitespace().nth(1).unwrap())
}

async fn one_task(db: &Pool) -> Task {
    create_tables(&[Task::table()], db).await.unwrap();
    Task::builder().title("Write").create(db).await.unwrap()
}

/// The pool anew, for which every statement is a slow one.
async fn warned_of_all(db: &Pool) -> Pool {
    match db {
        Pool::Sqlite(pool) => {
            let options = pool.connect_options().as_ref().clone();
            let options = options.log_slow_statements(LevelFilter::Warn, Duration::ZERO);
            Pool::Sqlite(pool.options().clone().connect_with(options).await.unwrap())
        }
        Pool::Postgres(pool) => {
            let options = pool.connect_options().as_ref().clone();
            let options = options.log_slow_statements(LevelFilter::Warn, Duration::ZERO);
            Pool::Postgres(pool.options().clone().connect_with(options).await.unwrap())
        }
    }
}

on_both! {
    async fn a_profile_is_told(db) {
        let task = one_task(&db).await;
        let twice = async {
            Task::get(task.id, &db).await.unwrap();
            Task::get(task.id, &db).await.unwrap();
            Task::objects().count(&db).await.unwrap()
        };
        let ((_, seen), lines) = told(1, "model_runtime::profile", profile("dashboard", twice)).await;
        let expected = format!(
            "DEBUG model_runtime::profile: profiled profile=\"dashboard\" statements=3 elapsed={:?}",
            seen.elapsed
        );
        assert_eq!(lines, [expected]);
    }

    async fn a_repeated_statement_is_warned_of(db) {
        let task = one_task(&db).await;
        let row_by_row = async {
            for _ in 0..3 {
                Task::get(task.id, &db).await.unwrap();
            }
            Task::objects().count(&db).await.unwrap()
        };
        let ((_, seen), lines) = told(1, "model_runtime::profile", profile("dashboard", row_by_row)).await;
        let expected = format!(
            "WARN model_runtime::profile: a statement was repeated profile=\"dashboard\" statements=4 elapsed={:?} \
             repeated=3 sql={:?}",
            seen.elapsed, seen.repeated()[0].0
        );
        assert_eq!(lines, [expected]);
    }

    async fn statements_are_told_in_the_span_that_runs_them(db) {
        let task = one_task(&db).await;
        // A further connection may be opened for it, whose own statements are told too.
        let (_, lines) = told(1, "summary=\"SELECT ", Task::get(task.id, &db)).await;
        assert!(lines[0].starts_with("DEBUG sqlx::query: "), "{lines:?}");
        assert!(lines[0].contains(" rows_returned=1 "), "{lines:?}");
    }

    /// Somebody else holds the row.
    async fn a_slow_statement_is_warned_of(db) {
        one_task(&db).await;
        let mut other = db.begin().await.unwrap();
        Task::objects().update(|t| t.title.set("held"), &mut other).await.unwrap();
        let release = async {
            sleep(Duration::from_millis(1300)).await;
            other.commit().await.unwrap();
        };
        let waiting = async { tokio::join!(Task::objects().update(|t| t.completed.set(true), &db), release).0 };
        let (updated, lines) = told(1, "slow statement", waiting).await;
        assert_eq!(updated.unwrap(), 1);
        assert!(lines[0].starts_with("WARN sqlx::query: slow statement"), "{lines:?}");
        assert!(lines[0].contains("summary=\"UPDATE ") && lines[0].contains(" slow_threshold=1s"), "{lines:?}");
        assert_eq!(raw_sql::column::<bool>(&db, "SELECT completed FROM tasks").await, [true]);
    }

    async fn a_pool_says_what_is_slow(db) {
        let task = one_task(&db).await;
        let strict = warned_of_all(&db).await;
        let (_, lines) = told(1, "summary=\"SELECT ", Task::get(task.id, &strict)).await;
        assert!(lines[0].starts_with("WARN sqlx::query: slow statement"), "{lines:?}");
        assert!(lines[0].contains("summary=\"SELECT ") && lines[0].contains(" slow_threshold=0ns"), "{lines:?}");
        strict.close().await;
    }
}
