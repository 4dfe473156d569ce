//! The time of a write: UTC, taken once per write, in whole microseconds, replaceable in tests.

use std::future::Future;

use chrono::{DateTime, SubsecRound, Utc};

tokio::task_local! {
    static FROZEN: DateTime<Utc>;
}

/// The current time, truncated to microseconds, so that memory and database agree.
///
/// Inside [`frozen`] it is the frozen time.
pub fn now() -> DateTime<Utc> {
    truncate(FROZEN.try_with(|time| *time).unwrap_or_else(|_| Utc::now()))
}

/// The times of a row that is not inserted yet. The insert sets them, unless they are set by then.
pub const UNSET: DateTime<Utc> = DateTime::<Utc>::MIN_UTC;

/// Runs `future` with the clock of its task standing at `time`. For tests.
///
/// ```
/// # use model_runtime::clock; use model_runtime::prelude::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let new_year = "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
/// clock::frozen(new_year, async { assert_eq!(clock::now(), new_year) }).await;
/// # }
/// ```
pub async fn frozen<F: Future>(time: DateTime<Utc>, future: F) -> F::Output {
    FROZEN.scope(time, future).await
}

/// `time` without what is below a microsecond.
pub(crate) fn truncate(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}
