//! The program `blog-api`, started and stopped as a supervisor does it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use model_runtime::prelude::*;
use model_runtime::users::{ExposeSecret, TokenPurpose, User};
use serde_json::Value;

use crate::server::PASSWORD;

/// How long a test waits for what should come at once.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program, to be run with these arguments, and with nothing of this process' that it would heed.
pub fn blog_api(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blog-api"));
    let variables = std::env::vars_os().map(|(name, _)| name);
    for name in variables.filter(|name| name == "RUST_LOG" || name.to_string_lossy().starts_with("BLOG_")) {
        command.env_remove(name);
    }
    command.env("BLOG_LISTEN", "127.0.0.1:0").arg("--json-log").args(arguments);
    command
}

/// The program, listening.
pub struct Running {
    child: Child,
    address: SocketAddr,
    lines: Receiver<String>,
    /// The log so far.
    pub log: Vec<Value>,
    client: reqwest::Client,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().try_for_each(|line| sender.send(line.unwrap())));
        let address = SocketAddr::from(([0; 4], 0));
        let mut program = Self { child, address, lines, log: Vec::new(), client: reqwest::Client::new() };
        let listening = program.logged("listening");
        program.address = listening["fields"]["address"].as_str().unwrap().parse().unwrap();
        program
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// The status of what is answered, and its body.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.request(reqwest::Method::GET, path).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Waits for this message in the log.
    pub fn logged(&mut self, message: &str) -> Value {
        loop {
            let line =
                self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{message}: {:?}", self.log));
            let line = parsed(line);
            self.log.push(line.clone());
            if line["fields"]["message"] == message {
                return line;
            }
        }
    }

    pub fn signal(&self, name: &str) {
        let kill = format!("kill -s {name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end: how it ended. Its log is whole then.
    pub fn ended(&mut self) -> Option<i32> {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(start.elapsed() < PATIENCE, "it does not end: {:?}", self.log),
            }
            thread::sleep(Duration::from_millis(10));
        };
        self.log.extend(self.lines.iter().map(parsed));
        status.code()
    }

    /// The same, and it has answered everything.
    pub fn ended_well(&mut self) {
        assert_eq!(self.ended(), Some(0), "{:?}", self.log);
        assert_eq!(
            self.log.last().unwrap()["fields"]["message"],
            "requests are answered, closing the database"
        );
    }
}

fn parsed(line: String) -> Value {
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

impl Drop for Running {
    /// Where a test failed, it still runs.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.child.kill().and_then(|()| self.child.wait()).unwrap();
        }
    }
}

/// A user of the database and their token.
pub async fn user(db: &Pool) -> (User, String) {
    let user = User::builder().email("test@example.com").build();
    let user = User::manager().create_user(user, Some(PASSWORD), db).await.unwrap();
    let token = User::manager().issue(&user, TokenPurpose::Api, db).await.unwrap();
    (user, token.expose_secret().to_owned())
}
