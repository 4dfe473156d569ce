//! Sides that cannot be in this program: each is a program of its own, which has its samples asked for one by one.

use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use harness::{Answer, Boxed, Material, Reading, Request, Sample, Sampler};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::Side;
use crate::database::target;

/// A side that runs. It ends with this value.
pub struct Process {
    _child: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Builds a side, where that is needed, and starts it.
    pub fn start(side: Side) -> Result<Self> {
        let folder =
            [env!("CARGO_MANIFEST_DIR"), "peers", &side.name()].iter().collect::<std::path::PathBuf>();
        let command = match side {
            Side::Django => django(&folder.join("bench.py"))?,
            _ => built(side, &folder.join("Cargo.toml"))?,
        };
        let mut command = Command::from(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("{} does not start", side.label()))?;
        let requests = child.stdin.take().context("its input is a pipe")?;
        let answers = BufReader::new(child.stdout.take().context("its output is a pipe")?).lines();
        Ok(Self { _child: child, requests, answers })
    }

    async fn ask(&mut self, request: &Request) -> Result<Answer> {
        let line = serde_json::to_string(request)? + "\n";
        self.requests.write_all(line.as_bytes()).await.context("it has ended")?;
        let answer = self.answers.next_line().await?.context("it has ended")?;
        match serde_json::from_str(&answer).with_context(|| format!("it answered {answer:?}"))? {
            Answer::Failed(error) => bail!(error),
            answer => Ok(answer),
        }
    }

    /// Has it read all posts.
    pub async fn stream(&mut self, url: &str) -> Result<Reading> {
        match self.ask(&Request::Stream { url: url.to_owned() }).await? {
            Answer::Reading(reading) => Ok(reading),
            answer => bail!("it answered {answer:?}"),
        }
    }
}

impl Sampler for Process {
    fn prepare<'a>(
        &'a mut self,
        url: &'a str,
        connections: u32,
        material: &'a Material,
    ) -> Boxed<'a, Option<String>> {
        let (url, material) = (url.to_owned(), material.clone());
        Box::pin(async move {
            match self.ask(&Request::Prepare { url, connections, material }).await? {
                Answer::Ready => Ok(None),
                Answer::Lacks(reason) => Ok(Some(reason)),
                answer => bail!("it answered {answer:?}"),
            }
        })
    }

    fn sample(&mut self) -> Boxed<'_, Sample> {
        Box::pin(async move {
            match self.ask(&Request::Sample).await? {
                Answer::Sample(sample) => Ok(sample),
                answer => bail!("it answered {answer:?}"),
            }
        })
    }

    fn finish(&mut self) -> Boxed<'_, ()> {
        Box::pin(async move {
            match self.ask(&Request::Finish).await? {
                Answer::Finished => Ok(()),
                answer => bail!("it answered {answer:?}"),
            }
        })
    }
}

/// A program in a workspace of its own, below `benches/peers`.
fn built(side: Side, manifest: &std::path::Path) -> Result<std::process::Command> {
    eprintln!("building {}", side.label());
    let target = target().join("peers");
    let mut cargo = std::process::Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]).arg(manifest);
    // What the surrounding `cargo run` has set is not for this workspace.
    cargo.arg("--target-dir").arg(&target).env_remove("CARGO_MANIFEST_DIR");
    ensure!(cargo.status().context("cargo does not start")?.success(), "{} does not build", side.label());
    Ok(std::process::Command::new(target.join("release").join(format!("peer-{}", side.name()))))
}

/// A script, for Python with Django.
fn django(script: &std::path::Path) -> Result<std::process::Command> {
    let mut python = std::process::Command::new("python3");
    let found = python.args(["-c", "import django, psycopg"]).output();
    ensure!(
        found.is_ok_and(|output| output.status.success()),
        "Django cannot be measured: `python3` does not import django and psycopg. Install them by \
         `python3 -m pip install --requirement benches/peers/django/requirements.txt`, or run this in a virtual \
         environment that has them"
    );
    let mut command = std::process::Command::new("python3");
    command.arg(script);
    Ok(command)
}
