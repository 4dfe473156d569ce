//! rustango 0.62 at the cases of the benchmark, in its own ways: querysets, `save_partial_typed`, `bulk_insert`. Its own
//! audit trail keeps less than the others' (no address, no agent, no change log in the row), so that the same one as
//! theirs is written in a transaction.

// What rustango derives is public, and has no documentation.
#![allow(missing_docs)]

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Utc};
use harness::{Change, Draft, Editor, Last, PAGE, Peer, all_new, apply, changes, log, now};
use rustango::Model;
use rustango::core::{Column as _, F};
use rustango::query::QuerySet;
use rustango::sql::{
    Auto, CounterPool as _, FetcherPool as _, FetcherTx as _, ForeignKey, Pool, PoolTuning, PoolTx,
    UpdaterPool as _, configure_pools, write_transaction,
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Rows in one step of a walk over all of them: it has no stream of rows, and steps by `OFFSET`.
const STREAMED: i64 = 10_000;

#[derive(Model, Debug, Clone, PartialEq)]
#[rustango(table = "authors", managed = false)]
pub struct Author {
    #[rustango(primary_key)]
    id: Uuid,
    #[rustango(max_length = 200)]
    name: String,
    #[rustango(max_length = 200)]
    email: String,
}

macro_rules! post {
    ($Model:ident, $table:literal) => {
        #[derive(Model, Debug, Clone)]
        #[rustango(table = $table, managed = false)]
        pub struct $Model {
            #[rustango(primary_key)]
            id: Uuid,
            #[rustango(max_length = 200)]
            title: String,
            #[rustango(max_length = 255, unique)]
            slug: String,
            content: String,
            #[rustango(max_length = 500)]
            excerpt: String,
            author_id: ForeignKey<Author, Uuid>,
            category_id: Option<Uuid>,
            views_count: i32,
            featured: bool,
            rating: f64,
            change_log: Value,
            created_at: DateTime<Utc>,
            updated_at: DateTime<Utc>,
            deleted_at: Option<DateTime<Utc>>,
            status: String,
            published_at: Option<DateTime<Utc>>,
        }

        impl $Model {
            fn new(draft: Draft, change_log: Value) -> Self {
                let now = now();
                Self {
                    id: Uuid::now_v7(),
                    title: draft.title,
                    slug: draft.slug,
                    content: draft.content,
                    excerpt: draft.excerpt,
                    author_id: ForeignKey::unloaded(draft.author_id),
                    category_id: draft.category_id,
                    views_count: draft.views_count,
                    featured: draft.featured,
                    rating: draft.rating,
                    change_log,
                    created_at: now,
                    updated_at: now,
                    deleted_at: None,
                    status: "draft".to_owned(),
                    published_at: None,
                }
            }
        }
    };
}

post!(Post, "posts");
post!(Article, "articles");

#[derive(Model, Debug, Clone)]
#[rustango(table = "drafts", managed = false)]
pub struct SmallDraft {
    #[rustango(primary_key)]
    id: Uuid,
    #[rustango(max_length = 200)]
    title: String,
    content: String,
    views_count: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone)]
#[rustango(table = "products", managed = false)]
pub struct Product {
    #[rustango(primary_key)]
    id: Uuid,
    #[rustango(max_length = 200)]
    name: String,
    stock: i32,
}

/// An audit row. It has no type for PostgreSQL's INET, so that there an audit row has no address.
macro_rules! audit_log {
    ($Model:ident, $($ip_address:ident)?) => {
        #[derive(Model, Debug, Clone)]
        #[rustango(table = "audit_logs", managed = false)]
        pub struct $Model {
            #[rustango(primary_key)]
            id: Auto<i64>,
            timestamp: DateTime<Utc>,
            action: String,
            content_type: String,
            object_id: String,
            object_repr: String,
            changes: Value,
            actor_id: Option<String>,
            actor_label: Option<String>,
            $($ip_address: Option<String>,)?
            user_agent: String,
            request_id: Option<String>,
        }

        impl $Model {
            fn new(
                action: &str,
                content_type: &str,
                (id, title): (Uuid, &str),
                changes: Map<String, Value>,
                (now, by): (DateTime<Utc>, &Editor),
            ) -> Self {
                Self {
                    id: Auto::Unset,
                    timestamp: now,
                    action: action.to_owned(),
                    content_type: content_type.to_owned(),
                    object_id: id.to_string(),
                    object_repr: title.chars().take(255).collect(),
                    changes: Value::Object(changes),
                    actor_id: Some(by.actor_id.clone()),
                    actor_label: Some(by.actor_label.clone()),
                    $($ip_address: Some(by.ip_address.to_string()),)?
                    user_agent: by.user_agent.clone(),
                    request_id: Some(by.request_id.clone()),
                }
            }
        }
    };
}

