//! rusqlite, on one connection: what SQLite takes without a pool and without threads.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use harness::{Case, Change, Draft, Editor, Last, PAGE, Peer, all_new, apply, changes, log, now};
use model_runtime::prelude::{DateTime, Utc, Uuid};
use rusqlite::{Connection, Params, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sqlx::types::Json;

use super::sql::{self, *};
use super::sqlx::{Article, Joined, Post, Row, Status, new_row};

/// SQLite numbers `$2` and `$1` as they come, and `?2` and `?1` as they are called.
macro_rules! numbered {
    ($($name:ident)*) => {
        $(static $name: LazyLock<String> = LazyLock::new(|| sql::$name.replace('$', "?"));)*
    };
}
numbered!(UPDATE_DIFFERENT IS_THERE UPDATE_ARTICLE SELL SELL_AND_READ);

/// One connection.
#[derive(Clone)]
pub struct Rusqlite(Arc<Mutex<Connection>>);

fn row<L: DeserializeOwned>(row: &rusqlite::Row<'_>) -> Result<Row<L>> {
    let time = |text: &str| anyhow::Ok(DateTime::parse_from_rfc3339(text)?.with_timezone(&Utc));
    let optional = |index| row.get_ref(index)?.as_str_or_null()?.map(time).transpose();
    Ok(Row {
        id: row.get(0)?,
        title: row.get(1)?,
        slug: row.get(2)?,
        content: row.get(3)?,
        excerpt: row.get(4)?,
        author_id: row.get(5)?,
        category_id: row.get(6)?,
        views_count: row.get(7)?,
        featured: row.get(8)?,
        rating: row.get(9)?,
        change_log: Json(serde_json::from_str(row.get_ref(10)?.as_str()?)?),
        created_at: time(row.get_ref(11)?.as_str()?)?,
        updated_at: time(row.get_ref(12)?.as_str()?)?,
        deleted_at: optional(13)?,
        status: Status::parse(row.get_ref(14)?.as_str()?)?,
        published_at: optional(15)?,
    })
}

/// A time, as sqlx writes it.
fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339()
}

fn json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// The first columns of a row, in their order, and further ones.
macro_rules! values {
    ($row:expr, $($further:expr),+) => {
        params![
            $row.id,
            $row.title,
            $row.slug,
            $row.content,
            $row.excerpt,
            $row.author_id,
            $row.category_id,
            $row.views_count,
            $row.featured,
            $row.rating,
            json(&$row.change_log)?,
            $($further),+
        ]
    };
}

fn insert<L: Serialize>(connection: &Connection, sql: &str, row: &Row<L>) -> Result<()> {
    connection.prepare_cached(sql)?.execute(values!(
        row,
        text(row.created_at),
        text(row.updated_at),
        row.deleted_at.map(text),
        row.status.as_str(),
        row.published_at.map(text)
    ))?;
    Ok(())
}

fn audit(
    connection: &Connection,
    action: &str,
    article: &Article,
    changes: Map<String, Value>,
    (now, by): (DateTime<Utc>, &Editor),
) -> Result<()> {
    connection.prepare_cached(AUDIT)?.execute(params![
        text(now),
        action,
        "benches.article",
        article.id.to_string(),
        article.title.chars().take(255).collect::<String>(),
        json(&changes)?,
        by.actor_id,
        by.actor_label,
        by.ip_address.to_string(),
        by.user_agent,
        by.request_id,
    ])?;
    Ok(())
}

impl Rusqlite {
    fn connection(&self) -> Result<MutexGuard<'_, Connection>> {
        self.0.lock().map_err(|_| anyhow!("a call on the connection has panicked"))
    }

    fn posts(&self, sql: &str, values: impl Params, capacity: usize) -> Result<Vec<Post>> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut posts = Vec::with_capacity(capacity);
        while let Some(it) = rows.next()? {
            posts.push(row(it)?);
        }
        Ok(posts)
    }
}

impl Peer for Rusqlite {
    type Post = Post;
    type Joined = Joined;
    type Article = Article;
    type Place = Last;

    const BLOCKS: bool = true;

    async fn connect(url: &str, _connections: u32) -> Result<Self> {
        let connection = Connection::open(url.trim_start_matches("sqlite://"))?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(100);
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    fn lacks(&self, case: Case) -> Option<&'static str> {
        (case == Case::Mixed).then_some("it has one connection")
    }

    async fn get(&self, id: Uuid) -> Result<Post> {
        let posts = self.posts(GET, [id], 1)?;
        posts.into_iter().next().ok_or_else(|| anyhow!("there is no such post"))
    }

    async fn list(&self, limit: u64) -> Result<Vec<Post>> {
        self.posts(if limit == 100 { LIST_100 } else { LIST_10_000 }, [], limit as usize)
    }

