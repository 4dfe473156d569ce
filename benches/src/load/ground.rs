//! A side's database: the tables, articles, and a user with a token; and what is in it after the run.

use anyhow::{Result, ensure};
use harness::Draft;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use model_runtime::users::{self, ExposeSecret, TokenPurpose, User};

use super::client::Writes;
use crate::database::{Database, Kind};
use crate::model::{self, Article, Author};

/// A side's database.
pub struct Ground {
    pub database: Database,
    pub token: String,
    user: User,
    articles: u64,
}

/// Articles that every side begins with.
pub fn articles(count: u64) -> Vec<Article> {
    let start: DateTime<Utc> = DateTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let article = |n: u64| {
        let mut article = model::article(Draft::new(n));
        article.created_at = start + std::time::Duration::from_secs(n);
        article
    };
    (0..count).map(article).collect()
}

impl Ground {
    /// Lays it.
    pub async fn lay(kind: Kind, server: Option<&str>, name: &str, articles: &[Article]) -> Result<Self> {
        let database = Database::named(kind, server, &format!("load_{name}")).await?;
        let db = &database.pool;
        create_tables(&users::tables(), db).await?;
        create_tables(&[User::table(), AuditLog::table(), Author::table(), Article::table()], db).await?;
        users::sync_permissions(&[Article::table()], db).await?;
        let manager = User::manager();
        let user = User::builder().email("editor@example.com").first_name("Ed").last_name("Itor").build();
        let user = manager.create_user(user, None, db).await?;
        user.grant(&["benches.add_article", "benches.change_article", "benches.delete_article"], db).await?;
        let token = manager.issue(&user, TokenPurpose::Api, db).await?.expose_secret().to_owned();
        crate::ground::fill_authors(db).await?;
        Article::bulk_create(articles.to_vec(), db).await?;
        // The sides answer alike also where they tell when a row was written.
        crate::ground::run(db, "UPDATE articles SET updated_at = created_at").await?;
        crate::ground::run(db, "ANALYZE").await?;
        Ok(Self { database, token, user, articles: articles.len() as u64 })
    }

    /// Refuses a database in which another number of writes is on record than were answered, or in which the record does not say
    /// who wrote by which request.
    pub async fn audit(&self, answered: &Writes) -> Result<u64> {
        let actor = self.user.id.to_string();
        let sql = "SELECT COUNT(*), COUNT(DISTINCT request_id) FROM audit_logs \
                   WHERE content_type = 'benches.article' AND action = $1 AND actor_id = $2 AND actor_label = 'Ed Itor' \
                   AND ip_address IS NOT NULL AND user_agent = 'benches'";
        for (action, answered) in answered.actions() {
            let (rows, requests) = self.pair(sql, &[action, &actor]).await?;
            ensure!(
                (rows, requests) == (answered, answered),
                "{answered} writes ({action}) were answered, {rows} are on record, of {requests} requests"
            );
        }
        let sql = "SELECT COUNT(*), COUNT(deleted_at) FROM articles";
        let (rows, deleted) = self.pair(sql, &[]).await?;
        ensure!(
            (rows, deleted) == (self.articles + answered.created, answered.deleted),
            "there are {rows} articles, {deleted} of them deleted, after {answered:?} of {}",
            self.articles
        );
        Ok(answered.all())
    }

    async fn pair(&self, sql: &'static str, values: &[&str]) -> Result<(u64, u64)> {
        macro_rules! pair {
            ($pool:expr) => {{
                let query = values.iter().fold(sqlx::query_as(sql), |query, value| query.bind(*value));
                query.fetch_one($pool).await?
            }};
        }
        let (rows, others): (i64, i64) = match &self.database.pool {
            Pool::Sqlite(pool) => pair!(pool),
            Pool::Postgres(pool) => pair!(pool),
        };
        Ok((rows.try_into()?, others.try_into()?))
    }
}
