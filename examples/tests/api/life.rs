//! The program from its start to its end: ready, under way, asked to stop, and what its log tells.

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};
use tests::database::Database;
use tests::raw_sql;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::program::{PATIENCE, Running, blog_api, user};
use crate::server::PASSWORD;

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        let read = tokio::time::timeout(PATIENCE, stream.read_buf(&mut answer)).await.unwrap().unwrap();
        assert_ne!(read, 0, "it was closed: {}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8(answer).unwrap()
}

async fn lives(database: Database) {
    let db = &database.pool;
    let mut program = Running::start(blog_api(&[]).env("BLOG_DATABASE_URL", &database.url));
    assert_eq!(program.get("/health/").await, (200, json!({"status": "ok"})));
    assert_eq!(program.get("/ready/").await, (200, json!({"status": "ready"})));
    let (status, page) = program.get("/api/posts/").await;
    assert_eq!((status, &page["count"]), (200, &json!(0)));

    let (user, token) = user(db).await;
    let wrong = json!({"email": user.email, "password": "a wrong password"});
    let requests = [
        ("list", program.request(Method::GET, "/api/posts/?search=hidden")),
        ("me", program.request(Method::GET, "/api/me/").bearer_auth(&token)),
        ("lost", program.request(Method::DELETE, "/api/lost/")),
        ("stranger", program.request(Method::GET, "/api/me/").bearer_auth("nonsense")),
        ("wrong", program.request(Method::POST, "/api/login/").json(&wrong)),
    ];
    for (id, request) in requests {
        assert_eq!(request.header("x-request-id", id).send().await.unwrap().headers()["x-request-id"], id);
    }

    // The program reads the body, half of which is not sent yet.
    let body = json!({"title": "Slow", "content": "It was under way."}).to_string();
    let (first, rest) = body.split_at(body.len() / 2);
    let length = body.len();
    let mut slow = TcpStream::connect(program.address()).await.unwrap();
    let head = format!(
        "POST /api/posts/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nX-Request-Id: slow\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(read_until(&mut slow, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    slow.write_all(first.as_bytes()).await.unwrap();
    let _idle = TcpStream::connect(program.address()).await.unwrap();

    program.signal("TERM");
    program.logged("asked to stop");
    let start = Instant::now();
    while TcpStream::connect(program.address()).await.is_ok() {
        assert!(start.elapsed() < PATIENCE, "it still listens");
    }
    slow.write_all(rest.as_bytes()).await.unwrap();
    let answer = read_until(&mut slow, "}").await;
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    program.ended_well();
    assert_eq!(raw_sql::column::<String>(db, "SELECT title FROM posts").await, ["Slow"]);

    for (id, method, path, status, user) in [
        ("list", "GET", "/api/posts/", 200, None),
        ("me", "GET", "/api/me/", 200, Some(&user)),
        ("lost", "DELETE", "/api/lost/", 404, None),
        ("stranger", "GET", "/api/me/", 401, None),
        ("wrong", "POST", "/api/login/", 401, None),
        ("slow", "POST", "/api/posts/", 201, Some(&user)),
    ] {
        let lines: Vec<_> = program.log.iter().filter(|line| line["span"]["id"] == id).collect();
        let [.., line] = lines[..] else { panic!("{id}: {:?}", program.log) };
        assert_eq!(line["span"], json!({"name": "request", "id": id, "method": method, "path": path}));
        let mut fields = line["fields"].as_object().unwrap().clone();
        assert!(fields.remove("elapsed_ms").unwrap().as_f64().unwrap() > 0.0);
        let mut expected = json!({"message": "answered", "status": status});
        if let Some(user) = user {
            expected["user_id"] = user.id.to_string().into();
        }
        assert_eq!(Value::Object(fields), expected);
        let answered = lines.iter().filter(|line| line["fields"]["message"] == "answered").count();
        assert_eq!(answered, 1, "{lines:?}");
    }
    let log = format!("{:?}", program.log);
    for secret in [&token, PASSWORD, "a wrong password", "nonsense", "hidden", "/health/", "/ready/"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    database.close().await;
}

#[tokio::test]
async fn it_lives_on_sqlite() {
    lives(Database::sqlite().await).await;
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn it_lives_on_postgres() {
    lives(Database::postgres().await).await;
}

/// A request of which half the head was sent would be waited for without end.
async fn is_cut_off(stop_within: &str, signals: usize, reason: &str) {
    let database = Database::sqlite().await;
    let arguments = ["--database-url", &database.url, "--stop-within", stop_within];
    let mut program = Running::start(&mut blog_api(&arguments));
    let mut stream = TcpStream::connect(program.address()).await.unwrap();
    stream.write_all(b"GET /api/posts/ HTTP/1.1\r\n").await.unwrap();
    // What was sent before this is read before its answer.
    assert_eq!(program.get("/health/").await.0, 200);
    program.signal("INT");
    program.logged("asked to stop");
    if signals == 2 {
        program.signal("INT");
    }
    assert_eq!(program.ended(), Some(1));
    let last = &program.log.last().unwrap();
    assert_eq!((&last["level"], &last["fields"]["message"]), (&json!("ERROR"), &json!(reason)));
    database.close().await;
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    is_cut_off("1", 1, "requests were cut off: they took too long").await;
}

#[tokio::test]
async fn asked_again_it_ends_at_once() {
    is_cut_off("3600", 2, "requests were cut off: the program was asked to stop again").await;
}
