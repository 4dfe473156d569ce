//! tokio-postgres, on one connection, every statement prepared once: what PostgreSQL takes without a pool.

use std::sync::Arc;

use anyhow::{Result, ensure};
use futures_util::{TryStreamExt, pin_mut};
use harness::{Case, Change, Draft, Editor, Last, PAGE, Peer, all_new, apply, changes, log, now};
use model_runtime::prelude::{DateTime, Utc, Uuid};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sqlx::types::Json;
use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::types::{Json as PgJson, ToSql};
use tokio_postgres::{Client, GenericClient, NoTls, Statement};

use super::sql::*;
use super::sqlx::{Article, Joined, Post, Row, Status, new_row};

/// One connection.
#[derive(Clone)]
pub struct TokioPostgres(Arc<Inner>);

struct Inner {
    client: Mutex<Client>,
    statements: Statements,
}

/// Prepares the statements, each once.
macro_rules! statements {
    ($($name:ident: $sql:expr),* $(,)?) => {
        struct Statements {
            $($name: Statement,)*
        }

        impl Statements {
            async fn prepare(client: &Client) -> Result<Self> {
                Ok(Self { $($name: client.prepare($sql).await?,)* })
            }
        }
    };
}

statements! {
    get: GET,
    list_100: LIST_100,
    list_10_000: LIST_10_000,
    list_all: LIST_ALL,
    joined: JOINED,
    count: COUNT,
    page_1: PAGE_1,
    page_behind: PAGE_BEHIND,
    insert: INSERT,
    insert_article: INSERT_ARTICLE,
    unnest: UNNEST,
    update: UPDATE_DIFFERENT,
    is_there: IS_THERE,
    update_article: UPDATE_ARTICLE,
    sell: SELL,
    sell_and_read: SELL_AND_READ,
    article: ARTICLE,
    article_for_update: ARTICLE_FOR_UPDATE,
    audit: AUDIT_WITH_ADDRESS_AS_TEXT,
}

/// tokio-postgres has no type for an address with a mask, which INET is.
const AUDIT_WITH_ADDRESS_AS_TEXT: &str = "INSERT INTO audit_logs (timestamp, action, content_type, object_id, \
     object_repr, changes, actor_id, actor_label, ip_address, user_agent, request_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::inet, $10, $11)";

fn row<L: DeserializeOwned>(row: &tokio_postgres::Row) -> Result<Row<L>> {
    Ok(Row {
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
        change_log: Json(decoded(row)?),
        created_at: row.try_get(11)?,
        updated_at: row.try_get(12)?,
        deleted_at: row.try_get(13)?,
        status: Status::parse(row.try_get(14)?)?,
        published_at: row.try_get(15)?,
    })
}

/// The change log. `Json` lends from the row, so that it wants a type that owns.
fn decoded<L: DeserializeOwned>(row: &tokio_postgres::Row) -> Result<L> {
    let text: Jsonb<'_> = row.try_get(10)?;
    Ok(serde_json::from_slice(text.0)?)
}

/// The text of a JSONB, behind its version.
struct Jsonb<'a>(&'a [u8]);

impl<'a> tokio_postgres::types::FromSql<'a> for Jsonb<'a> {
    fn from_sql(
        _: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.get(1..).ok_or("a JSONB without a version")?))
    }

    fn accepts(ty: &tokio_postgres::types::Type) -> bool {
        *ty == tokio_postgres::types::Type::JSONB
    }
}

/// The first columns of a row, in their order, and further ones.
macro_rules! values {
    ($row:expr, $($further:expr),+) => {
        &[
            &$row.id as &(dyn ToSql + Sync),
            &$row.title,
            &$row.slug,
            &$row.content,
            &$row.excerpt,
            &$row.author_id,
            &$row.category_id,
            &$row.views_count,
            &$row.featured,
            &$row.rating,
            &PgJson(&$row.change_log.0),
            $(&$further),+
        ] as &[&(dyn ToSql + Sync)]
    };
}

