//! sqlx by hand, twice: as people write it, and the best that was found. Both bind every value and keep every
//! statement prepared.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::TryStreamExt;
use harness::{Change, Draft, Editor, Last, LogEntry, PAGE, Peer, all_new, apply, changes, log, now};
use model_runtime::prelude::{DateTime, Utc, Uuid};
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::Row as _;
use sqlx::types::Json;

use super::sql::*;

/// A row of `posts` or `articles`, which differ in what their change log is.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs)]
pub struct Row<L> {
    pub id: Uuid,
    pub title: String,
    pub slug: String,
    pub content: String,
    pub excerpt: String,
    pub author_id: Uuid,
    pub category_id: Option<Uuid>,
    pub views_count: i32,
    pub featured: bool,
    pub rating: f64,
    pub change_log: Json<L>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub status: Status,
    pub published_at: Option<DateTime<Utc>>,
}

/// A row of `posts`.
pub type Post = Row<Vec<LogEntry>>;

/// A row of `articles`.
pub type Article = Row<Value>;

/// A post and its author. Nothing reads what was decoded.
#[derive(Debug, sqlx::FromRow)]
#[allow(missing_docs, dead_code)]
pub struct Joined {
    #[sqlx(flatten)]
    pub post: Post,
    pub the_author_id: Uuid,
    pub author_name: String,
    pub author_email: String,
}

/// The state of a post.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Status {
    Draft,
    Published,
    Archived,
}

impl Status {
    /// What the databases call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Result<Self> {
        let all = [Self::Draft, Self::Published, Self::Archived];
        all.into_iter().find(|status| status.as_str() == name).context("no status has that name")
    }
}

/// A row that is not written yet.
pub fn new_row<L>(draft: Draft, change_log: impl FnOnce(Vec<LogEntry>) -> L) -> Row<L> {
    let now = now();
    Row {
        id: Uuid::now_v7(),
        title: draft.title,
        slug: draft.slug,
        content: draft.content,
        excerpt: draft.excerpt,
        author_id: draft.author_id,
        category_id: draft.category_id,
        views_count: draft.views_count,
        featured: draft.featured,
        rating: draft.rating,
        change_log: Json(change_log(draft.change_log)),
        created_at: now,
        updated_at: now,
        deleted_at: None,
        status: Status::Draft,
        published_at: None,
    }
}

/// The columns of a row, bound in their order.
macro_rules! bind_row {
    ($query:expr, $row:expr) => {
        $query
            .bind($row.id)
            .bind(&$row.title)
            .bind(&$row.slug)
            .bind(&$row.content)
            .bind(&$row.excerpt)
            .bind($row.author_id)
            .bind($row.category_id)
            .bind($row.views_count)
            .bind($row.featured)
            .bind($row.rating)
            .bind(&$row.change_log)
    };
}

