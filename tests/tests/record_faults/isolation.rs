//! Audit contexts of interleaved tasks on few connections (rule 14): every audit row has exactly the context that its
//! task had when it wrote.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use model_runtime::audit::{self, AuditContext};
use model_runtime::prelude::*;
use serde_json::{Value, json};
use tests::database::Database;
use tests::raw_sql;
use tests::recorded::{Booking, create_tables};

use super::load::Polled;

const TASKS: usize = 1_000;
const CONNECTIONS: u32 = 4;

/// The context of a booking's audit row, by the booking's account.
type Expected = Vec<(String, Option<AuditContext>)>;

/// A task: it writes by the pool, and says in which context it wrote what.
struct Task {
    db: Pool,
    n: usize,
    expected: Expected,
}

/// A context that no other task has; some of its parts may be missing.
fn context(n: usize, what: &str) -> AuditContext {
    let context = AuditContext::default().user_agent(match n % 4 {
        0 => String::new(),
        _ => format!("Agent/{n} 100%s %% 'quoted' \"{what}\" \\ $1 ? 🦀"),
    });
    let context = match n % 5 {
        0 => context,
        _ => context.actor(format!("{n}'; --"), format!("O'Brien %{n}% \"{what}\" 👩‍🚀 {{}}")),
    };
    let n16 = u16::try_from(n).expect("a small number");
    let context = match n % 3 {
        0 => context,
        1 => context.ip_address([10, 7, n16.to_be_bytes()[0], n16.to_be_bytes()[1]]),
        _ => context.ip_address([0x2001, 0xdb8, 0, 0, 0, 0, 1, n16]),
    };
    if n.is_multiple_of(7) { context } else { context.request_id(format!("%d-{n}-{what}-\n'ß'")) }
}

impl Task {
    /// Books, in the context that is expected; another task may run in between.
    async fn book(&mut self, step: &str, context: Option<&AuditContext>) {
        let account = format!("{} {step}", self.n);
        tokio::task::yield_now().await;
        self.expected.push((account.clone(), context.cloned()));
        let booking = Booking::builder().account(account).amount(Decimal::ONE);
        booking.create(&self.db).await.expect("the booking is created");
        tokio::task::yield_now().await;
    }

    /// The same, and fails: the account is taken.
    async fn book_twice(&mut self, step: &str, context: &AuditContext) -> Result<()> {
        self.book(step, Some(context)).await;
        let account = format!("{} {step}", self.n);
        Booking::builder().account(account).amount(Decimal::TEN).create(&self.db).await?;
        Ok(())
    }

    async fn run(mut self) -> Expected {
        let (outer, inner) = (context(self.n, "outer"), context(self.n, "inner"));
        match self.n % 10 {
            0 => self.book("plain", None).await,
            _ => audit::scope(outer.clone(), self.run_in(&outer, &inner)).await,
        }
        assert_eq!(audit::current(), None);
        self.book("after", None).await;
        self.expected
    }

    async fn run_in(&mut self, outer: &AuditContext, inner: &AuditContext) {
        self.book("before", Some(outer)).await;
        match self.n % 10 {
            1 => audit::scope(inner.clone(), self.book("nested", Some(inner))).await,
            2 => {
                let result = audit::scope(inner.clone(), self.book_twice("failed", inner)).await;
                assert!(matches!(result, Err(Error::Unique { .. })), "{result:?}");
            }
            3 => {
                let panics = async {
                    self.book("panicked", Some(inner)).await;
                    quiet_panic();
                };
                let caught = AssertUnwindSafe(audit::scope(inner.clone(), panics)).catch_unwind().await;
                caught.expect_err("it panics");
            }
            4 => {
                let polls = self.polls();
                let never = async {
                    self.book("cancelled", Some(inner)).await;
                    loop {
                        tokio::task::yield_now().await;
                    }
                };
                // Dropped at an await point of its own, on a connection, or where it would wait for ever.
                let dropped = Polled::new(audit::scope(inner.clone(), never), polls).await;
                assert!(dropped.is_none());
            }
            5 => self.spawned(false, "spawned", None).await,
            6 => self.spawned(true, "carried", Some(outer)).await,
            7 => self.in_transaction(inner).await,
            8 => self.for_one_call(inner).await,
            _ => {
                let deeper = async {
                    audit::scope(outer.clone(), self.book("deepest", Some(outer))).await;
                    self.book("deeper", Some(inner)).await;
                };
                audit::scope(inner.clone(), deeper).await;
            }
        }
        assert_eq!(audit::current().as_ref(), Some(outer));
        self.book("restored", Some(outer)).await;
    }

    fn polls(&self) -> u64 {
        1 + u64::try_from(self.n).expect("a small number") / 10 % 8
    }