async fn insert<L: Serialize + Sync + std::fmt::Debug>(
    client: &impl GenericClient,
    statement: &Statement,
    row: &Row<L>,
) -> Result<()> {
    let status = row.status.as_str();
    let values = values!(row, row.created_at, row.updated_at, row.deleted_at, status, row.published_at);
    client.execute(statement, values).await?;
    Ok(())
}

impl TokioPostgres {
    async fn client(&self) -> MutexGuard<'_, Client> {
        self.0.client.lock().await
    }

    async fn posts(
        &self,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
        capacity: usize,
    ) -> Result<Vec<Post>> {
        let client = self.client().await;
        let rows = client.query_raw(statement, values.iter().copied()).await?;
        pin_mut!(rows);
        let mut posts = Vec::with_capacity(capacity);
        while let Some(it) = rows.try_next().await? {
            posts.push(row(&it)?);
        }
        Ok(posts)
    }

    async fn audit(
        &self,
        client: &impl GenericClient,
        action: &str,
        article: &Article,
        changes: Map<String, Value>,
        (now, by): (DateTime<Utc>, &Editor),
    ) -> Result<()> {
        let values: &[&(dyn ToSql + Sync)] = &[
            &now,
            &action,
            &"benches.article",
            &article.id.to_string(),
            &article.title.chars().take(255).collect::<String>(),
            &PgJson(changes),
            &by.actor_id,
            &by.actor_label,
            &by.ip_address.to_string(),
            &by.user_agent,
            &by.request_id,
        ];
        client.execute(&self.0.statements.audit, values).await?;
        Ok(())
    }
}

impl Peer for TokioPostgres {
    type Post = Post;
    type Joined = Joined;
    type Article = Article;
    type Place = Last;