/// What reads the same on both databases; a function that is generic over sqlx's databases takes a page of bounds.
macro_rules! by_hand {
    ($module:ident, $Database:ident, $Ip:ty, $begin:literal, $article:expr, $drafts:expr) => {
        /// On one database.
        pub mod $module {
            use super::*;

            type Connection = <sqlx::$Database as sqlx::Database>::Connection;

            /// A pool: as it comes, or this library's.
            #[derive(Clone)]
            pub struct Sqlx<const BEST: bool> {
                pub(super) pool: sqlx::Pool<sqlx::$Database>,
            }

            /// By index, which looks no name up.
            fn post(row: &<sqlx::$Database as sqlx::Database>::Row) -> sqlx::Result<Post> {
                Ok(Post {
                    id: row.try_get(0)?,
                    title: row.try_get(1)?,
                    slug: row.try_get(2)?,
                    content: row.try_get(3)?,
                    excerpt: row.try_get(4)?,
                    author_id: row.try_get(5)?,
                    category_id: row.try_get(6)?,
                    views_count: row.try_get(7)?,
                    featured: row.try_get(8)?,
                    rating: row.try_get(9)?,
                    change_log: row.try_get(10)?,
                    created_at: row.try_get(11)?,
                    updated_at: row.try_get(12)?,
                    deleted_at: row.try_get(13)?,
                    status: row.try_get(14)?,
                    published_at: row.try_get(15)?,
                })
            }

            async fn audit(
                action: &'static str,
                content_type: &'static str,
                (id, title): (Uuid, &str),
                changes: Map<String, Value>,
                (now, by): (DateTime<Utc>, &Editor),
                connection: &mut Connection,
            ) -> sqlx::Result<()> {
                sqlx::query(AUDIT)
                    .bind(now)
                    .bind(action)
                    .bind(content_type)
                    .bind(id.to_string())
                    .bind(title.chars().take(255).collect::<String>())
                    .bind(Json(changes))
                    .bind(&by.actor_id)
                    .bind(&by.actor_label)
                    .bind(<$Ip>::from(by.ip_address))
                    .bind(&by.user_agent)
                    .bind(&by.request_id)
                    .execute(connection)
                    .await?;
                Ok(())
            }

            impl<const BEST: bool> Sqlx<BEST> {
                /// `FromRow` after all rows have come, or each row by index as it comes.
                async fn posts(
                    &self,
                    query: &'static str,
                    behind: Option<&Last>,
                    capacity: usize,
                ) -> Result<Vec<Post>> {
                    if BEST {
                        let query = sqlx::query(query);
                        let query = match behind {
                            Some(last) => query.bind(last.created_at).bind(last.id),
                            None => query,
                        };
                        let mut rows = query.fetch(&self.pool);
                        let mut posts = Vec::with_capacity(capacity);
                        while let Some(row) = rows.try_next().await? {
                            posts.push(post(&row)?);
                        }
                        return Ok(posts);
                    }
                    let query = sqlx::query_as(query);
                    let query = match behind {
                        Some(last) => query.bind(last.created_at).bind(last.id),
                        None => query,
                    };
                    Ok(query.fetch_all(&self.pool).await?)
                }

                /// A statement of many `VALUES` for each 1,000 rows: PostgreSQL binds 65,535 values in one.
                async fn push_values(&self, posts: &[Post]) -> sqlx::Result<u64> {
                    let mut made = 0;
                    let mut transaction = self.pool.begin_with($begin).await?;
                    for posts in posts.chunks(1_000) {
                        let mut builder = sqlx::QueryBuilder::<sqlx::$Database>::new(concat!(
                            "INSERT INTO posts (",
                            columns!(),
                            ") "
                        ));
                        builder.push_values(posts, |mut row, post| {
                            row.push_bind(post.id)
                                .push_bind(&post.title)
                                .push_bind(&post.slug)
                                .push_bind(&post.content)
                                .push_bind(&post.excerpt)
                                .push_bind(post.author_id)
                                .push_bind(post.category_id)
                                .push_bind(post.views_count)
                                .push_bind(post.featured)
                                .push_bind(post.rating)
                                .push_bind(&post.change_log)
                                .push_bind(post.created_at)
                                .push_bind(post.updated_at)
                                .push_bind(post.deleted_at)
                                .push_bind(post.status)
                                .push_bind(post.published_at);
                        });
                        made += builder.build().execute(&mut *transaction).await?.rows_affected();
                    }
                    transaction.commit().await?;
                    Ok(made)
                }

                /// Row by row, in a transaction.
                async fn delete_in_a_loop(&self, by: &Editor) -> Result<u64> {
                    let mut transaction = self.pool.begin_with($begin).await?;
                    let drafts: Vec<(Uuid, String, Option<DateTime<Utc>>)> = sqlx::query_as($drafts).fetch_all(&mut *transaction)
                    .await?;
                    let now = now();
                    for (id, title, deleted_at) in &drafts {
                        sqlx::query(DELETE_DRAFT).bind(id).bind(now).execute(&mut *transaction).await?;
                        let mut changes = Map::new();
                        let change = serde_json::json!({ "old": deleted_at, "new": now });
                        changes.insert("deleted_at".into(), change);
                        let subject = (*id, title.as_str());
                        audit("delete", "benches.draft", subject, changes, (now, by), &mut transaction).await?;
                    }
                    transaction.commit().await?;
                    Ok(drafts.len() as u64)
                }
            }

            impl<const BEST: bool> Peer for Sqlx<BEST> {
                type Post = Post;
                type Joined = Joined;
                type Article = Article;
                type Place = Last;

                async fn connect(url: &str, connections: u32) -> Result<Self> {
                    Ok(Self { pool: pool::$module(url, connections, BEST).await? })
                }

                async fn get(&self, id: Uuid) -> Result<Post> {
                    if BEST {
                        return Ok(post(&sqlx::query(GET).bind(id).fetch_one(&self.pool).await?)?);
                    }
                    Ok(sqlx::query_as(GET).bind(id).fetch_one(&self.pool).await?)
                }

                async fn list(&self, limit: u64) -> Result<Vec<Post>> {
                    let query = if limit == 100 { LIST_100 } else { LIST_10_000 };
                    self.posts(query, None, limit as usize).await
                }

                async fn joined(&self) -> Result<Vec<Joined>> {
                    if BEST {
                        let mut rows = sqlx::query(JOINED).fetch(&self.pool);
                        let mut joined = Vec::with_capacity(100);
                        while let Some(row) = rows.try_next().await? {
                            joined.push(Joined {
                                post: post(&row)?,
                                the_author_id: row.try_get(16)?,
                                author_name: row.try_get(17)?,
                                author_email: row.try_get(18)?,
                            });
                        }
                        return Ok(joined);
                    }
                    Ok(sqlx::query_as(JOINED).fetch_all(&self.pool).await?)
                }

                async fn count(&self) -> Result<u64> {
                    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&self.pool).await?;
                    Ok(count.try_into()?)
                }

                async fn place(&self, last: &Last) -> Result<Last> {
                    Ok(last.clone())
                }

                async fn page(&self, behind: Option<&Last>) -> Result<Vec<Post>> {
                    let query = if behind.is_some() { PAGE_BEHIND } else { PAGE_1 };
                    let mut posts = self.posts(query, behind, PAGE + 1).await?;
                    posts.truncate(PAGE);
                    Ok(posts)
                }

                async fn stream(&self) -> Result<(u64, u64)> {
                    let mut posts = sqlx::query_as::<_, Post>(LIST_ALL).fetch(&self.pool);
                    let (mut count, mut length) = (0, 0);
                    while let Some(post) = posts.try_next().await? {
                        count += 1;
                        length += post.content.len() as u64;
                    }
                    Ok((count, length))
                }

                async fn insert(&self, draft: Draft) -> Result<Post> {
                    let post = new_row(draft, |log| log);
                    bind_row!(sqlx::query(INSERT), post)
                        .bind(post.created_at)
                        .bind(post.updated_at)
                        .bind(post.deleted_at)
                        .bind(post.status)
                        .bind(post.published_at)
                        .execute(&self.pool)
                        .await?;
                    Ok(post)
                }

                async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
                    let posts: Vec<Post> =
                        drafts.into_iter().map(|draft| new_row(draft, |log| log)).collect();
                    if BEST {
                        return bulk::$module(&posts, &self.pool).await;
                    }
                    Ok(self.push_values(&posts).await?)
                }

                async fn save(&self, post: &mut Post, title: String) -> Result<()> {
                    post.title = title;
                    post.updated_at = now();
                    let update = if BEST { UPDATE_DIFFERENT } else { UPDATE };
                    let update = bind_row!(sqlx::query(update), post).bind(post.updated_at);
                    if update.execute(&self.pool).await?.rows_affected() == 0 {
                        let found = match BEST {
                            true => sqlx::query(IS_THERE).bind(post.id).fetch_optional(&self.pool).await?,
                            false => None,
                        };
                        ensure!(found.is_some(), "the post is gone");
                    }
                    Ok(())
                }

                async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
                    let done = sqlx::query(SELL).bind(product).bind(pieces).execute(&self.pool).await?;
                    Ok(done.rows_affected() == 1)
                }

                async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
                    let sell = sqlx::query_as(SELL_AND_READ).bind(product).bind(pieces);
                    // On SQLite `fetch_optional` returns before the write is committed.
                    let left: Option<(Uuid, String, i32)> = match BEST {
                        true => sell.fetch_all(&self.pool).await?.pop(),
                        false => sell.fetch_optional(&self.pool).await?,
                    };
                    Ok(left.map(|(_, _, stock)| stock))
                }

                async fn article(&self, id: Uuid) -> Result<Article> {
                    Ok(sqlx::query_as(ARTICLE)
                        .bind(id)
                        .fetch_one(&self.pool)
                        .await?)
                }

                async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
                    let article = new_row(draft, |_| Value::Object(Map::new()));
                    let mut transaction = self.pool.begin_with($begin).await?;
                    bind_row!(sqlx::query(INSERT_ARTICLE), article)
                        .bind(article.created_at)
                        .bind(article.updated_at)
                        .bind(article.deleted_at)
                        .bind(article.status)
                        .bind(article.published_at)
                        .execute(&mut *transaction)
                        .await?;
                    let changes = all_new!(article);
                    let subject = (article.id, article.title.as_str());
                    let when = (article.created_at, by);
                    audit("create", "benches.article", subject, changes, when, &mut transaction).await?;
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
                    apply!(change, article, now, Status::Published);
                    let mut transaction = self.pool.begin_with($begin).await?;
                    let old: Article =
                        sqlx::query_as($article).bind(article.id).fetch_one(&mut *transaction).await?;
                    let changes = changes!(old, article);
                    ensure!(!changes.is_empty(), "nothing was written");
                    article.change_log = old.change_log;
                    log(&mut article.change_log.0, now, &changes);
                    bind_row!(sqlx::query(UPDATE_ARTICLE), article)
                        .bind(now)
                        .bind(article.deleted_at)
                        .bind(article.status)
                        .bind(article.published_at)
                        .execute(&mut *transaction)
                        .await?;
                    let subject = (article.id, article.title.as_str());
                    audit(action, "benches.article", subject, changes, (now, by), &mut transaction).await?;
                    transaction.commit().await?;
                    Ok(())
                }

                async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
                    if BEST {
                        return delete_all::$module(by, &self.pool).await;
                    }
                    self.delete_in_a_loop(by).await
                }
            }
        }
    };
}

