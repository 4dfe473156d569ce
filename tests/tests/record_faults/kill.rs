//! A process that writes is killed, again and again: no write is without its audit row, and no audit row without its
//! write (rule 12).

use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use model_runtime::prelude::*;
use tests::database::Database;
use tests::raw_sql;
use tests::recorded::create_tables;

use super::load::{Random, Seen, is_expected, url};
use super::replay::assert_agreement;

const KILLS: u64 = 100;

/// Tasks of the child that write.
const TASKS: u64 = 6;

/// Tell the child where to write, and what.
const URL: &str = "RECORD_FAULTS_URL";
const SEED: &str = "RECORD_FAULTS_SEED";

/// What the child says before each write, and after it.
const BEGUN: &str = "child: begun";
const WRITTEN: &str = "child: written";
const REFUSED: &str = "child: refused";

/// What the children said until they were killed.
#[derive(Debug, Default)]
struct Heard {
    begun: usize,
    written: usize,
    refused: usize,
    /// Kills that met a write on its way.
    in_flight: usize,
}

/// Not a test of its own: the process that is killed. Without its variables it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child_writes() {
    let Ok(url) = std::env::var(URL) else { return };
    let seed: u64 = std::env::var(SEED).expect("the seed is set").parse().expect("the seed is a number");
    let db = Pool::connect_with(&url, 4).await.expect("the child connects");
    let tasks =
        (0..TASKS).map(|task| tokio::spawn(write_forever(db.clone(), Random::new(seed * TASKS + task))));
    futures_util::future::join_all(tasks).await;
}

/// Writes until it is killed, or something goes wrong: then it says so and ends the process.
async fn write_forever(db: Pool, mut random: Random) {
    let mut seen = Seen::default();
    loop {
        let result = async {
            let write = seen.write(&db, &mut random).await?;
            say(BEGUN);
            write.run(&db).await
        };
        match result.await {
            Ok(()) => say(WRITTEN),
            Err(error) if is_expected(&error) => say(REFUSED),
            Err(error) => {
                eprintln!("the child cannot write: {error}");
                std::process::exit(3);
            }
        }
    }
}

/// A line on stdout; it is gone with the pipe when the parent is.
fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "\n{what}").and_then(|()| out.flush()).is_err() {
        std::process::exit(4);
    }
}

#[tokio::test]
async fn no_kill_parts_a_write_from_its_audit_row_on_sqlite() {
    kill(Database::sqlite().await).await;
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn no_kill_parts_a_write_from_its_audit_row_on_postgres() {
    kill(Database::postgres().await).await;
}

async fn kill(database: Database) {
    let db = &database.pool;
    create_tables(db).await;
    let name = format!("kill {}", std::process::id());
    let mut random = Random::new(20_261_122);
    let mut heard = Heard::default();
    for seed in 0..KILLS {
        let (url, writes) = (url(&database, &name), 5 + random.below(25));
        let pause = Duration::from_micros(random.below(20_000));
        let child = tokio::task::spawn_blocking(move || run_and_kill(&url, seed, writes, pause));
        heard.add(&child.await.expect("the child is run"));
        sessions_end(db, &name).await;
    }
    let agreement = assert_agreement(db).await;
    tests::report(format_args!("{KILLS} kills, {heard:?}, {agreement:?}"));
    assert!(heard.in_flight > 90, "nearly every kill meets a write");
    assert!(heard.written > 1_000, "the children write");
    for action in ["create", "update", "publish", "delete", "restore", "hard_delete"] {
        assert!(agreement.actions.get(action).is_some_and(|rows| *rows > 10), "{action}");
    }
    if let Pool::Sqlite(_) = db {
        assert_eq!(raw_sql::value::<String>(db, "PRAGMA integrity_check").await, "ok");
    }
    database.close().await;
}

/// Runs the child until it has written so often, a little longer, and kills it. Returns what it said.
fn run_and_kill(url: &str, seed: u64, writes: u64, pause: Duration) -> String {
    let binary = std::env::current_exe().expect("the test binary");
    let mut child = Command::new(binary)
        .args(["--exact", "kill::the_child_writes", "--nocapture"])
        .env(URL, url)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let mut out = BufReader::new(child.stdout.take().expect("the child's stdout"));
    let mut said = String::new();
    for _ in 0..writes {
        let heard = said.len();
        while !said[heard..].contains(WRITTEN) {
            let length = out.read_line(&mut said).expect("the child speaks");
            assert!(length > 0, "the child ended before it was killed: {said}");
        }
    }
    std::thread::sleep(pause);
    child.kill().expect("the child is killed");
    out.read_to_string(&mut said).expect("the child's last words");
    let status = child.wait().expect("the child ends");
    assert_eq!(status.code(), None, "the child ended before it was killed: {status}");
    said
}

impl Heard {
    fn add(&mut self, said: &str) {
        let count = |what: &str| said.lines().filter(|line| *line == what).count();
        let (begun, written, refused) = (count(BEGUN), count(WRITTEN), count(REFUSED));
        self.begun += begun;
        self.written += written;
        self.refused += refused;
        self.in_flight += usize::from(begun > written + refused);
    }
}

/// Waits until the server has ended the sessions of a killed child, with whatever they were writing.
async fn sessions_end(db: &Pool, name: &str) {
    let Pool::Postgres(_) = db else { return };
    let sessions = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '{name}'");
    while raw_sql::value::<i64>(db, &sessions).await > 0 {
        raw_sql::execute(db, "SELECT pg_sleep(0.005)").await.expect("the server waits");
    }
}
