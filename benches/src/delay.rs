//! A network that takes its time: a proxy before the server that hands on what it gets a millisecond later.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long whatever goes in one direction is on its way.
const ONE_WAY: Duration = Duration::from_micros(500);

/// The URL of the same server behind the delay, a millisecond for there and back.
pub async fn url(url: &str) -> Result<String> {
    let (scheme, rest) = url.split_once("://").context("the URL has a scheme")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let near = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&host).await else { return };
            let (client_read, client_write) = client.into_split();
            let (server_read, server_write) = server.into_split();
            tokio::spawn(pass_on(client_read, server_write));
            tokio::spawn(pass_on(server_read, client_write));
        }
    });
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    Ok(format!("{scheme}://{user}{near}/{path}"))
}

async fn pass_on(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        // tokio's own timer counts whole milliseconds.
        let until = std::time::Instant::now() + ONE_WAY;
        while std::time::Instant::now() < until {
            tokio::task::yield_now().await;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
