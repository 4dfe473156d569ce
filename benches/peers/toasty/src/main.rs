//! Toasty 0.11 at the cases of the benchmark, in its own ways: `create!`, `update!`, `include`, `paginate`. It has no
//! audit trail, so that this is written in a transaction. It cannot lock a row that it reads, so that on PostgreSQL
//! its audited writes are one statement fewer, and less safe.

// What Toasty derives is public, of private types too.
#![allow(private_interfaces, private_bounds)]

use anyhow::{Context, Result, bail, ensure};
use chrono::{DateTime, Utc};
use harness::{Case, Change, Draft, Editor, Last, LogEntry, PAGE, Peer, all_new, apply, changes, log, now};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use toasty::stmt::{self, IpInet};
use toasty::{Db, Deferred, Executor, Json};
use toasty_core::driver::operation::TransactionMode;
use uuid::Uuid;

/// The state of a post.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, toasty::Embed)]
#[serde(rename_all = "lowercase")]
#[column(type = text)]
enum Status {
    Draft,
    Published,
    Archived,
}

/// Rows in one page of a walk over all of them: Toasty has no stream of rows.
const STREAMED: usize = 1_000;

/// Rows of one `INSERT`.
const BATCH: usize = 1_000;

/// Why it has no guarded update.
const NO_COUNT: &str = "its update by a query does not tell how many rows it changed, nor return them";

/// Why it has no mixed case on SQLite.
const BLOCKS: &str = "its SQLite driver blocks the runtime's threads: while all of them wait for the lock, the task that \
                      has it cannot go on, until the others give up";

fn timestamp(time: DateTime<Utc>) -> Result<Timestamp> {
    Ok(Timestamp::from_microsecond(time.timestamp_micros())?)
}

