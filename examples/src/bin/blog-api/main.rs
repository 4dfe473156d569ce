//! The blog's REST API as a server, over one SQLite or PostgreSQL database.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use examples::{blog_api, database};
use model_runtime::users::{self, User};
use model_runtime::web::Web;
use model_runtime::{Cursors, users::UserManager};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Serves the blog's REST API.
#[derive(Parser)]
#[command(name = "blog-api", version)]
struct Cli {
    /// Where the database is: sqlite://path or postgres://…; without, a SQLite file in the target folder.
    #[arg(long, env = "BLOG_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where to listen.
    #[arg(long, env = "BLOG_LISTEN", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// How many proxies of yours stand before the program, and add to X-Forwarded-For.
    #[arg(long, env = "BLOG_TRUSTED_PROXIES", default_value_t = 0)]
    trusted_proxies: usize,
    /// Have browsers send the session without HTTPS too.
    #[arg(long)]
    insecure_cookies: bool,
    /// Signs the cursors of lists: at least 32 bytes, the same for all processes. Without, each start has its own.
    #[arg(long, env = "BLOG_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// Tell the log as JSON lines.
    #[arg(long)]
    json_log: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new("info,sqlx=warn"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if cli.json_log {
        log.json().init()
    } else {
        log.init()
    }

    let url = cli.database_url.map_or_else(|| database::kept("blog"), Ok)?;
    let db = database::open(&url).await?;
    users::sync_permissions(&blog_api::guarded(), &db).await?;
    let cursors = Cursors::new(cli.secret.unwrap_or_else(random_secret))?;
    let web = Web::new(db.clone(), UserManager::<User>::default())
        .trusted_proxies(cli.trusted_proxies)
        .secure_cookies(!cli.insecure_cookies);

    let listener = TcpListener::bind(cli.listen).await.with_context(|| format!("{} is taken", cli.listen))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let app = blog_api::app(&web, cursors).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(shutdown()?).await?;
    tracing::info!("requests are answered, closing the database");
    db.close().await;
    Ok(())
}

/// Two UUIDs of random bits.
fn random_secret() -> String {
    format!("{}{}", model_runtime::prelude::Uuid::new_v4(), model_runtime::prelude::Uuid::new_v4())
}

/// Ends where the program is asked to: by Ctrl-C, or by whoever supervises it.
fn shutdown() -> anyhow::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("asked to stop");
    })
}
