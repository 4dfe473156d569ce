//! What a piece of a program asks of the database: how many statements, how long each took, which came again and again.
//!
//! Seen are the statements of this library's operations, on any handle; `BEGIN` and `COMMIT` are not counted, nor is what
//! a program runs by sqlx itself. (sqlx tells every statement to `tracing` too, under `sqlx::query`, and warns of those
//! that take longer than a second.)

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Seen = Arc<Mutex<Vec<Statement>>>;

tokio::task_local! {
    static SEEN: Seen;
}

/// One statement that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without values.
    pub sql: String,
    /// How long it took, until its last row was read.
    pub elapsed: Duration,
}

/// What was asked of the database. `Display` shows it as a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name that it was given.
    pub name: String,
    /// The statements, in the order in which they ended.
    pub statements: Vec<Statement>,
    /// How long it all took.
    pub elapsed: Duration,
}

/// Runs `future`, and tells what it asked of the database. It is told to `tracing` too, at the level of debugging, or as a
/// warning where a statement came three times or more: that is what fetching row by row looks like.
///
/// Profiles nest; a spawned task is not seen.
///
/// ```
/// # use model_runtime::prelude::*; use model_runtime::profile::profile;
/// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] struct Post { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&[Post::table()], &db).await?;
/// let (posts, profile) = profile("dashboard", Post::objects().limit(10).fetch_all(&db)).await;
/// assert_eq!((posts?.len(), profile.statements.len()), (0, 1));
/// assert!(profile.repeated().is_empty());
/// # Ok(()) }
/// ```
pub async fn profile<F: Future>(name: &str, future: F) -> (F::Output, Profile) {
    let start = Instant::now();
    let seen = Seen::default();
    let output = SEEN.scope(Arc::clone(&seen), future).await;
    let statements = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    // What is seen here is part of what a profile around it sees.
    let outer = SEEN.try_with(Arc::clone);
    if let Ok(outer) = outer {
        outer.lock().unwrap_or_else(PoisonError::into_inner).extend(statements.iter().cloned());
    }
    let profile = Profile { name: name.to_owned(), statements, elapsed: start.elapsed() };
    let (count, elapsed) = (profile.statements.len(), profile.elapsed);
    match profile.repeated().first().filter(|(_, times)| *times >= ROW_BY_ROW) {
        Some((sql, times)) => {
            tracing::warn!(
                profile = name,
                statements = count,
                ?elapsed,
                repeated = times,
                sql,
                "a statement was repeated"
            );
        }
        None => tracing::debug!(profile = name, statements = count, ?elapsed, "profiled"),
    }
    (output, profile)
}

/// As often as a statement comes, it looks like fetching row by row.
const ROW_BY_ROW: usize = 3;

/// For tests: runs `future`, and panics unless it ran that many statements.
///
/// # Panics
/// Where there were more or fewer; the message has them all.
#[track_caller]
pub fn assert_statements<F: Future>(expected: usize, future: F) -> impl Future<Output = F::Output> {
    let caller = Location::caller();
    async move {
        let (output, profile) = profile("assert_statements", future).await;
        assert!(
            profile.statements.len() == expected,
            "{caller}: {expected} statements were expected\n{profile}"
        );
        output
    }
}

impl Profile {
    /// The statements that came more than once, and how often; the most frequent first.
    pub fn repeated(&self) -> Vec<(&str, usize)> {
        let mut times: HashMap<&str, usize> = HashMap::new();
        for statement in &self.statements {
            *times.entry(&statement.sql).or_default() += 1;
        }
        let mut repeated: Vec<_> = times.into_iter().filter(|(_, times)| *times > 1).collect();
        repeated.sort_by(|(a, more), (b, less)| less.cmp(more).then(a.cmp(b)));
        repeated
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_database: Duration = self.statements.iter().map(|statement| statement.elapsed).sum();
        writeln!(
            f,
            "{}: {} statements, {:.1?}, of which {in_database:.1?} in the database",
            self.name,
            self.statements.len(),
            self.elapsed
        )?;
        for (i, Statement { sql, elapsed }) in self.statements.iter().enumerate() {
            writeln!(f, "{:>4}. {elapsed:>8.1?}  {}", i + 1, beginning(sql))?;
        }
        for (sql, times) in self.repeated() {
            writeln!(f, "{times} times: {}", beginning(sql))?;
        }
        Ok(())
    }
}

/// A statement's first 100 characters.
fn beginning(sql: &str) -> String {
    let mut beginning: String = sql.chars().take(100).collect();
    if beginning.len() < sql.len() {
        beginning.push('…');
    }
    beginning
}

/// A statement under way, where somebody looks. Dropped, it is over.
pub(crate) struct Timer {
    seen: Seen,
    sql: String,
    start: Instant,
}

/// Begins to look at a statement.
pub(crate) fn begin(sql: &str) -> Option<Timer> {
    let seen = SEEN.try_with(Arc::clone).ok()?;
    Some(Timer { seen, sql: sql.to_owned(), start: Instant::now() })
}

impl Drop for Timer {
    fn drop(&mut self) {
        let statement = Statement { sql: std::mem::take(&mut self.sql), elapsed: self.start.elapsed() };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
    }
}