    async fn joined(&self) -> Result<Vec<Joined>> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(JOINED)?;
        let mut rows = statement.query([])?;
        let mut joined = Vec::with_capacity(100);
        while let Some(it) = rows.next()? {
            joined.push(Joined {
                post: row(it)?,
                the_author_id: it.get(16)?,
                author_name: it.get(17)?,
                author_email: it.get(18)?,
            });
        }
        Ok(joined)
    }

    async fn count(&self) -> Result<u64> {
        Ok(self.connection()?.prepare_cached(COUNT)?.query_one([], |row| row.get::<_, i64>(0))?.try_into()?)
    }

    async fn place(&self, last: &Last) -> Result<Last> {
        Ok(last.clone())
    }

    async fn page(&self, behind: Option<&Last>) -> Result<Vec<Post>> {
        let mut posts = match behind {
            Some(last) => self.posts(PAGE_BEHIND, params![text(last.created_at), last.id], PAGE + 1)?,
            None => self.posts(PAGE_1, [], PAGE + 1)?,
        };
        posts.truncate(PAGE);
        Ok(posts)
    }

    async fn stream(&self) -> Result<(u64, u64)> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(LIST_ALL)?;
        let mut rows = statement.query([])?;
        let (mut count, mut length) = (0, 0);
        while let Some(it) = rows.next()? {
            let post: Post = row(it)?;
            count += 1;
            length += post.content.len() as u64;
        }
        Ok((count, length))
    }

    async fn insert(&self, draft: Draft) -> Result<Post> {
        let post = new_row(draft, |log| log);
        insert(&*self.connection()?, INSERT, &post)?;
        Ok(post)
    }

    async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
        let mut connection = self.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let count = drafts.len() as u64;
        for draft in drafts {
            insert(&transaction, INSERT, &new_row(draft, |log| log))?;
        }
        transaction.commit()?;
        Ok(count)
    }

    async fn save(&self, post: &mut Post, title: String) -> Result<()> {
        post.title = title;
        post.updated_at = now();
        let connection = self.connection()?;
        let mut update = connection.prepare_cached(&UPDATE_DIFFERENT)?;
        if update.execute(values!(post, text(post.updated_at)))? == 0 {
            ensure!(connection.prepare_cached(&IS_THERE)?.exists([post.id])?, "the post is gone");
        }
        Ok(())
    }

    async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
        Ok(self.connection()?.prepare_cached(&SELL)?.execute(params![product, pieces])? == 1)
    }

    async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(&SELL_AND_READ)?;
        let mut rows = statement.query(params![product, pieces])?;
        let left = rows.next()?.map(|row| row.get(2)).transpose()?;
        // The statement ends with its last row.
        ensure!(rows.next()?.is_none(), "more than one product has that key");
        Ok(left)
    }

    async fn article(&self, id: Uuid) -> Result<Article> {
        self.connection()?.prepare_cached(ARTICLE)?.query_one([id], |it| Ok(row(it)))?
    }

    async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
        let article = new_row(draft, |_| Value::Object(Map::new()));
        let mut connection = self.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert(&transaction, INSERT_ARTICLE, &article)?;
        audit(&transaction, "create", &article, all_new!(article), (article.created_at, by))?;
        transaction.commit()?;
        Ok(article)
    }

    async fn audited_write(&self, article: &mut Article, change: Change, by: &Editor) -> Result<()> {
        let (action, now) = (change.action(), now());
        apply!(change, article, now, Status::Published);
        let mut connection = self.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let old: Article =
            transaction.prepare_cached(ARTICLE)?.query_one([article.id], |it| Ok(row(it)))??;
        let changes = changes!(old, article);
        ensure!(!changes.is_empty(), "nothing was written");
        article.change_log = old.change_log;
        log(&mut article.change_log.0, now, &changes);
        transaction.prepare_cached(&UPDATE_ARTICLE)?.execute(values!(
            article,
            text(now),
            article.deleted_at.map(text),
            article.status.as_str(),
            article.published_at.map(text)
        ))?;
        audit(&transaction, action, article, changes, (now, by))?;
        transaction.commit()?;
        Ok(())
    }

    async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
        let now = text(now());
        let mut connection = self.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.prepare_cached(AUDIT_DRAFTS_ON_SQLITE)?.execute(params![
            now,
            by.actor_id,
            by.actor_label,
            by.ip_address.to_string(),
            by.user_agent,
            by.request_id,
        ])?;
        let deleted = transaction.prepare_cached(DELETE_DRAFTS)?.execute([now])?;
        transaction.commit()?;
        Ok(deleted as u64)
    }
}
