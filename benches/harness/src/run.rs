//! One side at one case: what is made ready outside of the clock, and one sample at a time.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use alloc_tracker::{Report, Session};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Material};
use crate::peer::{Change, Peer};
use crate::rows::Draft;

/// What one sample took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Sample {
    /// Time.
    pub nanoseconds: u64,
    /// Allocations of the process, those again that grew.
    pub allocations: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// What a sampler's calls return.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A side, whatever its type.
pub trait Sampler: Send {
    /// Makes ready for a case, or tells why the side does not have it.
    fn prepare<'a>(
        &'a mut self,
        url: &'a str,
        connections: u32,
        material: &'a Material,
    ) -> Boxed<'a, Option<String>>;

    /// Takes one sample of it.
    fn sample(&mut self) -> Boxed<'_, Sample>;

    /// Ends the case, and the connections.
    fn finish(&mut self) -> Boxed<'_, ()>;
}

/// A side at one case after another.
pub struct Run<P: Peer> {
    ready: Option<Ready<P>>,
}

impl<P: Peer> Default for Run<P> {
    fn default() -> Self {
        Self { ready: None }
    }
}

struct Ready<P: Peer> {
    peer: P,
    material: Material,
    posts: Vec<P::Post>,
    articles: Vec<P::Article>,
    place: Option<P::Place>,
    count: u64,
}

impl<P: Peer> Sampler for Run<P> {
    fn prepare<'a>(
        &'a mut self,
        url: &'a str,
        connections: u32,
        material: &'a Material,
    ) -> Boxed<'a, Option<String>> {
        Box::pin(async move {
            let peer = P::connect(url, connections).await?;
            let lacking = peer.lacks(material.case);
            if lacking.is_none() {
                self.ready = Some(Ready::new(peer, material.clone()).await?);
            }
            Ok(lacking.map(str::to_owned))
        })
    }

    fn sample(&mut self) -> Boxed<'_, Sample> {
        Box::pin(async move { self.ready.as_mut().context("no case is ready")?.sample().await })
    }

    fn finish(&mut self) -> Boxed<'_, ()> {
        self.ready = None;
        Box::pin(async { Ok(()) })
    }
}

/// Runs a future under the clock and the count of allocations.
macro_rules! measured {
    ($work:expr) => {{
        let session = Session::new().no_stdout().no_file();
        let span = session.operation("sample").measure_process().iterations(1);
        let start = Instant::now();
        let outcome = $work.await;
        let time = start.elapsed();
        drop(span);
        (Sample::new(time, &session.to_report()), outcome?)
    }};
}

impl Sample {
    fn new(time: Duration, allocated: &Report) -> Self {
        Self {
            nanoseconds: u64::try_from(time.as_nanos()).unwrap_or(u64::MAX),
            allocations: allocated.operations().map(|(_, it)| it.total_allocations_count()).sum(),
            bytes: allocated.operations().map(|(_, it)| it.total_bytes_allocated()).sum(),
        }
    }
}

impl<P: Peer> Ready<P> {
    async fn new(peer: P, material: Material) -> Result<Self> {
        let (mut posts, mut articles, mut place) = (Vec::new(), Vec::new(), None);
        match material.case {
            case @ (Case::Save | Case::SaveUnchanged) => {
                for id in &material.ids {
                    posts.push(peer.get(*id).await.with_context(|| format!("{case:?}"))?);
                }
            }
            Case::AuditedSave | Case::AuditedSaveOverNetwork | Case::AuditedSaveFullLog | Case::Mixed => {
                // The mixed case writes those alone, and reads the others.
                let written = if material.case == Case::Mixed { MIXED } else { material.ids.len() };
                for id in &material.ids[..written] {
                    articles.push(peer.article(*id).await?);
                }
            }
            Case::Page1000 => {
                let last = material.last.as_ref().context("page 1,000 begins behind a row")?;
                place = Some(peer.place(last).await?);
            }
            _ => {}
        }
        if material.case == Case::AuditedSaveFullLog {
            for article in &mut articles {
                for write in 0..105 {
                    let title = Change::Title(format!("Write number {write}"));
                    peer.audited_write(article, title, &material.editor).await?;
                }
            }
        }
        Ok(Self { peer, material, posts, articles, place, count: 0 })
    }

