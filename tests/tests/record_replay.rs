//! Random sequences of writes, by several tasks at once on one pool. Afterwards the audit rows, replayed from each
//! create, give exactly the table; each `old` is its predecessor's `new`; and change log and audit agree.
//!
//! `REPLAY_SEED` repeats a run, `REPLAY_SEQUENCES` makes it longer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use model_runtime::clock;
use model_runtime::prelude::*;
use tests::database::Database;
use tests::fixtures::new_year;
use tests::raw_sql;
use tests::recorded::Entry;

#[path = "record_replay/verify.rs"]
mod verify;

/// Random numbers from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// One task that writes.
struct Writer {
    random: Random,
    /// The keys that any task made.
    keys: Arc<Mutex<Vec<Uuid>>>,
    /// Rows as this task last saw them: what it saves may be stale.
    seen: HashMap<Uuid, Entry>,
    /// Whether it writes the field that is not recorded.
    writes_notes: bool,
}

/// What tasks did.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    /// Calls of a method that writes.
    calls: u64,
    /// Calls that wrote.
    writes: u64,
    /// Rows that were written.
    rows: u64,
    /// Calls that were refused.
    refused: u64,
    /// Those of them that ended a deadlock.
    deadlocks: u64,
}

impl std::ops::AddAssign for Done {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.writes += other.writes;
        self.rows += other.rows;
        self.refused += other.refused;
        self.deadlocks += other.deadlocks;
    }
}

/// One random write on a database handle; how many rows it wrote.
macro_rules! write_at_random {
    ($writer:expr, $db:expr) => {{
        let writer: &mut Writer = $writer;
        let choice = writer.random.below(30);
        match choice {
            0..=2 => {
                let mut row = writer.new_row();
                let result = row.insert($db).await;
                result.map(|()| writer.made([row]))
            }
            3 => {
                let count = writer.random.below(5);
                let rows = (0..count).map(|_| writer.new_row()).collect();
                Entry::bulk_create(rows, $db).await.map(|rows| writer.made(rows))
            }
            4..=19 => {
                let Some(key) = writer.key() else { return Ok(0) };
                if !writer.seen.contains_key(&key) || writer.random.one_in(2) {
                    let rows = Entry::objects().all_with_deleted().filter(|e| e.id.eq(key));
                    match rows.fetch_optional($db).await? {
                        Some(row) => drop(writer.seen.insert(key, row)),
                        None => return Ok(0),
                    }
                }
                let mut row = writer.seen.remove(&key).expect("it was seen");
                let result = match choice {
                    4..=8 => {
                        writer.change(&mut row);
                        row.save($db).await
                    }
                    9 | 10 => {
                        writer.change(&mut row);
                        row.save_only(|e| (e.number, e.title), $db).await
                    }
                    11 | 12 => row.publish($db).await,
                    13 => row.unpublish($db).await,
                    14 => row.archive($db).await,
                    15 => row.delete($db).await,
                    16 | 17 => row.restore($db).await,
                    18 => row.undo(1, $db).await,
                    _ => row.hard_delete($db).await,
                };
                writer.seen.insert(key, row);
                result.map(u64::from)
            }
            20 | 21 => {
                let (number, price) = (writer.number(), writer.price());
                writer.rows().update(|e| (e.number.set(number), e.price.set(price)), $db).await
            }
            22 => writer.rows().update(|e| e.seo_keywords.set(e.title), $db).await,
            23 => writer.rows().publish($db).await,
            24 => writer.rows().unpublish($db).await,
            25 => writer.rows().archive($db).await,
            26 => writer.rows().delete($db).await,
            27 => writer.rows().restore($db).await,
            28 => writer.rows().restore_all($db).await,
            _ => writer.rows().limit(2).hard_delete($db).await,
        }
    }};
}

impl Writer {
    fn number(&mut self) -> i64 {
        self.random.below(4) as i64
    }

    fn price(&mut self) -> Option<Decimal> {
        let cents = self.random.below(300) as i64 - 100;
        (!self.random.one_in(4)).then_some(Decimal::new(cents, 2))
    }