/// A pool as rustango makes it, of that many connections.
async fn connect(url: &str, connections: u32) -> Result<Pool> {
    let mut tuning = PoolTuning::default();
    tuning.max_connections = Some(connections);
    configure_pools(tuning);
    Ok(Pool::connect(url).await?)
}

/// The same, with the setting of all sides, which is of each connection.
async fn connect_sqlite(url: &str, connections: u32) -> Result<Pool> {
    let pool = connect(url, connections).await?;
    let Pool::Sqlite(connected) = &pool else { anyhow::bail!("{url} is no SQLite database") };
    let mut held = Vec::new();
    for _ in 0..connections {
        let mut connection = connected.acquire().await?;
        sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut *connection).await?;
        held.push(connection);
    }
    drop(held);
    Ok(pool)
}

/// Posts that are not deleted, the newest first.
fn live() -> QuerySet<Post> {
    Post::objects().where_(Post::deleted_at.is_null()).order_by(&[("created_at", true), ("id", true)])
}

/// What is the same on both databases but for the audit rows.
macro_rules! peer {
    ($connect:ident) => {
        /// A pool of rustango's.
        #[derive(Clone)]
        pub struct Rustango {
            pool: Pool,
        }

        impl Rustango {
            async fn begin(&self) -> Result<PoolTx<'static>> {
                Ok(write_transaction(&self.pool).await?)
            }
        }

        impl Peer for Rustango {
            type Post = Post;
            type Joined = Post;
            type Article = Article;
            type Place = Last;

            async fn connect(url: &str, connections: u32) -> Result<Self> {
                Ok(Self { pool: $connect(url, connections).await? })
            }

            async fn get(&self, id: Uuid) -> Result<Post> {
                let live = Post::objects().where_(Post::id.eq(id)).where_(Post::deleted_at.is_null());
                live.limit(1).fetch(&self.pool).await?.pop().context("there is no such post")
            }

            async fn list(&self, limit: u64) -> Result<Vec<Post>> {
                Ok(live().limit(limit.try_into()?).fetch(&self.pool).await?)
            }

            async fn joined(&self) -> Result<Vec<Post>> {
                let posts = live().select_related("author_id").limit(100).fetch(&self.pool).await?;
                ensure!(posts.iter().all(|post| post.author_id.is_loaded()), "no author came with its post");
                Ok(posts)
            }

            async fn count(&self) -> Result<u64> {
                let live = Post::objects().where_(Post::deleted_at.is_null());
                Ok(live.count(&self.pool).await?.try_into()?)
            }

            async fn place(&self, last: &Last) -> Result<Last> {
                Ok(last.clone())
            }

            async fn page(&self, behind: Option<&Last>) -> Result<Vec<Post>> {
                let mut posts = live().limit(PAGE as i64 + 1);
                if let Some(Last { created_at, id, .. }) = behind {
                    let same = Post::created_at.eq(*created_at).and(Post::id.lt(*id));
                    // The first part alone can be looked up in an index.
                    posts = posts
                        .where_(Post::created_at.lte(*created_at))
                        .where_(Post::created_at.lt(*created_at).or(same));
                }
                let mut page = posts.fetch(&self.pool).await?;
                page.truncate(PAGE);
                Ok(page)
            }

            async fn stream(&self) -> Result<(u64, u64)> {
                let mut posts = live().iterator(STREAMED)?;
                let (mut count, mut length) = (0, 0);
                while let Some(posts) = posts.next_chunk(&self.pool).await? {
                    count += posts.len() as u64;
                    length += posts.iter().map(|post| post.content.len() as u64).sum::<u64>();
                }
                Ok((count, length))
            }

            async fn insert(&self, draft: Draft) -> Result<Post> {
                let log = serde_json::to_value(&draft.change_log)?;
                let post = Post::new(draft, log);
                post.insert(&self.pool).await?;
                Ok(post)
            }

            async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
                let mut posts = Vec::with_capacity(drafts.len());
                for draft in drafts {
                    let log = serde_json::to_value(&draft.change_log)?;
                    posts.push(Post::new(draft, log));
                }
                Post::bulk_insert(&posts, &self.pool).await?;
                Ok(posts.len() as u64)
            }

            async fn save(&self, post: &mut Post, title: String) -> Result<()> {
                post.title = title;
                post.updated_at = now();
                post.save_partial_typed((Post::title, Post::updated_at), &self.pool).await?;
                Ok(())
            }

            async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
                let enough = Product::objects().where_(Product::id.eq(product)).where_(Product::stock.gte(pieces));
                let sold = enough.update().set_expr("stock", F("stock") - pieces).execute_pool(&self.pool);
                Ok(sold.await? == 1)
            }

            async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
                if !self.sell(product, pieces).await? {
                    return Ok(None);
                }
                Ok(Product::find(product, &self.pool).await?.map(|product| product.stock))
            }

            async fn article(&self, id: Uuid) -> Result<Article> {
                Article::find(id, &self.pool).await?.context("there is no such article")
            }

            async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
                let article = Article::new(draft, Value::Object(Map::new()));
                let mut transaction = self.begin().await?;
                article.insert_tx(&mut transaction).await?;
                let (subject, when) = ((article.id, article.title.as_str()), (article.created_at, by));
                let mut audit = AuditLog::new("create", "benches.article", subject, all_new!(article), when);
                audit.insert_tx(&mut transaction).await?;
                transaction.commit().await?;
                Ok(article)
            }

            async fn audited_write(&self, article: &mut Article, change: Change, by: &Editor) -> Result<()> {
                let (action, now) = (change.action(), now());
                apply!(change, article, now, "published".to_owned());
                let mut transaction = self.begin().await?;
                let mut query = Article::objects().where_(Article::id.eq(article.id)).limit(1);
                if matches!(self.pool, Pool::Postgres(_)) {
                    query = query.select_for_update();
                }
                let old = query.fetch_tx(&mut transaction).await?.pop().context("there is no such article")?;
                let changes = changes!(old, article);
                ensure!(!changes.is_empty(), "nothing was written");
                article.change_log = old.change_log;
                log(&mut article.change_log, now, &changes);
                article.save_tx(&mut transaction).await?;
                let subject = (article.id, article.title.as_str());
                let mut audit = AuditLog::new(action, "benches.article", subject, changes, (now, by));
                audit.insert_tx(&mut transaction).await?;
                transaction.commit().await?;
                Ok(())
            }

            async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
                let now = now();
                let mut transaction = self.begin().await?;
                let live = || SmallDraft::objects().where_(SmallDraft::deleted_at.is_null());
                let mut query = live().order_by(&[("id", false)]);
                if matches!(self.pool, Pool::Postgres(_)) {
                    query = query.select_for_update();
                }
                let drafts = query.fetch_tx(&mut transaction).await?;
                let audit = |draft: &SmallDraft| {
                    let change = serde_json::json!({ "old": draft.deleted_at, "new": now });
                    let changes = Map::from_iter([("deleted_at".to_owned(), change)]);
                    let subject = (draft.id, draft.title.as_str());
                    AuditLog::new("delete", "benches.draft", subject, changes, (now, by))
                };
                let mut rows: Vec<AuditLog> = drafts.iter().map(audit).collect();
                AuditLog::bulk_insert_on(&mut rows, &mut transaction).await?;
                let update = live().update().set("deleted_at", now).set("updated_at", now);
                let deleted = update.execute_on(&mut transaction).await?;
                transaction.commit().await?;
                Ok(deleted)
            }
        }
    };
}

mod sqlite {
    use super::*;

    audit_log!(AuditLog, ip_address);
    peer!(connect_sqlite);
}

mod postgres {
    use super::*;

    audit_log!(AuditLog,);
    peer!(connect);
}

fn main() -> Result<()> {
    harness::serve::<sqlite::Rustango, postgres::Rustango>()
}