    async fn connect(url: &str, _connections: u32) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        let statements = Statements::prepare(&client).await?;
        Ok(Self(Arc::new(Inner { client: Mutex::new(client), statements })))
    }

    fn lacks(&self, case: Case) -> Option<&'static str> {
        (case == Case::Mixed).then_some("it has one connection")
    }

    async fn get(&self, id: Uuid) -> Result<Post> {
        row(&self.client().await.query_one(&self.0.statements.get, &[&id]).await?)
    }

    async fn list(&self, limit: u64) -> Result<Vec<Post>> {
        let statements = &self.0.statements;
        let statement = if limit == 100 { &statements.list_100 } else { &statements.list_10_000 };
        self.posts(statement, &[], limit as usize).await
    }

    async fn joined(&self) -> Result<Vec<Joined>> {
        let client = self.client().await;
        let rows = client.query(&self.0.statements.joined, &[]).await?;
        let joined = |it: &tokio_postgres::Row| {
            Ok(Joined {
                post: row(it)?,
                the_author_id: it.try_get(16)?,
                author_name: it.try_get(17)?,
                author_email: it.try_get(18)?,
            })
        };
        rows.iter().map(joined).collect()
    }

    async fn count(&self) -> Result<u64> {
        let row = self.client().await.query_one(&self.0.statements.count, &[]).await?;
        Ok(row.try_get::<_, i64>(0)?.try_into()?)
    }

    async fn place(&self, last: &Last) -> Result<Last> {
        Ok(last.clone())
    }

    async fn page(&self, behind: Option<&Last>) -> Result<Vec<Post>> {
        let statements = &self.0.statements;
        let mut posts = match behind {
            Some(last) => {
                self.posts(&statements.page_behind, &[&last.created_at, &last.id], PAGE + 1).await?
            }
            None => self.posts(&statements.page_1, &[], PAGE + 1).await?,
        };
        posts.truncate(PAGE);
        Ok(posts)
    }

    async fn stream(&self) -> Result<(u64, u64)> {
        let client = self.client().await;
        let none: [&(dyn ToSql + Sync); 0] = [];
        let rows = client.query_raw(&self.0.statements.list_all, none).await?;
        pin_mut!(rows);
        let (mut count, mut length) = (0, 0);
        while let Some(it) = rows.try_next().await? {
            let post: Post = row(&it)?;
            count += 1;
            length += post.content.len() as u64;
        }
        Ok((count, length))
    }

    async fn insert(&self, draft: Draft) -> Result<Post> {
        let post = new_row(draft, |log| log);
        insert(&*self.client().await, &self.0.statements.insert, &post).await?;
        Ok(post)
    }

    async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
        let posts: Vec<Post> = drafts.into_iter().map(|draft| new_row(draft, |log| log)).collect();
        macro_rules! column {
            ($post:ident => $value:expr) => {
                &posts.iter().map(|$post| $value).collect::<Vec<_>>()
            };
        }
        let values: &[&(dyn ToSql + Sync)] = &[
            column!(post => post.id),
            column!(post => post.title.as_str()),
            column!(post => post.slug.as_str()),
            column!(post => post.content.as_str()),
            column!(post => post.excerpt.as_str()),
            column!(post => post.author_id),
            column!(post => post.category_id),
            column!(post => post.views_count),
            column!(post => post.featured),
            column!(post => post.rating),
            column!(post => PgJson(&post.change_log.0)),
            column!(post => post.created_at),
            column!(post => post.updated_at),
            column!(post => post.deleted_at),
            column!(post => post.status.as_str()),
            column!(post => post.published_at),
        ];
        Ok(self.client().await.execute(&self.0.statements.unnest, values).await?)
    }

    async fn save(&self, post: &mut Post, title: String) -> Result<()> {
        post.title = title;
        post.updated_at = now();
        let values = values!(post, post.updated_at);
        let client = self.client().await;
        if client.execute(&self.0.statements.update, values).await? == 0 {
            let found = client.query_opt(&self.0.statements.is_there, &[&post.id]).await?;
            ensure!(found.is_some(), "the post is gone");
        }
        Ok(())
    }

    async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
        Ok(self.client().await.execute(&self.0.statements.sell, &[&product, &pieces]).await? == 1)
    }

    async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
        let statement = &self.0.statements.sell_and_read;
        let left = self.client().await.query_opt(statement, &[&product, &pieces]).await?;
        Ok(left.map(|row| row.try_get(2)).transpose()?)
    }

    async fn article(&self, id: Uuid) -> Result<Article> {
        row(&self.client().await.query_one(&self.0.statements.article, &[&id]).await?)
    }

    async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
        let article = new_row(draft, |_| Value::Object(Map::new()));
        let mut client = self.client().await;
        let transaction = client.transaction().await?;
        insert(&transaction, &self.0.statements.insert_article, &article).await?;
        self.audit(&transaction, "create", &article, all_new!(article), (article.created_at, by)).await?;
        transaction.commit().await?;
        Ok(article)
    }

    async fn audited_write(&self, article: &mut Article, change: Change, by: &Editor) -> Result<()> {
        let (action, now, statements) = (change.action(), now(), &self.0.statements);
        apply!(change, article, now, Status::Published);
        let mut client = self.client().await;
        let transaction = client.transaction().await?;
        let old: Article =
            row(&transaction.query_one(&statements.article_for_update, &[&article.id]).await?)?;
        let changes = changes!(old, article);
        ensure!(!changes.is_empty(), "nothing was written");
        article.change_log = old.change_log;
        log(&mut article.change_log.0, now, &changes);
        let status = article.status.as_str();
        let values = values!(article, now, article.deleted_at, status, article.published_at);
        transaction.execute(&statements.update_article, values).await?;
        self.audit(&transaction, action, article, changes, (now, by)).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
        let sql = DELETE_AND_AUDIT_DRAFTS_ON_POSTGRES.replace("$4", "$4::text::inet");
        let values: &[&(dyn ToSql + Sync)] = &[
            &now(),
            &by.actor_id,
            &by.actor_label,
            &by.ip_address.to_string(),
            &by.user_agent,
            &by.request_id,
        ];
        Ok(self.client().await.execute(&sql, values).await?)
    }
}