    /// Few titles, so that slugs clash; and some that JSON or SQL would read.
    fn title(&mut self) -> String {
        const TITLES: [&str; 7] = ["A", "B", "Title", "", "quo\"te's \\ %", "日本 🦀", "null"];
        TITLES[self.random.below(7) as usize].to_owned()
    }

    fn new_row(&mut self) -> Entry {
        let (title, number, price) = (self.title(), self.number(), self.price());
        Entry { price, ..Entry::builder().title(title).number(number).build() }
    }

    fn made(&self, rows: impl IntoIterator<Item = Entry>) -> u64 {
        let mut keys = self.keys.lock().expect("no task panicked");
        let before = keys.len();
        keys.extend(rows.into_iter().map(|row| row.id));
        (keys.len() - before) as u64
    }

    fn key(&mut self) -> Option<Uuid> {
        let keys = self.keys.lock().expect("no task panicked");
        let count = keys.len() as u64;
        (count > 0).then(|| keys[self.random.below(count) as usize])
    }

    fn change(&mut self, row: &mut Entry) {
        match self.random.below(5) {
            0 => row.title = self.title(),
            1 => row.number = self.number(),
            2 => row.price = self.price(),
            3 => (row.title, row.price) = (self.title(), self.price()),
            _ if self.writes_notes => row.notes = self.number().to_string(),
            _ => {}
        }
    }

    /// Some rows, in any scope, perhaps a slice of them.
    fn rows(&mut self) -> QuerySet<Entry> {
        let mut rows = match self.random.below(4) {
            0 => Entry::objects().all_with_deleted(),
            1 => Entry::objects().deleted(),
            _ => Entry::objects(),
        };
        if self.random.one_in(2) {
            let number = self.number();
            rows = rows.filter(|e| e.number.eq(number) | e.price.is_null());
        }
        if self.random.one_in(3) {
            rows =
                rows.order_by(|e| e.number.desc()).offset(self.random.below(2)).limit(self.random.below(4));
        }
        rows
    }

    async fn write(&mut self, db: &Pool) -> Result<u64> {
        write_at_random!(self, db)
    }

    async fn write_in(&mut self, transaction: &mut model_runtime::Transaction<'_>) -> Result<u64> {
        write_at_random!(self, &mut *transaction)
    }

    /// Several writes, of which all stay or none.
    async fn transaction(&mut self, db: &Pool) -> Result<Done> {
        let mut transaction = db.begin().await?;
        let mut done = Done::default();
        for _ in 0..1 + self.random.below(4) {
            done.calls += 1;
            match self.write_in(&mut transaction).await {
                Ok(rows) => {
                    done.writes += u64::from(rows > 0);
                    done.rows += rows;
                }
                Err(error) => {
                    assert_expected(&error);
                    transaction.rollback().await?;
                    return Ok(Done { calls: done.calls, refused: 1, ..Done::default() });
                }
            }
        }
        if self.random.one_in(3) {
            transaction.rollback().await?;
            return Ok(Done { calls: done.calls, ..Done::default() });
        }
        transaction.commit().await?;
        Ok(done)
    }

    async fn run(mut self, db: Pool, calls: u64, alone: bool) -> Done {
        let mut done = Done::default();
        for _ in 0..calls {
            let stands_still = self.random.one_in(2);
            let in_transaction = alone && self.random.one_in(4);
            let write = async {
                if in_transaction {
                    return self.transaction(&db).await.expect("the transaction runs");
                }
                match self.write(&db).await {
                    Ok(rows) => Done { calls: 1, writes: u64::from(rows > 0), rows, ..Done::default() },
                    Err(error) => {
                        assert_expected(&error);
                        Done {
                            calls: 1,
                            refused: 1,
                            deadlocks: is_deadlock(&error).into(),
                            ..Done::default()
                        }
                    }
                }
            };
            done += match stands_still {
                true => clock::frozen(new_year(), write).await,
                false => write.await,
            };
        }
        done
    }
}