    /// A task of its own, that is handed the context or is not; and one that panics in the scope.
    async fn spawned(&mut self, carried: bool, step: &'static str, context: Option<&AuditContext>) {
        let mut task = Self { db: self.db.clone(), n: self.n, expected: Expected::new() };
        let owned = context.cloned();
        let future = async move {
            task.book(step, owned.as_ref()).await;
            task.expected
        };
        let handle = if carried { tokio::spawn(audit::carry(future)) } else { tokio::spawn(future) };
        self.expected.extend(handle.await.expect("the task ends"));
        let scope = AuditContext::default().actor(self.n, "whoever panics");
        let panics = tokio::spawn(audit::scope(scope, async { quiet_panic() }));
        assert!(panics.await.expect_err("it panics").is_panic());
    }

    async fn in_transaction(&mut self, inner: &AuditContext) {
        let mut transaction = self.db.begin().await.expect("a transaction begins");
        for step in ["first", "second"] {
            let account = format!("{} {step}", self.n);
            let bookings = vec![Booking::builder().account(&account).amount(Decimal::ONE).build()];
            // The second by a handle in its context.
            let (outer, inner) = (audit::current(), Some(inner.clone()));
            let result = match step {
                "first" => Booking::bulk_create(bookings, &mut transaction).await,
                _ => {
                    Booking::bulk_create(bookings, inner.clone().expect("a context").on(&mut transaction))
                        .await
                }
            };
            result.expect("the bookings are created");
            self.expected.push((account, if step == "first" { outer } else { inner }));
        }
        transaction.commit().await.expect("the transaction commits");
    }

    /// `with_audit`, and a bulk update of what the scope's context created.
    async fn for_one_call(&mut self, inner: &AuditContext) {
        let account = format!("{} once", self.n);
        let mut booking = Booking::builder().account(&account).amount(Decimal::ONE).build();
        booking.with_audit(inner).insert(&self.db).await.expect("the booking is created");
        self.expected.push((account.clone(), Some(inner.clone())));
        let moved = format!("{account} moved");
        let mine = Booking::objects().filter(|b| b.account.eq(account));
        let to = moved.clone();
        assert_eq!(mine.update(|b| b.account.set(to), &self.db).await.expect("it is updated"), 1);
        self.expected.push((moved, audit::current()));
    }
}

/// A panic that nobody is told of.
fn quiet_panic() {
    std::panic::resume_unwind(Box::new("on purpose"));
}

/// What a row of the trail has of a context.
fn told(context: Option<&AuditContext>) -> Value {
    let context = context.cloned().unwrap_or_default();
    let (id, label) = context.actor.map(|actor| (actor.id, actor.label)).unzip();
    let ip = context.ip_address.map(|ip| ip.to_string());
    json!([id, label, ip, context.user_agent, context.request_id])
}

async fn contexts_stay_apart(database: Database) {
    create_tables(&database.pool).await;
    let db = Pool::connect_with(&database.url, CONNECTIONS).await.expect("the pool connects");
    let tasks = (0..TASKS).map(|n| tokio::spawn(Task { db: db.clone(), n, expected: Expected::new() }.run()));
    let mut expected = BTreeMap::new();
    for task in futures_util::future::join_all(tasks).await {
        for (account, context) in task.expect("the task ends") {
            assert!(
                expected.insert(account, told(context.as_ref())).is_none(),
                "each account is booked once"
            );
        }
    }
    db.close().await;
    let sql = match db {
        Pool::Sqlite(_) => {
            "SELECT json_array(json_extract(changes, '$.account.new'),
                               json_array(actor_id, actor_label, ip_address, user_agent, request_id)) FROM audit_logs"
        }
        Pool::Postgres(_) => {
            "SELECT json_build_array(changes -> 'account' -> 'new',
                        json_build_array(actor_id, actor_label, host(ip_address), user_agent, request_id))::text
             FROM audit_logs"
        }
    };
    let rows = raw_sql::column::<String>(&database.pool, sql).await;
    let count = rows.len();
    for row in &rows {
        let (account, context): (String, Value) = serde_json::from_str(row).expect("the row is JSON");
        let expected = expected.remove(&account);
        assert_eq!(expected.as_ref(), Some(&context), "the context of {account}");
    }
    // Only what was cancelled may not have been written.
    assert!(expected.keys().all(|account| account.ends_with("cancelled")), "not written: {expected:?}");
    tests::report(format_args!("{TASKS} tasks, {count} audit rows, {} writes cancelled", expected.len()));
    assert!(count > 3 * TASKS, "{count} rows");
    assert!(expected.len() < TASKS / 2, "{} were cancelled", expected.len());
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_task_writes_in_the_context_of_another_on_sqlite() {
    contexts_stay_apart(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn no_task_writes_in_the_context_of_another_on_postgres() {
    contexts_stay_apart(Database::postgres().await).await;
}
