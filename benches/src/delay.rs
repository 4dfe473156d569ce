//! A network that takes its time: a proxy before the server that hands on what it gets a millisecond later.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// How long whatever goes in one direction is on its way.
const ONE_WAY: Duration = Duration::from_micros(500);

/// The URL of the same server behind the delay, a millisecond for there and back.
///
/// It has threads of its own: a side that blocks the runtime's would wait for what waits for it.
pub fn url(url: &str) -> Result<String> {
    let (scheme, rest) = url.split_once("://").context("the URL has a scheme")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let near = listener.local_addr()?;
    thread::spawn(move || {
        for client in listener.incoming() {
            // Whoever connected sees that the connection ends.
            let Ok(ways) = client.and_then(|client| ways(client, &host)) else { continue };
            for (from, to) in ways {
                thread::spawn(move || pass_on(from, to));
            }
        }
    });
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    Ok(format!("{scheme}://{user}{near}/{path}"))
}

/// There and back.
fn ways(client: TcpStream, host: &str) -> std::io::Result<[(TcpStream, TcpStream); 2]> {
    let server = TcpStream::connect(host)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    Ok([(client.try_clone()?, server.try_clone()?), (server, client)])
}

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        thread::sleep(ONE_WAY);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // The other way may still hold it. One that is closed already cannot be ended again.
    let _ = to.shutdown(Shutdown::Write);
}