/// Rows go, change their state and take slugs while others write, and may change too often to be undone. Where writes of many rows wait for each other in a
/// circle, PostgreSQL ends one of them; like any that is refused, it leaves nothing.
fn assert_expected(error: &Error) {
    let expected = match error {
        Error::NotFound { .. }
        | Error::InvalidTransition { .. }
        | Error::Unique { .. }
        | Error::Conflict { .. } => true,
        error => is_deadlock(error),
    };
    assert!(expected, "{error:?}");
}

fn is_deadlock(error: &Error) -> bool {
    let Error::Database(sqlx::Error::Database(error)) = error else { return false };
    error.code().as_deref() == Some("40P01")
}

/// What is audited so far is verified, and the table is empty again.
async fn start_again(db: &Pool) {
    Entry::objects().all_with_deleted().hard_delete(db).await.expect("the rows go");
    let upto = "INSERT INTO verified SELECT MAX(id) FROM audit_logs";
    raw_sql::execute(db, upto).await.expect("the statement runs");
}

async fn prepare(db: &Pool) {
    let tables = [Entry::table(), AuditLog::table()];
    model_runtime::schema::create_tables(&tables, db).await.expect("the tables are made");
    raw_sql::execute(db, "CREATE TABLE verified (upto BIGINT)").await.expect("the table is made");
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

async fn replay(database: Database) {
    let db = &database.pool;
    prepare(db).await;
    let seed = setting("REPLAY_SEED", Uuid::new_v4().as_u64_pair().0);
    let sequences = setting("REPLAY_SEQUENCES", 240);
    let dialect = db.dialect();
    tests::report(format_args!("{dialect:?}: seed {seed}"));
    let mut random = Random(seed);
    let (mut all, mut audit_rows) = (Done::default(), 0);
    for _ in 0..sequences {
        let tasks = 1 + random.below(4);
        let writes_notes = random.one_in(2);
        let keys = Arc::default();
        let writers = (0..tasks).map(|_| {
            let (random, seen) = (Random(random.next()), HashMap::new());
            let writer = Writer { random, keys: Arc::clone(&keys), seen, writes_notes };
            tokio::spawn(writer.run(db.clone(), 40 / tasks, tasks == 1))
        });
        let mut done = Done::default();
        for writer in writers.collect::<Vec<_>>() {
            done += writer.await.expect("the task ends");
        }
        let audited = verify::verify(db).await;
        if writes_notes {
            assert!(audited <= done.rows, "{audited} audit rows of {done:?}");
        } else {
            assert_eq!(audited, done.rows, "{done:?}");
        }
        all += done;
        audit_rows += audited;
        start_again(db).await;
    }
    tests::report(format_args!(
        "{dialect:?}: {sequences} sequences replayed; {all:?}; {audit_rows} audit rows"
    ));
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audit_rows_replayed_give_the_table_on_sqlite() {
    replay(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn audit_rows_replayed_give_the_table_on_postgres() {
    replay(Database::postgres().await).await;
}

/// Whether the verification notices a statement behind the library's back.
async fn is_noticed(db: &Pool, sql: &str) -> bool {
    raw_sql::execute(db, sql).await.expect("the statement runs");
    let pool = db.clone();
    tokio::spawn(async move { verify::verify(&pool).await }).await.is_err()
}

tests::on_both! {
    async fn what_is_written_past_the_records_is_noticed(db) {
        prepare(&db).await;
        for title in ["A", "B"] {
            let mut entry = Entry::builder().title(title).create(&db).await.unwrap();
            entry.number = 1;
            entry.save(&db).await.unwrap();
        }
        assert!(!is_noticed(&db, "UPDATE entries SET notes = 'of no interest'").await);
        assert!(is_noticed(&db, "UPDATE entries SET number = 2 WHERE title = 'A'").await);
        assert!(!is_noticed(&db, "UPDATE entries SET number = 1").await);
        assert!(is_noticed(&db, "UPDATE entries SET price = 0 WHERE title = 'A'").await);
        assert!(!is_noticed(&db, "UPDATE entries SET price = NULL").await);
        let empty = "UPDATE entries SET change_log = '{}' WHERE title = 'A'";
        assert!(is_noticed(&db, empty).await);
        assert!(is_noticed(&db, "DELETE FROM entries WHERE title = 'A'").await);
    }
}
