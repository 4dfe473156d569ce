//! SeaORM 2, with its own ways: active models, `select_also`, cursors. It has no audit trail, so that this is written
//! in a transaction.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::TryStreamExt;
use harness::{Change, Draft, Editor, Last, LogEntry, PAGE, Peer, all_new, apply, changes, log, now};
use model_runtime::prelude::{DateTime, Utc, Uuid};
use sea_orm::entity::prelude::*;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ActiveValue, ConnectOptions, Database, DatabaseTransaction, ExprTrait as _, FromJsonQueryResult,
    IntoActiveModel, QueryOrder, QuerySelect, Set, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The state of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "lowercase")]
pub enum Status {
    #[sea_orm(string_value = "draft")]
    Draft,
    #[sea_orm(string_value = "published")]
    Published,
    #[sea_orm(string_value = "archived")]
    Archived,
}

/// The change log of a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Log(Vec<LogEntry>);

macro_rules! entity {
    ($module:ident, $table:tt, $Log:ty) => {
        pub mod $module {
            use super::*;

            #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub id: Uuid,
                pub title: String,
                #[sea_orm(unique)]
                pub slug: String,
                pub content: String,
                pub excerpt: String,
                pub author_id: Uuid,
                pub category_id: Option<Uuid>,
                pub views_count: i32,
                pub featured: bool,
                pub rating: f64,
                #[sea_orm(column_type = "JsonBinary")]
                pub change_log: $Log,
                pub created_at: DateTime<Utc>,
                pub updated_at: DateTime<Utc>,
                pub deleted_at: Option<DateTime<Utc>>,
                pub status: Status,
                pub published_at: Option<DateTime<Utc>>,
            }

            #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
            pub enum Relation {
                #[sea_orm(
                    belongs_to = "super::author::Entity",
                    from = "Column::AuthorId",
                    to = "super::author::Column::Id"
                )]
                Author,
            }

            impl Related<super::author::Entity> for Entity {
                fn to() -> RelationDef {
                    Relation::Author.def()
                }
            }

            impl ActiveModelBehavior for ActiveModel {}

            /// A row that is not written yet.
            pub fn new(draft: Draft, change_log: $Log) -> Model {
                let now = now();
                Model {
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
                    change_log,
                    created_at: now,
                    updated_at: now,
                    deleted_at: None,
                    status: Status::Draft,
                    published_at: None,
                }
            }
        }
    };
}

entity!(post, "posts", Log);
entity!(article, "articles", Json);

