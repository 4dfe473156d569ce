//! What goes over the wire to PostgreSQL: a recorded write is one statement, and a bulk write takes the same number
//! of statements whatever the number of rows.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use model_runtime::prelude::*;
use tests::database::Database;
use tests::raw_sql;
use tests::recorded::{Article, Booking, Note, create_tables};

use super::fixtures::{audit_rows, jane};

/// The messages that clients sent: their types, of simple queries with the text.
type Sent = Arc<Mutex<Vec<String>>>;

/// A TCP proxy that notes what clients send.
struct Wire {
    port: u16,
    sent: Sent,
}

/// How many statements were executed, and how many of them by the simple protocol (as BEGIN and COMMIT are).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Statements {
    executed: usize,
    simple: usize,
    parsed: usize,
}

/// One statement, known to the server, and nothing else.
const ONE: Statements = Statements { executed: 1, simple: 0, parsed: 0 };

impl Wire {
    fn to(server: &str) -> Self {
        let server = server.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = Sent::default();
        let log = Arc::clone(&sent);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || copy(from, to, |_| {}));
                let mut messages = Messages { log: Arc::clone(&log), buffer: Vec::new(), started: false };
                std::thread::spawn(move || copy(client, server, move |bytes| messages.take(bytes)));
            }
        });
        Self { port, sent }
    }

    /// What was sent since the last call.
    fn statements(&self) -> Statements {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap());
        let count = |kind: &str| sent.iter().filter(|message| message.starts_with(kind)).count();
        Statements { executed: count("E"), simple: count("Q"), parsed: count("P") }
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, mut see: impl FnMut(&[u8])) {
    let mut buffer = [0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        // Seen before it is passed on, so that no answer comes before the note.
        see(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
}

/// Takes a client's stream of bytes apart.
struct Messages {
    log: Sent,
    buffer: Vec<u8>,
    started: bool,
}

impl Messages {
    fn take(&mut self, bytes: &[u8]) {
        const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
        self.buffer.extend_from_slice(bytes);
        loop {
            // The first messages have no type.
            let start = usize::from(self.started);
            let Some(length) = self.buffer.get(start..start + 4) else { return };
            let end = start + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            if self.buffer.len() < end {
                return;
            }
            let message: Vec<u8> = self.buffer.drain(..end).collect();
            if self.started {
                let body = message.get(5..20.min(end)).unwrap_or_default();
                let message = format!("{} {}", char::from(message[0]), String::from_utf8_lossy(body));
                self.log.lock().unwrap().push(message);
            } else {
                self.started = message[4..8] != SSL_REQUEST;
            }
        }
    }
}

/// A database with the tables, and a pool of one connection to it by way of the wire.
async fn wired() -> (Database, Pool, Wire) {
    let database = Database::postgres().await;
    create_tables(&database.pool).await;
    let (scheme, rest) = database.url.split_once("://").unwrap();
    let (authority, rest) = rest.split_once('/').unwrap();
    let (user, server) = authority.rsplit_once('@').unwrap_or(("postgres", authority));
    let server = if server.contains(':') { server.to_owned() } else { format!("{server}:5432") };
    let wire = Wire::to(&server);
    let url = format!("{scheme}://{user}@127.0.0.1:{}/{rest}", wire.port);
    let pool = Pool::connect_with(&url, 1).await.unwrap();
    // The proxy sees what is sent.
    wire.statements();
    raw_sql::execute(&pool, "SELECT 1").await.unwrap();
    assert_eq!(wire.statements(), Statements { executed: 0, simple: 1, parsed: 0 });
    (database, pool, wire)
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_recorded_write_of_a_row_is_one_statement() {
    let (database, db, wire) = wired().await;
    let jane = jane();
    for warm in [false, true] {
        let sent = |name: &str| {
            let statements = wire.statements();
            if warm {
                println!("{name}: {statements:?}");
                assert_eq!(statements, ONE, "{name}");
            }
        };
        wire.statements();
        let mut row = Article::builder().title(format!("Warm: {warm}")).create(jane.on(&db)).await.unwrap();
        sent("create");
        let before = audit_rows(&database.pool).await;
        row.title = format!("New: {warm}");
        row.price = Some(Decimal::ONE);
        assert!(row.with_audit(&jane).save(&db).await.unwrap());
        sent("save");
        row.views = 1;
        row.content = "Content".to_owned();
        assert!(row.with_audit(&jane).save_only(|a| (a.views, a.content), &db).await.unwrap());
        sent("save_only");
        assert!(row.with_audit(&jane).publish(&db).await.unwrap());
        sent("publish");
        assert!(row.with_audit(&jane).unpublish(&db).await.unwrap());
        sent("unpublish");
        assert!(row.with_audit(&jane).archive(&db).await.unwrap());
        sent("archive");
        assert!(row.with_audit(&jane).delete(&db).await.unwrap());
        sent("delete");
        assert!(row.with_audit(&jane).restore(&db).await.unwrap());
        sent("restore");
        let stored = super::fixtures::stored("CAST(articles AS TEXT)", &row, &database.pool).await;
        assert_eq!(audit_rows(&database.pool).await, before + 7);
        assert!(!row.with_audit(&jane).save(&db).await.unwrap());
        sent("save without changes");
        assert_eq!(super::fixtures::stored("CAST(articles AS TEXT)", &row, &database.pool).await, stored);
        assert_eq!(audit_rows(&database.pool).await, before + 7);
        assert_eq!(row.history().len(), 5);
        assert!(row.with_audit(&jane).hard_delete(&db).await.unwrap());
        sent("hard_delete");
        assert_eq!(audit_rows(&database.pool).await, before + 8);
        // A key that the database makes, and a model that is audited alone.
        let account = format!("{warm}");
        let mut booking = Booking::builder().account(account).amount(Decimal::ONE).create(&db).await.unwrap();
        sent("create by the database's key");
        booking.amount = Decimal::TWO;
        assert!(booking.save(&db).await.unwrap());
        sent("save of an audited row without a log");
        assert!(booking.delete(&db).await.unwrap());
        sent("delete for good");
        let mut note = Note::builder().text("T").create(&db).await.unwrap();
        sent("create of a row that keeps a log alone");
        note.text = "New".to_owned();
        assert!(note.save(&db).await.unwrap());
        sent("save of a row that keeps a log alone");
    }
    db.close().await;
    database.close().await;
}

/// Every bulk write of a group of rows, with the number of rows that it wrote and what it sent.
async fn bulk_writes(size: i32, db: &Pool, wire: &Wire) -> Vec<(&'static str, u64, Statements)> {
    let rows = (0..size).map(|i| Article::builder().title(format!("T {size} {i}")).views(size).build());
    let rows = rows.collect();
    let group = || Article::objects().filter(|a| a.views.eq(size));
    wire.statements();
    let mut sent = Vec::new();
    let created = Article::bulk_create(rows, db).await.unwrap();
    sent.push(("bulk_create", created.len() as u64, wire.statements()));
    let written = group().update(|a| (a.content.set("x"), a.price.set(Decimal::ONE)), db).await.unwrap();
    sent.push(("update", written, wire.statements()));
    sent.push(("publish", group().publish(db).await.unwrap(), wire.statements()));
    sent.push(("unpublish", group().unpublish(db).await.unwrap(), wire.statements()));
    sent.push(("archive", group().archive(db).await.unwrap(), wire.statements()));
    sent.push(("delete", group().delete(db).await.unwrap(), wire.statements()));
    sent.push(("restore", group().deleted().restore(db).await.unwrap(), wire.statements()));
    sent.push(("hard_delete", group().hard_delete(db).await.unwrap(), wire.statements()));
    sent
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_bulk_write_takes_as_many_statements_for_10_rows_as_for_10_000() {
    let (database, db, wire) = wired().await;
    bulk_writes(1, &db, &wire).await;
    let few = bulk_writes(10, &db, &wire).await;
    let before = audit_rows(&database.pool).await;
    let many = bulk_writes(10_000, &db, &wire).await;
    assert_eq!(audit_rows(&database.pool).await, before + 80_000);
    for ((name, rows, of_few), (_, more_rows, of_many)) in few.into_iter().zip(many) {
        tests::report(format_args!("{name} of {rows} and of {more_rows} rows: {of_few:?} and {of_many:?}"));
        assert_eq!((rows, more_rows), (10, 10_000), "{name}");
        assert_eq!(of_few, of_many, "{name}");
        match name {
            // The rows and their audit rows, and at most a transaction around them.
            "bulk_create" => assert!(of_many.executed <= 2 && of_many.simple <= 2, "{of_many:?}"),
            _ => assert_eq!(of_many, ONE, "{name}"),
        }
    }
    db.close().await;
    database.close().await;
}
