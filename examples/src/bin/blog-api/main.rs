//! The blog's REST API as a server, over one SQLite or PostgreSQL database.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Parser;
use examples::output::one_line;
use examples::{blog_api, database};
use model_runtime::users::{self, User};
use model_runtime::web::Web;
use model_runtime::{Cursors, users::UserManager};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;
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
    /// How many seconds requests have that are under way when the program is asked to stop.
    #[arg(long, env = "BLOG_STOP_WITHIN", default_value_t = 25)]
    stop_within: u64,
    /// What to log to standard error.
    #[arg(long, env = "RUST_LOG", default_value = "info,sqlx=warn")]
    log: String,
    /// Log JSON lines.
    #[arg(long)]
    json_log: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let filter = EnvFilter::try_new(&cli.log).context("--log is no filter")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if cli.json_log {
        log.json().init()
    } else {
        log.init()
    }
    Ok(match serve(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{}", one_line(&error));
            ExitCode::FAILURE
        }
    })
}

async fn serve(cli: Cli) -> anyhow::Result<()> {
    let url = cli.database_url.map_or_else(|| database::kept("blog"), Ok)?;
    let db = database::open(&url).await?;
    users::sync_permissions(&blog_api::guarded(), &db).await?;
    let cursors = Cursors::new(cli.secret.unwrap_or_else(random_secret))?;
    let web = Web::new(db.clone(), UserManager::<User>::default())
        .trusted_proxies(cli.trusted_proxies)
        .secure_cookies(!cli.insecure_cookies);

    let (mut stop, mut cut_off) = (Stop::listen()?, Stop::listen()?);
    let listener = TcpListener::bind(cli.listen).await.with_context(|| format!("{} is taken", cli.listen))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let app = blog_api::app(&web, cursors).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move { stop.asked().await });
    let late = async {
        cut_off.asked().await;
        tracing::info!("asked to stop");
        tokio::select! {
            () = cut_off.asked() => "the program was asked to stop again",
            () = sleep(Duration::from_secs(cli.stop_within)) => "they took too long",
        }
    };
    tokio::select! {
        biased;
        // The database is not closed: they may hold its connections.
        reason = late => bail!("requests were cut off: {reason}"),
        served = server.into_future() => served?,
    }
    tracing::info!("requests are answered, closing the database");
    db.close().await;
    Ok(())
}

/// Two UUIDs of random bits.
fn random_secret() -> String {
    format!("{}{}", model_runtime::prelude::Uuid::new_v4(), model_runtime::prelude::Uuid::new_v4())
}

/// What asks the program to stop: Ctrl-C, and whoever supervises it.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> io::Result<Self> {
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