/// How SQLite has an address.
struct Text(String);

impl From<std::net::IpAddr> for Text {
    fn from(address: std::net::IpAddr) -> Self {
        Self(address.to_string())
    }
}

impl sqlx::Type<sqlx::Sqlite> for Text {
    fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
        <String as sqlx::Type<sqlx::Sqlite>>::type_info()
    }
}

impl sqlx::Encode<'_, sqlx::Sqlite> for Text {
    fn encode_by_ref(
        &self,
        arguments: &mut sqlx::sqlite::SqliteArgumentsBuffer,
    ) -> std::result::Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        sqlx::Encode::<sqlx::Sqlite>::encode_by_ref(&self.0, arguments)
    }
}

by_hand!(sqlite, Sqlite, Text, "BEGIN IMMEDIATE", ARTICLE, DRAFTS);
by_hand!(
    postgres,
    Postgres,
    sqlx::types::ipnetwork::IpNetwork,
    "BEGIN",
    ARTICLE_FOR_UPDATE,
    DRAFTS_FOR_UPDATE
);

/// Connecting.
mod pool {
    use model_runtime::Pool;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

    use super::*;

    pub async fn sqlite(url: &str, connections: u32, best: bool) -> Result<sqlx::SqlitePool> {
        if best {
            return match Pool::connect_with(url, connections).await? {
                Pool::Sqlite(pool) => Ok(pool),
                Pool::Postgres(_) => anyhow::bail!("the URL is PostgreSQL's"),
            };
        }
        let options = url
            .parse::<SqliteConnectOptions>()?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(connections);
        Ok(pool.connect_with(options).await?)
    }

