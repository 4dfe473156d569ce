//! What goes over the wire to PostgreSQL.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use model_runtime::Pool;

use crate::database::Database;
use crate::raw_sql;

/// The messages that clients sent: their types, of simple queries with the text.
type Sent = Arc<Mutex<Vec<String>>>;

/// A TCP proxy that notes what clients send.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    sent: Sent,
}

/// How many statements were executed, and how many of them by the simple protocol (as BEGIN and COMMIT are).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Statements {
    pub executed: usize,
    pub simple: usize,
    pub parsed: usize,
}

/// One statement, known to the server, and nothing else.
pub const ONE: Statements = Statements { executed: 1, simple: 0, parsed: 0 };

impl Wire {
    fn to(server: &str) -> Self {
        let server = server.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
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
    pub fn statements(&self) -> Statements {
        let sent = std::mem::take(&mut *self.sent.lock().expect("the log is whole"));
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

/// A database on PostgreSQL, and a pool of one connection to it by way of the wire.
pub async fn wired() -> (Database, Pool, Wire) {
    let database = Database::postgres().await;
    let (scheme, rest) = database.url.split_once("://").expect("a scheme");
    let (authority, rest) = rest.split_once('/').expect("a database");
    let (user, server) = authority.rsplit_once('@').unwrap_or(("postgres", authority));
    let server = if server.contains(':') { server.to_owned() } else { format!("{server}:5432") };
    let wire = Wire::to(&server);
    let url = format!("{scheme}://{user}@127.0.0.1:{}/{rest}", wire.port);
    let pool = Pool::connect_with(&url, 1).await.expect("the pool connects");
    // The proxy sees what is sent.
    wire.statements();
    raw_sql::execute(&pool, "SELECT 1").await.expect("the statement runs");
    assert_eq!(wire.statements(), Statements { executed: 0, simple: 1, parsed: 0 });
    (database, pool, wire)
}
