//! The server of a side: a process of its own on a port of this machine, which ends when nobody holds its input any more.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use clap::ValueEnum;
use model_runtime::Pool;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::{by_hand, ours};

/// Connections of each side's pool.
const CONNECTIONS: u32 = 8;

/// Whose API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// This library's.
    Ours,
    /// The same by hand.
    ByHand,
}

impl Api {
    pub const ALL: [Self; 2] = [Self::Ours, Self::ByHand];

    /// What the command line calls it.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Serves until the input ends. The address is the first line of the output.
pub async fn serve(api: Api, url: &str) -> Result<()> {
    let pool = Pool::connect_with(url, CONNECTIONS).await?;
    let app = match api {
        Api::Ours => ours::app(pool),
        Api::ByHand => by_hand::app(pool),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    // A connection on which the packets wait for each other is slower, and works.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let (send, over) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let read = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        send.send(read.is_ok())
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            drop(over.await);
        })
        .await?;
    Ok(())
}

/// A server that was started, and is stopped when this is dropped.
pub struct Server {
    child: Child,
    /// Where it is asked.
    pub host: String,
}

impl Server {
    /// Starts it.
    pub fn start(api: Api, url: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        // The address of the database is in no list of processes.
        command.args(["serve", &api.name()]).env(URL, url);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut server = Self { child, host: String::new() };
        BufReader::new(output).read_line(&mut server.host)?;
        server.host.truncate(server.host.trim_end().len());
        anyhow::ensure!(!server.host.is_empty(), "the server did not start");
        Ok(server)
    }

    /// Lets it answer what it has begun, and end.
    pub fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // Where it is gone meanwhile, all is well.
            let _ = self.child.kill().and_then(|()| self.child.wait());
        }
    }
}

/// What tells the server its database.
pub const URL: &str = "BENCHES_DATABASE";