    pub async fn postgres(url: &str, connections: u32, best: bool) -> Result<sqlx::PgPool> {
        if best {
            return match Pool::connect_with(url, connections).await? {
                Pool::Postgres(pool) => Ok(pool),
                Pool::Sqlite(_) => anyhow::bail!("the URL is SQLite's"),
            };
        }
        Ok(sqlx::postgres::PgPoolOptions::new().max_connections(connections).connect(url).await?)
    }
}

/// The quickest way to write many rows.
mod bulk {
    use super::*;

    /// Rows of one statement: it stays prepared, and more rows gain nothing.
    const CHUNK: usize = 50;

    pub async fn sqlite(posts: &[Post], pool: &sqlx::SqlitePool) -> Result<u64> {
        let mut made = 0;
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        for posts in posts.chunks(CHUNK) {
            let values = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; posts.len()].join(", ");
            let sql = format!(concat!("INSERT INTO posts (", columns!(), ") VALUES {}"), values);
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for post in posts {
                query = bind_row!(query, post)
                    .bind(post.created_at)
                    .bind(post.updated_at)
                    .bind(post.deleted_at)
                    .bind(post.status)
                    .bind(post.published_at);
            }
            made += query.execute(&mut *transaction).await?.rows_affected();
        }
        transaction.commit().await?;
        Ok(made)
    }

    /// One array for each column, as sqlx's FAQ advises.
    pub async fn postgres(posts: &[Post], pool: &sqlx::PgPool) -> Result<u64> {
        macro_rules! column {
            ($post:ident => $value:expr) => {
                posts.iter().map(|$post| $value).collect::<Vec<_>>()
            };
        }
        let done = sqlx::query(UNNEST)
            .bind(column!(post => post.id))
            .bind(column!(post => post.title.as_str()))
            .bind(column!(post => post.slug.as_str()))
            .bind(column!(post => post.content.as_str()))
            .bind(column!(post => post.excerpt.as_str()))
            .bind(column!(post => post.author_id))
            .bind(column!(post => post.category_id))
            .bind(column!(post => post.views_count))
            .bind(column!(post => post.featured))
            .bind(column!(post => post.rating))
            .bind(column!(post => &post.change_log))
            .bind(column!(post => post.created_at))
            .bind(column!(post => post.updated_at))
            .bind(column!(post => post.deleted_at))
            .bind(column!(post => post.status.as_str()))
            .bind(column!(post => post.published_at))
            .execute(pool)
            .await?;
        Ok(done.rows_affected())
    }
}

/// The quickest way to delete all drafts softly and audit it.
mod delete_all {
    use super::*;

    pub async fn sqlite(by: &Editor, pool: &sqlx::SqlitePool) -> Result<u64> {
        let now = now();
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(AUDIT_DRAFTS_ON_SQLITE)
            .bind(now)
            .bind(&by.actor_id)
            .bind(&by.actor_label)
            .bind(by.ip_address.to_string())
            .bind(&by.user_agent)
            .bind(&by.request_id)
            .execute(&mut *transaction)
            .await?;
        let done = sqlx::query(DELETE_DRAFTS).bind(now).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }

    /// In one statement, since the old value of every row is known to be NULL.
    pub async fn postgres(by: &Editor, pool: &sqlx::PgPool) -> Result<u64> {
        let done = sqlx::query(DELETE_AND_AUDIT_DRAFTS_ON_POSTGRES)
            .bind(now())
            .bind(&by.actor_id)
            .bind(&by.actor_label)
            .bind(sqlx::types::ipnetwork::IpNetwork::from(by.ip_address))
            .bind(&by.user_agent)
            .bind(&by.request_id)
            .execute(pool)
            .await?;
        Ok(done.rows_affected())
    }
}