pub mod author {
    use super::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "authors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub email: String,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod product {
    use super::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "products")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub stock: i32,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod draft {
    use super::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "drafts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub title: String,
        pub content: String,
        pub views_count: i32,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub deleted_at: Option<DateTime<Utc>>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The audit trail. An address is text on SQLite, and is cast to INET on PostgreSQL.
macro_rules! audit_log {
    ($module:ident, $(#[$address:meta])*) => {
        pub mod $module {
            use super::*;

            #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = "audit_logs")]
            pub struct Model {
                #[sea_orm(primary_key)]
                pub id: i64,
                pub timestamp: DateTime<Utc>,
                pub action: String,
                pub content_type: String,
                pub object_id: String,
                pub object_repr: String,
                #[sea_orm(column_type = "JsonBinary")]
                pub changes: Json,
                pub actor_id: Option<String>,
                pub actor_label: Option<String>,
                $(#[$address])*
                pub ip_address: Option<String>,
                pub user_agent: String,
                pub request_id: Option<String>,
            }

            #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}

            pub fn new(
                action: &str,
                content_type: &str,
                (id, title): (Uuid, &str),
                changes: Map<String, Value>,
                (now, by): (DateTime<Utc>, &Editor),
            ) -> ActiveModel {
                ActiveModel {
                    id: ActiveValue::NotSet,
                    timestamp: Set(now),
                    action: Set(action.to_owned()),
                    content_type: Set(content_type.to_owned()),
                    object_id: Set(id.to_string()),
                    object_repr: Set(title.chars().take(255).collect()),
                    changes: Set(Value::Object(changes)),
                    actor_id: Set(Some(by.actor_id.clone())),
                    actor_label: Set(Some(by.actor_label.clone())),
                    ip_address: Set(Some(by.ip_address.to_string())),
                    user_agent: Set(by.user_agent.clone()),
                    request_id: Set(Some(by.request_id.clone())),
                }
            }
        }
    };
}

audit_log!(audit_sqlite,);
audit_log!(audit_postgres, #[sea_orm(save_as = "inet")]);

/// A pool of SeaORM's.
#[derive(Clone)]
pub struct SeaOrm {
    db: DatabaseConnection,
    is_postgres: bool,
}

impl SeaOrm {
    async fn begin(&self) -> Result<DatabaseTransaction> {
        let immediate = TransactionOptions {
            sqlite_transaction_mode: (!self.is_postgres).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.db.begin_with_options(immediate).await?)
    }

    async fn audit(
        &self,
        action: &str,
        article: &article::Model,
        changes: Map<String, Value>,
        when: (DateTime<Utc>, &Editor),
        transaction: &DatabaseTransaction,
    ) -> Result<()> {
        let (content_type, subject) = ("benches.article", (article.id, article.title.as_str()));
        if self.is_postgres {
            let row = audit_postgres::new(action, content_type, subject, changes, when);
            audit_postgres::Entity::insert(row).exec_without_returning(transaction).await?;
        } else {
            let row = audit_sqlite::new(action, content_type, subject, changes, when);
            audit_sqlite::Entity::insert(row).exec_without_returning(transaction).await?;
        }
        Ok(())
    }

    fn live() -> Select<post::Entity> {
        post::Entity::find()
            .filter(post::Column::DeletedAt.is_null())
            .order_by_desc(post::Column::CreatedAt)
            .order_by_desc(post::Column::Id)
    }
}

impl Peer for SeaOrm {
    type Post = post::Model;
    type Joined = (post::Model, Option<author::Model>);
    type Article = article::Model;
    type Place = (DateTime<Utc>, Uuid);

    async fn connect(url: &str, connections: u32) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(connections).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
        });
        let db = Database::connect(options).await?;
        Ok(Self { db, is_postgres: url.starts_with("postgres") })
    }

    async fn get(&self, id: Uuid) -> Result<post::Model> {
        let live = post::Entity::find_by_id(id).filter(post::Column::DeletedAt.is_null());
        live.one(&self.db).await?.context("there is no such post")
    }

    async fn list(&self, limit: u64) -> Result<Vec<post::Model>> {
        Ok(Self::live().limit(limit).all(&self.db).await?)
    }

    async fn joined(&self) -> Result<Vec<(post::Model, Option<author::Model>)>> {
        Ok(Self::live().limit(100).find_also_related(author::Entity).all(&self.db).await?)
    }

    async fn count(&self) -> Result<u64> {
        Ok(post::Entity::find().filter(post::Column::DeletedAt.is_null()).count(&self.db).await?)
    }

    async fn place(&self, last: &Last) -> Result<(DateTime<Utc>, Uuid)> {
        Ok((last.created_at, last.id))
    }

    async fn page(&self, behind: Option<&(DateTime<Utc>, Uuid)>) -> Result<Vec<post::Model>> {
        let live = post::Entity::find().filter(post::Column::DeletedAt.is_null());
        let mut cursor = live.cursor_by((post::Column::CreatedAt, post::Column::Id));
        cursor.desc().first(PAGE as u64 + 1);
        if let Some(behind) = behind {
            cursor.after(*behind);
        }
        let mut posts = cursor.all(&self.db).await?;
        posts.truncate(PAGE);
        Ok(posts)
    }

    async fn stream(&self) -> Result<(u64, u64)> {
        let mut posts = Self::live().stream(&self.db).await?;
        let (mut count, mut length) = (0, 0);
        while let Some(post) = posts.try_next().await? {
            count += 1;
            length += post.content.len() as u64;
        }
        Ok((count, length))
    }

    async fn insert(&self, draft: Draft) -> Result<post::Model> {
        let log = Log(draft.change_log.clone());
        Ok(post::new(draft, log).into_active_model().reset_all().insert(&self.db).await?)
    }

    async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
        let posts: Vec<post::ActiveModel> = drafts
            .into_iter()
            .map(|mut draft| {
                let log = Log(std::mem::take(&mut draft.change_log));
                post::new(draft, log).into_active_model().reset_all()
            })
            .collect();
        let transaction = self.begin().await?;
        let mut made = 0;
        // PostgreSQL binds 65,535 values in a statement.
        for posts in posts.chunks(1_000) {
            let insert = post::Entity::insert_many(posts.iter().cloned());
            made += insert.exec_without_returning(&transaction).await?;
        }
        transaction.commit().await?;
        Ok(made)
    }

    async fn save(&self, post: &mut post::Model, title: String) -> Result<()> {
        let mut active = post.clone().into_active_model();
        active.title.set_if_not_equals(title);
        if active.is_changed() {
            active.updated_at = Set(now());
        }
        *post = active.update(&self.db).await?;
        Ok(())
    }

    async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
        let sell = product::Entity::update_many()
            .col_expr(product::Column::Stock, Expr::col(product::Column::Stock).sub(pieces))
            .filter(product::Column::Id.eq(product))
            .filter(product::Column::Stock.gte(pieces));
        Ok(sell.exec(&self.db).await?.rows_affected == 1)
    }

    async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
        let sell = product::Entity::update_many()
            .col_expr(product::Column::Stock, Expr::col(product::Column::Stock).sub(pieces))
            .filter(product::Column::Id.eq(product))
            .filter(product::Column::Stock.gte(pieces));
        Ok(sell.exec_with_returning(&self.db).await?.first().map(|product| product.stock))
    }

    async fn article(&self, id: Uuid) -> Result<article::Model> {
        article::Entity::find_by_id(id).one(&self.db).await?.context("there is no such article")
    }

    async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<article::Model> {
        let transaction = self.begin().await?;
        let article = article::new(draft, Value::Object(Map::new()));
        let article = article.into_active_model().reset_all().insert(&transaction).await?;
        let when = (article.created_at, by);
        self.audit("create", &article, all_new!(article), when, &transaction).await?;
        transaction.commit().await?;
        Ok(article)
    }

    async fn audited_write(&self, article: &mut article::Model, change: Change, by: &Editor) -> Result<()> {
        let (action, now) = (change.action(), now());
        apply!(change, article, now, Status::Published);
        let transaction = self.begin().await?;
        let old = article::Entity::find_by_id(article.id).lock_exclusive().one(&transaction).await?;
        let old = old.context("there is no such article")?;
        let changes = changes!(old, article);
        ensure!(!changes.is_empty(), "nothing was written");
        let mut change_log = old.change_log.clone();
        log(&mut change_log, now, &changes);
        let mut active = old.into_active_model();
        active.title.set_if_not_equals(article.title.clone());
        active.status.set_if_not_equals(article.status);
        active.published_at.set_if_not_equals(article.published_at);
        active.deleted_at.set_if_not_equals(article.deleted_at);
        active.updated_at = Set(now);
        active.change_log = Set(change_log);
        *article = active.update(&transaction).await?;
        self.audit(action, article, changes, (now, by), &transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
        let now = now();
        let transaction = self.begin().await?;
        let live = draft::Entity::find().filter(draft::Column::DeletedAt.is_null());
        let drafts = live.order_by_asc(draft::Column::Id).lock_exclusive().all(&transaction).await?;
        let changes = |old: &draft::Model| {
            let change = serde_json::json!({ "old": old.deleted_at, "new": now });
            Map::from_iter([("deleted_at".to_owned(), change)])
        };
        for drafts in drafts.chunks(1_000) {
            let subject = |draft: &draft::Model| (draft.id, draft.title.clone());
            if self.is_postgres {
                let rows = drafts.iter().map(|draft| {
                    let (id, title) = subject(draft);
                    audit_postgres::new("delete", "benches.draft", (id, &title), changes(draft), (now, by))
                });
                audit_postgres::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
            } else {
                let rows = drafts.iter().map(|draft| {
                    let (id, title) = subject(draft);
                    audit_sqlite::new("delete", "benches.draft", (id, &title), changes(draft), (now, by))
                });
                audit_sqlite::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
            }
        }
        let update = draft::Entity::update_many()
            .col_expr(draft::Column::DeletedAt, Expr::value(now))
            .col_expr(draft::Column::UpdatedAt, Expr::value(now))
            .filter(draft::Column::DeletedAt.is_null());
        let done = update.exec(&transaction).await?;
        transaction.commit().await?;
        Ok(done.rows_affected)
    }
}