/// The models on one database: they differ in the type of JSON and of addresses.
macro_rules! by_toasty {
    (
        $module:ident, $json:tt, $Ip:ty, |$ip:ident| $to_ip:expr,
        |$url:ident| $to_url:expr, |$opened:ident| $open:expr, |$db:ident| $begin:expr, mixed: $mixed:expr
    ) => {
        mod $module {
            use super::*;

            #[derive(Debug, Clone, toasty::Model)]
            pub struct Author {
                #[key]
                id: Uuid,
                name: String,
                email: String,
            }

            macro_rules! post {
                ($Model:ident, $table:literal, $Log:ty) => {
                    #[derive(Debug, Clone, toasty::Model)]
                    #[table = $table]
                    pub struct $Model {
                        #[key]
                        id: Uuid,
                        title: String,
                        #[unique]
                        slug: String,
                        content: String,
                        excerpt: String,
                        #[index]
                        author_id: Uuid,
                        #[belongs_to(key = author_id, references = id)]
                        author: Deferred<Author>,
                        category_id: Option<Uuid>,
                        views_count: i32,
                        featured: bool,
                        rating: f64,
                        #[column(type = $json)]
                        change_log: $Log,
                        created_at: Timestamp,
                        updated_at: Timestamp,
                        deleted_at: Option<Timestamp>,
                        status: Status,
                        published_at: Option<Timestamp>,
                    }
                };
            }

            post!(Post, "posts", Json<Vec<LogEntry>>);
            post!(Article, "articles", Value);

            #[derive(Debug, toasty::Model)]
            #[table = "drafts"]
            struct SmallDraft {
                #[key]
                id: Uuid,
                title: String,
                content: String,
                views_count: i32,
                created_at: Timestamp,
                updated_at: Timestamp,
                deleted_at: Option<Timestamp>,
            }

            #[derive(Debug, toasty::Model)]
            struct Product {
                #[key]
                id: Uuid,
                name: String,
                stock: i32,
            }

            #[derive(Debug, toasty::Model)]
            struct AuditLog {
                #[key]
                #[auto]
                id: i64,
                timestamp: Timestamp,
                action: String,
                content_type: String,
                object_id: String,
                object_repr: String,
                #[column(type = $json)]
                changes: Value,
                actor_id: Option<String>,
                actor_label: Option<String>,
                ip_address: Option<$Ip>,
                user_agent: String,
                request_id: Option<String>,
            }

            /// What creates a row of `posts` or `articles`.
            macro_rules! create {
                ($Model:ident, $draft:expr, $log:expr, $now:expr) => {
                    toasty::create!($Model {
                        id: Uuid::now_v7(),
                        title: $draft.title,
                        slug: $draft.slug,
                        content: $draft.content,
                        excerpt: $draft.excerpt,
                        author_id: $draft.author_id,
                        category_id: $draft.category_id,
                        views_count: $draft.views_count,
                        featured: $draft.featured,
                        rating: $draft.rating,
                        change_log: $log,
                        created_at: $now,
                        updated_at: $now,
                        status: Status::Draft,
                    })
                };
            }

            /// What creates an audit row.
            macro_rules! audit {
                ($action:expr, $content_type:expr, $id:expr, $title:expr, $changes:expr, $now:expr, $by:expr) => {{
                    let by: &Editor = $by;
                    let $ip = by.ip_address;
                    toasty::create!(AuditLog {
                        timestamp: $now,
                        action: $action,
                        content_type: $content_type,
                        object_id: $id.to_string(),
                        object_repr: $title.chars().take(255).collect::<String>(),
                        changes: Value::Object($changes),
                        actor_id: by.actor_id.clone(),
                        actor_label: by.actor_label.clone(),
                        ip_address: $to_ip,
                        user_agent: by.user_agent.clone(),
                        request_id: by.request_id.clone(),
                    })
                }};
            }

            /// A pool of Toasty's.
            #[derive(Clone)]
            pub struct Toasty {
                db: Db,
            }

            impl Toasty {
                /// Handles share their pool.
                fn db(&self) -> Db {
                    self.db.clone()
                }
            }

            /// Posts that are not deleted, the newest first.
            macro_rules! live {
                () => {
                    Post::filter(Post::fields().deleted_at().is_none())
                        .order_by((Post::fields().created_at().desc(), Post::fields().id().desc()))
                };
            }

            impl Peer for Toasty {
                type Post = Post;
                type Joined = Post;
                type Article = Article;
                type Place = stmt::Value;

                async fn connect($url: &str, connections: u32) -> Result<Self> {
                    let $opened = Db::builder()
                        .models(toasty::models!(Author, Post, Article, SmallDraft, Product, AuditLog))
                        .max_pool_size(connections as usize)
                        .connect($to_url)
                        .await?;
                    let mut held = Vec::new();
                    for _ in 0..connections {
                        let mut connection = $opened.connection().await?;
                        $open(&mut connection).await?;
                        held.push(connection);
                    }
                    drop(held);
                    Ok(Self { db: $opened })
                }

                fn lacks(&self, case: Case) -> Option<&'static str> {
                    match case {
                        Case::Sell | Case::SellAndRead => Some(NO_COUNT),
                        Case::Mixed => $mixed,
                        _ => None,
                    }
                }

                async fn get(&self, id: Uuid) -> Result<Post> {
                    let live = Post::filter_by_id(id).filter(Post::fields().deleted_at().is_none());
                    Ok(live.get(&mut self.db()).await?)
                }

                async fn list(&self, limit: u64) -> Result<Vec<Post>> {
                    Ok(live!().limit(usize::try_from(limit)?).exec(&mut self.db()).await?)
                }

                async fn joined(&self) -> Result<Vec<Post>> {
                    let posts = live!().limit(100).include(Post::fields().author());
                    Ok(posts.exec(&mut self.db()).await?)
                }

                async fn count(&self) -> Result<u64> {
                    let live = Post::filter(Post::fields().deleted_at().is_none());
                    Ok(live.count().exec(&mut self.db()).await?)
                }

                async fn place(&self, last: &Last) -> Result<stmt::Value> {
                    // The filter is not in the cursor.
                    let two = live!().filter(Post::fields().id().in_list([last.id, last.next]));
                    let page = two.paginate(1).exec(&mut self.db()).await?;
                    page.next_cursor.context("a row comes behind the last one")
                }

                async fn page(&self, behind: Option<&stmt::Value>) -> Result<Vec<Post>> {
                    let mut pages = live!().paginate(PAGE);
                    if let Some(behind) = behind {
                        pages = pages.after(behind.clone());
                    }
                    Ok(pages.exec(&mut self.db()).await?.items)
                }

                async fn stream(&self) -> Result<(u64, u64)> {
                    let db = &mut self.db();
                    let mut page = live!().paginate(STREAMED).exec(db).await?;
                    let (mut count, mut length) = (0, 0);
                    loop {
                        count += page.items.len() as u64;
                        length += page.items.iter().map(|post| post.content.len() as u64).sum::<u64>();
                        match page.next(db).await? {
                            Some(next) => page = next,
                            None => return Ok((count, length)),
                        }
                    }
                }

                async fn insert(&self, draft: Draft) -> Result<Post> {
                    let now = timestamp(now())?;
                    Ok(create!(Post, draft, draft.change_log, now).exec(&mut self.db()).await?)
                }

                async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
                    let mut db = self.db();
                    let $db = &mut db;
                    let mut transaction = $begin;
                    let mut made = 0;
                    let mut drafts = drafts.into_iter().peekable();
                    while drafts.peek().is_some() {
                        let mut posts = Post::create_many();
                        for draft in drafts.by_ref().take(BATCH) {
                            let now = timestamp(now())?;
                            posts = posts.item(create!(Post, draft, draft.change_log, now));
                        }
                        made += posts.exec(&mut transaction).await?.len() as u64;
                    }
                    transaction.commit().await?;
                    Ok(made)
                }

                async fn save(&self, post: &mut Post, title: String) -> Result<()> {
                    let now = timestamp(now())?;
                    Ok(post.update().title(title).updated_at(now).exec(&mut self.db()).await?)
                }

                async fn sell(&self, _: Uuid, _: i32) -> Result<bool> {
                    bail!(NO_COUNT)
                }

                async fn sell_and_read(&self, _: Uuid, _: i32) -> Result<Option<i32>> {
                    bail!(NO_COUNT)
                }

                async fn article(&self, id: Uuid) -> Result<Article> {
                    Ok(Article::get_by_id(&mut self.db(), &id).await?)
                }

                async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
                    let now = timestamp(now())?;
                    let mut db = self.db();
                    let $db = &mut db;
                    let mut transaction = $begin;
                    let article = create!(Article, draft, Value::Object(Map::new()), now);
                    let article = article.exec(&mut transaction).await?;
                    let changes = all_new!(article);
                    audit!("create", "benches.article", article.id, article.title, changes, now, by)
                        .exec(&mut transaction)
                        .await?;
                    transaction.commit().await?;
                    Ok(article)
                }

                async fn audited_write(
                    &self,
                    article: &mut Article,
                    change: Change,
                    by: &Editor,
                ) -> Result<()> {
                    let (action, now) = (change.action(), now());
                    let time = timestamp(now)?;
                    let mut new = article.clone();
                    apply!(change, new, time, Status::Published);
                    let mut db = self.db();
                    let $db = &mut db;
                    let mut transaction = $begin;
                    *article = Article::get_by_id(&mut transaction, &new.id).await?;
                    let changes = changes!(article, new);
                    ensure!(!changes.is_empty(), "nothing was written");
                    let mut change_log = article.change_log.clone();
                    log(&mut change_log, now, &changes);
                    let (id, title) = (new.id, new.title.clone());
                    let mut update = article.update().updated_at(time).change_log(change_log);
                    for field in changes.keys() {
                        update = match field.as_str() {
                            "title" => update.title(new.title.clone()),
                            "status" => update.status(new.status),
                            "published_at" => update.published_at(new.published_at),
                            "deleted_at" => update.deleted_at(new.deleted_at),
                            field => bail!("no change is of {field}"),
                        };
                    }
                    update.exec(&mut transaction).await?;
                    audit!(action, "benches.article", id, title, changes, time, by)
                        .exec(&mut transaction)
                        .await?;
                    transaction.commit().await?;
                    Ok(())
                }

                async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
                    let now = timestamp(now())?;
                    let mut db = self.db();
                    let $db = &mut db;
                    let mut transaction = $begin;
                    let fields = SmallDraft::fields();
                    let drafts: Vec<(Uuid, String, Option<Timestamp>)> =
                        SmallDraft::filter(SmallDraft::fields().deleted_at().is_none())
                            .order_by(SmallDraft::fields().id().asc())
                            .select((fields.id(), fields.title(), fields.deleted_at()))
                            .exec(&mut transaction)
                            .await?;
                    for drafts in drafts.chunks(BATCH) {
                        let mut rows = AuditLog::create_many();
                        for (id, title, deleted_at) in drafts {
                            let change = serde_json::json!({ "old": deleted_at, "new": now });
                            let changes = Map::from_iter([("deleted_at".to_owned(), change)]);
                            rows =
                                rows.item(audit!("delete", "benches.draft", id, title, changes, now, by));
                        }
                        rows.exec(&mut transaction).await?;
                    }
                    SmallDraft::filter(SmallDraft::fields().deleted_at().is_none())
                        .update()
                        .deleted_at(Some(now))
                        .updated_at(now)
                        .exec(&mut transaction)
                        .await?;
                    transaction.commit().await?;
                    Ok(drafts.len() as u64)
                }
            }
        }
    };
}

/// SQLite's setting is of each connection.
async fn synchronous_normal(connection: &mut dyn Executor) -> Result<()> {
    toasty::sql::query("PRAGMA synchronous = NORMAL").exec(connection).await?;
    Ok(())
}

async fn as_it_comes(_: &mut dyn Executor) -> Result<()> {
    Ok(())
}

by_toasty!(
    sqlite,
    text,
    String,
    |ip| ip.to_string(),
    |url| &format!("sqlite:{}", url.trim_start_matches("sqlite://")),
    |db| synchronous_normal,
    |db| db.transaction_builder().mode(TransactionMode::Immediate).begin().await?,
    mixed: Some(BLOCKS)
);
by_toasty!(
    postgres,
    jsonb,
    IpInet,
    |ip| IpInet::new_host(ip),
    |url| url,
    |db| as_it_comes,
    |db| db.transaction().await?,
    mixed: None
);

fn main() -> Result<()> {
    harness::serve::<sqlite::Toasty, postgres::Toasty>()
}