    async fn sample(&mut self) -> Result<Sample> {
        let count = self.count;
        self.count += 1;
        let Self { peer, material, posts, articles, place, .. } = self;
        let Material { case, ids, editor, .. } = &*material;
        let id = || ids[count as usize % ids.len()];
        let title = || format!("Another title for number {count}");
        Ok(match case {
            Case::Get => measured!(peer.get(id())).0,
            Case::List100 | Case::List10000 => {
                let limit = if *case == Case::List100 { 100 } else { 10_000 };
                let (sample, posts) = measured!(peer.list(limit));
                ensure!(posts.len() as u64 == limit, "{} rows were listed", posts.len());
                sample
            }
            Case::Joined100 => {
                let (sample, posts) = measured!(peer.joined());
                ensure!(posts.len() == 100, "{} rows were listed", posts.len());
                sample
            }
            Case::Count => {
                let (sample, counted) = measured!(peer.count());
                ensure!(counted == POSTS, "{counted} rows were counted");
                sample
            }
            Case::Page1 | Case::Page1000 => {
                let (sample, posts) = measured!(peer.page(place.as_ref()));
                ensure!(posts.len() == PAGE, "{} rows were on the page", posts.len());
                sample
            }
            Case::Insert => {
                let draft = Draft::new(count);
                measured!(peer.insert(draft)).0
            }
            Case::BulkCreate | Case::BulkCreateLarge => {
                let drafts: Vec<Draft> = (0..case.bulk()).map(Draft::new).collect();
                let (sample, made) = measured!(peer.bulk_create(drafts));
                ensure!(made == case.bulk(), "{made} rows were made");
                sample
            }
            Case::Save => {
                let (at, title) = (count as usize % posts.len(), title());
                measured!(peer.save(&mut posts[at], title)).0
            }
            Case::SaveUnchanged => {
                let at = count as usize % posts.len();
                // What `make_ready` gave all of them.
                measured!(peer.save(&mut posts[at], UNCHANGED.to_owned())).0
            }
            Case::Sell => {
                let (sample, sold) = measured!(peer.sell(id(), 1));
                ensure!(sold, "nothing was sold");
                sample
            }
            Case::SellAndRead => {
                let (sample, left) = measured!(peer.sell_and_read(id(), 1));
                ensure!(left.is_some_and(|left| left > 0), "{left:?} are left");
                sample
            }
            Case::AuditedSave | Case::AuditedSaveOverNetwork | Case::AuditedSaveFullLog => {
                let (at, title) = (count as usize % articles.len(), title());
                measured!(peer.audited_write(&mut articles[at], Change::Title(title), editor)).0
            }
            Case::AuditedLifecycle => {
                let draft = Draft::new(count);
                let lifecycle = async {
                    let mut article = peer.audited_create(draft, editor).await?;
                    for change in [Change::Publish, Change::Delete, Change::Restore] {
                        peer.audited_write(&mut article, change, editor).await?;
                    }
                    anyhow::Ok(article)
                };
                measured!(lifecycle).0
            }
            Case::AuditedBulkDelete => {
                let (sample, deleted) = measured!(peer.delete_drafts(editor));
                ensure!(deleted == case.bulk(), "{deleted} rows were deleted");
                sample
            }
            Case::Mixed => self.mixed(count).await?,
        })
    }

    async fn mixed(&mut self, count: u64) -> Result<Sample> {
        let mut work = Vec::new();
        for (task, mut article) in self.articles.drain(..).enumerate() {
            let (peer, material) = (self.peer.clone(), self.material.clone());
            work.push(async move {
                let ids = &material.ids;
                for n in 0..8 {
                    let others = &ids[MIXED..];
                    peer.article(others[(task * 8 + n) % others.len()]).await?;
                }
                let page = peer.page(None).await?;
                ensure!(page.len() == PAGE, "{} rows were on the page", page.len());
                let title = Change::Title(format!("Another title for number {count}"));
                peer.audited_write(&mut article, title, &material.editor).await?;
                Ok(article)
            });
        }
        let all = async move {
            let tasks: Vec<_> = work.into_iter().map(spawn::<P, _>).collect();
            let mut articles = Vec::with_capacity(tasks.len());
            for task in tasks {
                articles.push(task.await??);
            }
            anyhow::Ok(articles)
        };
        let (sample, articles) = measured!(all);
        self.articles = articles;
        Ok(sample)
    }
}

/// A task, or a thread where the side blocks it.
fn spawn<P: Peer, F: Future<Output = Result<P::Article>> + Send + 'static>(
    work: F,
) -> tokio::task::JoinHandle<Result<P::Article>>
where
    P::Article: 'static,
{
    if P::BLOCKS {
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || runtime.block_on(work))
    } else {
        tokio::spawn(work)
    }
}

/// Rows of a page.
pub const PAGE: usize = 20;

/// Posts of the cases that read them.
pub const POSTS: u64 = 25_000;

/// The title of all posts that are saved unchanged.
pub const UNCHANGED: &str = "The same title";

/// Tasks of the mixed case. Each writes an article of its own, the first ones of the material.
pub const MIXED: usize = 16;
