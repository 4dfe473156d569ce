//! Diesel 2.3, which is synchronous: its calls block the thread that they are measured on. It has no audit trail, so
//! that this is written in a transaction.

use anyhow::{Result, ensure};
use diesel::connection::SimpleConnection;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Binary, Jsonb, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use harness::{Change, Draft, Editor, Last, LogEntry, PAGE, Peer, all_new, apply, changes, log, now};
use model_runtime::prelude::{DateTime, Utc, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A key on SQLite, for which Diesel has no UUIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow, Serialize)]
#[diesel(sql_type = Binary)]
pub struct Key(Uuid);

impl From<Uuid> for Key {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromSql<Binary, Sqlite> for Key {
    fn from_sql(mut bytes: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(bytes.read_blob())?))
    }
}

impl ToSql<Binary, Sqlite> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

/// A time on SQLite, as the other sides write it: Diesel's own has a space where they have a T, and texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, AsExpression, FromSqlRow, Serialize)]
#[diesel(sql_type = Text)]
pub struct Time(DateTime<Utc>);

impl From<DateTime<Utc>> for Time {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl FromSql<Text, Sqlite> for Time {
    fn from_sql(mut text: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(DateTime::parse_from_rfc3339(text.read_text())?.with_timezone(&Utc)))
    }
}

impl ToSql<Text, Sqlite> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_rfc3339());
        Ok(IsNull::No)
    }
}

/// JSON of a type: text on SQLite, JSONB on PostgreSQL.
macro_rules! json {
    ($(#[$doc:meta])* $Name:ident($Of:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow, Serialize, Deserialize)]
        #[diesel(sql_type = Text)]
        #[diesel(sql_type = Jsonb)]
        pub struct $Name($Of);

        impl FromSql<Text, Sqlite> for $Name {
            fn from_sql(mut text: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(serde_json::from_str(text.read_text())?)
            }
        }

        impl ToSql<Text, Sqlite> for $Name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(serde_json::to_string(self)?);
                Ok(IsNull::No)
            }
        }

        impl FromSql<Jsonb, Pg> for $Name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                // Behind the version of the format.
                Ok(serde_json::from_slice(value.as_bytes().get(1..).ok_or("a JSONB without a version")?)?)
            }
        }

        impl ToSql<Jsonb, Pg> for $Name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                std::io::Write::write_all(out, &[1])?;
                serde_json::to_writer(out, self)?;
                Ok(IsNull::No)
            }
        }
    };
}

json! {
    /// The change log of a post.
    Log(Vec<LogEntry>)
}
json! {
    /// The change log of an article, or what an audit row tells.
    Changes(Value)
}

/// The state of a post.
#[derive(Debug, Clone, Copy, PartialEq, AsExpression, FromSqlRow, Serialize)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Published,
    Archived,
}

impl Status {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    fn parse(text: &str) -> deserialize::Result<Self> {
        let all = [Self::Draft, Self::Published, Self::Archived];
        Ok(all.into_iter().find(|status| status.as_str() == text).ok_or("no status has that name")?)
    }
}

impl FromSql<Text, Sqlite> for Status {
    fn from_sql(mut text: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Self::parse(text.read_text())
    }
}

impl FromSql<Text, Pg> for Status {
    fn from_sql(text: PgValue<'_>) -> deserialize::Result<Self> {
        Self::parse(std::str::from_utf8(text.as_bytes())?)
    }
}

impl ToSql<Text, Sqlite> for Status {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_str());
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Pg> for Status {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.as_str().as_bytes())?;
        Ok(IsNull::No)
    }
}

/// What every connection begins with.
#[derive(Debug)]
struct Pragmas;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Pragmas {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        connection
            .batch_execute(
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                 PRAGMA foreign_keys = ON",
            )
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

macro_rules! post_table {
    ($table:ident, $Id:ident, $Json:ident, $Time:ident) => {
        diesel::table! {
            $table (id) {
                id -> $Id,
                title -> Text,
                slug -> Text,
                content -> Text,
                excerpt -> Text,
                author_id -> $Id,
                category_id -> Nullable<$Id>,
                views_count -> Integer,
                featured -> Bool,
                rating -> Double,
                change_log -> $Json,
                created_at -> $Time,
                updated_at -> $Time,
                deleted_at -> Nullable<$Time>,
                status -> Text,
                published_at -> Nullable<$Time>,
            }
        }
    };
}

macro_rules! row {
    ($Row:ident, $table:ident, $Log:ty, $db:ident, $RowId:ty, $RowTime:ty) => {
        #[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable, Insertable, AsChangeset)]
        #[diesel(table_name = $table, check_for_backend($db), treat_none_as_null = true)]
        // A row at a time on SQLite, else.
        #[diesel(treat_none_as_default_value = false)]
        pub struct $Row {
            pub id: $RowId,
            pub title: String,
            pub slug: String,
            pub content: String,
            pub excerpt: String,
            pub author_id: $RowId,
            pub category_id: Option<$RowId>,
            pub views_count: i32,
            pub featured: bool,
            pub rating: f64,
            pub change_log: $Log,
            pub created_at: $RowTime,
            pub updated_at: $RowTime,
            pub deleted_at: Option<$RowTime>,
            pub status: Status,
            pub published_at: Option<$RowTime>,
        }

        impl $Row {
            fn new(draft: Draft, change_log: $Log) -> Self {
                let now = <$RowTime>::from(now());
                Self {
                    id: Uuid::now_v7().into(),
                    title: draft.title,
                    slug: draft.slug,
                    content: draft.content,
                    excerpt: draft.excerpt,
                    author_id: draft.author_id.into(),
                    category_id: draft.category_id.map(Into::into),
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

/// Row by row; PostgreSQL's driver would else hold all of them.
macro_rules! stream_rows {
    (sqlite, $query:expr, $connection:expr, |$row:ident| $work:block) => {
        for $row in $query.load_iter::<Post, diesel::connection::DefaultLoadingMode>($connection)? $work
    };
    (postgres, $query:expr, $connection:expr, |$row:ident| $work:block) => {
        for $row in $query.load_iter::<Post, diesel::pg::PgRowByRowLoadingMode>($connection)? $work
    };
}

macro_rules! by_diesel {
    (
        $module:ident, $Connection:ty, $db:ident,
        types: $Id:ident $Json:ident $Time:ident $Ip:ident,
        rust: $RowId:ty, $RowTime:ty, $RowIp:ty, |$ip:ident| $to_ip:expr,
        $transaction:ident, |$query:ident| $locked:expr, |$builder:ident| $customized:expr, |$url:ident| $to_url:expr
    ) => {
        /// On one database.
        pub mod $module {
            use super::*;

            post_table!(posts, $Id, $Json, $Time);
            post_table!(articles, $Id, $Json, $Time);

            diesel::table! {
                authors (id) {
                    id -> $Id,
                    name -> Text,
                    email -> Text,
                }
            }

            diesel::table! {
                products (id) {
                    id -> $Id,
                    name -> Text,
                    stock -> Integer,
                }
            }

            diesel::table! {
                drafts (id) {
                    id -> $Id,
                    title -> Text,
                    deleted_at -> Nullable<$Time>,
                    updated_at -> $Time,
                }
            }

            diesel::table! {
                audit_logs (id) {
                    id -> BigInt,
                    timestamp -> $Time,
                    action -> Text,
                    content_type -> Text,
                    object_id -> Text,
                    object_repr -> Text,
                    changes -> $Json,
                    actor_id -> Nullable<Text>,
                    actor_label -> Nullable<Text>,
                    ip_address -> Nullable<$Ip>,
                    user_agent -> Text,
                    request_id -> Nullable<Text>,
                }
            }

            diesel::joinable!(posts -> authors (author_id));
            diesel::allow_tables_to_appear_in_same_query!(posts, authors);

            row!(Post, posts, Log, $db, $RowId, $RowTime);
            row!(Article, articles, Changes, $db, $RowId, $RowTime);

            /// An author.
            #[derive(Debug, Queryable, Selectable)]
            #[diesel(table_name = authors, check_for_backend($db))]
            #[allow(dead_code)]
            pub struct Author {
                id: $RowId,
                name: String,
                email: String,
            }

            /// An audit row that is not written yet.
            #[derive(Debug, Insertable)]
            #[diesel(table_name = audit_logs)]
            struct NewAuditLog<'a> {
                timestamp: $RowTime,
                action: &'a str,
                content_type: &'a str,
                object_id: String,
                object_repr: String,
                changes: Changes,
                actor_id: &'a str,
                actor_label: &'a str,
                ip_address: $RowIp,
                user_agent: &'a str,
                request_id: &'a str,
            }

            fn audit_log<'a>(
                action: &'a str,
                content_type: &'a str,
                (id, title): ($RowId, &str),
                changes: Map<String, Value>,
                (now, by): ($RowTime, &'a Editor),
            ) -> NewAuditLog<'a> {
                let $ip = by.ip_address;
                NewAuditLog {
                    timestamp: now,
                    action,
                    content_type,
                    object_id: id.to_string(),
                    object_repr: title.chars().take(255).collect(),
                    changes: Changes(Value::Object(changes)),
                    actor_id: &by.actor_id,
                    actor_label: &by.actor_label,
                    ip_address: $to_ip,
                    user_agent: &by.user_agent,
                    request_id: &by.request_id,
                }
            }

            /// A pool of r2d2's, which does not ping.
            #[derive(Clone)]
            pub struct Diesel(Pool<ConnectionManager<$Connection>>);

            impl Diesel {
                fn connection(&self) -> Result<PooledConnection<ConnectionManager<$Connection>>> {
                    Ok(self.0.get()?)
                }
            }

            impl Peer for Diesel {
                type Post = Post;
                type Joined = (Post, Author);
                type Article = Article;
                type Place = ($RowTime, $RowId);

                const BLOCKS: bool = true;

                async fn connect($url: &str, connections: u32) -> Result<Self> {
                    let manager = ConnectionManager::new($to_url);
                    let $builder = Pool::builder().max_size(connections).test_on_check_out(false);
                    Ok(Self($customized.build(manager)?))
                }

                async fn get(&self, id: Uuid) -> Result<Post> {
                    let live = posts::table.find(<$RowId>::from(id)).filter(posts::deleted_at.is_null());
                    Ok(live.select(Post::as_select()).first(&mut self.connection()?)?)
                }

                async fn list(&self, limit: u64) -> Result<Vec<Post>> {
                    Ok(posts::table
                        .filter(posts::deleted_at.is_null())
                        .order((posts::created_at.desc(), posts::id.desc()))
                        .limit(limit.try_into()?)
                        .select(Post::as_select())
                        .load(&mut self.connection()?)?)
                }

                async fn joined(&self) -> Result<Vec<(Post, Author)>> {
                    Ok(posts::table
                        .inner_join(authors::table)
                        .filter(posts::deleted_at.is_null())
                        .order((posts::created_at.desc(), posts::id.desc()))
                        .limit(100)
                        .select((Post::as_select(), Author::as_select()))
                        .load(&mut self.connection()?)?)
                }

                async fn count(&self) -> Result<u64> {
                    let live = posts::table.filter(posts::deleted_at.is_null());
                    let count: i64 = live.count().get_result(&mut self.connection()?)?;
                    Ok(count.try_into()?)
                }

                async fn place(&self, last: &Last) -> Result<($RowTime, $RowId)> {
                    Ok((last.created_at.into(), last.id.into()))
                }

                async fn page(&self, behind: Option<&($RowTime, $RowId)>) -> Result<Vec<Post>> {
                    let live = posts::table
                        .filter(posts::deleted_at.is_null())
                        .order((posts::created_at.desc(), posts::id.desc()))
                        .limit(PAGE as i64 + 1)
                        .select(Post::as_select());
                    let connection = &mut self.connection()?;
                    let mut page = match behind {
                        None => live.load(connection)?,
                        Some((created_at, id)) => {
                            let same = posts::created_at.eq(created_at).and(posts::id.lt(id));
                            // The first part alone can be looked up in an index.
                            let behind = posts::created_at.le(created_at);
                            live.filter(behind.and(posts::created_at.lt(created_at).or(same))).load(connection)?
                        }
                    };
                    page.truncate(PAGE);
                    Ok(page)
                }

                async fn stream(&self) -> Result<(u64, u64)> {
                    let live = posts::table
                        .filter(posts::deleted_at.is_null())
                        .order((posts::created_at.desc(), posts::id.desc()))
                        .select(Post::as_select());
                    let (mut count, mut length) = (0, 0);
                    stream_rows!($module, live, &mut self.connection()?, |post| {
                        count += 1;
                        length += post?.content.len() as u64;
                    });
                    Ok((count, length))
                }

                async fn insert(&self, mut draft: Draft) -> Result<Post> {
                    let log = Log(std::mem::take(&mut draft.change_log));
                    let post = Post::new(draft, log);
                    diesel::insert_into(posts::table).values(&post).execute(&mut self.connection()?)?;
                    Ok(post)
                }

                async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
                    let rows: Vec<Post> = drafts
                        .into_iter()
                        .map(|mut draft| {
                            let log = Log(std::mem::take(&mut draft.change_log));
                            Post::new(draft, log)
                        })
                        .collect();
                    self.connection()?.$transaction(|connection| {
                        let mut made = 0;
                        // PostgreSQL binds 65,535 values in a statement.
                        for rows in rows.chunks(1_000) {
                            made += diesel::insert_into(posts::table).values(rows).execute(connection)?;
                        }
                        Ok(made as u64)
                    })
                }

                async fn save(&self, post: &mut Post, title: String) -> Result<()> {
                    post.title = title;
                    post.updated_at = now().into();
                    let update = diesel::update(posts::table.find(post.id)).set(&*post);
                    ensure!(update.execute(&mut self.connection()?)? == 1, "the post is gone");
                    Ok(())
                }

                async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
                    let enough = products::table
                        .find(<$RowId>::from(product))
                        .filter(products::stock.ge(pieces));
                    let sold = diesel::update(enough)
                        .set(products::stock.eq(products::stock - pieces))
                        .execute(&mut self.connection()?)?;
                    Ok(sold == 1)
                }

                async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
                    let enough = products::table
                        .find(<$RowId>::from(product))
                        .filter(products::stock.ge(pieces));
                    let left: Option<($RowId, String, i32)> = diesel::update(enough)
                        .set(products::stock.eq(products::stock - pieces))
                        .returning(products::all_columns)
                        .get_result(&mut self.connection()?)
                        .optional()?;
                    Ok(left.map(|(_, _, stock)| stock))
                }

                async fn article(&self, id: Uuid) -> Result<Article> {
                    let article = articles::table.find(<$RowId>::from(id)).select(Article::as_select());
                    Ok(article.first(&mut self.connection()?)?)
                }

                async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
                    let article = Article::new(draft, Changes(Value::Object(Map::new())));
                    let subject = (article.id, article.title.as_str());
                    let when = (article.created_at, by);
                    let audit = audit_log("create", "benches.article", subject, all_new!(article), when);
                    self.connection()?.$transaction(|connection| {
                        diesel::insert_into(articles::table).values(&article).execute(connection)?;
                        diesel::insert_into(audit_logs::table).values(&audit).execute(connection)?;
                        anyhow::Ok(())
                    })?;
                    Ok(article)
                }

                async fn audited_write(
                    &self,
                    article: &mut Article,
                    change: Change,
                    by: &Editor,
                ) -> Result<()> {
                    let (action, now) = (change.action(), now());
                    let time = <$RowTime>::from(now);
                    apply!(change, article, time, Status::Published);
                    self.connection()?.$transaction(|connection| {
                        let $query = articles::table.find(article.id).select(Article::as_select());
                        let old: Article = $locked.first(connection)?;
                        let changes = changes!(old, article);
                        ensure!(!changes.is_empty(), "nothing was written");
                        article.change_log = old.change_log;
                        log(&mut article.change_log.0, now, &changes);
                        diesel::update(articles::table.find(article.id)).set(&*article).execute(connection)?;
                        let subject = (article.id, article.title.as_str());
                        let audit = audit_log(action, "benches.article", subject, changes, (time, by));
                        diesel::insert_into(audit_logs::table).values(&audit).execute(connection)?;
                        Ok(())
                    })
                }

                async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
                    let now = <$RowTime>::from(now());
                    self.connection()?.$transaction(|connection| {
                        let $query = drafts::table
                            .filter(drafts::deleted_at.is_null())
                            .order(drafts::id)
                            .select((drafts::id, drafts::title, drafts::deleted_at));
                        let rows: Vec<($RowId, String, Option<$RowTime>)> = $locked.load(connection)?;
                        for rows in rows.chunks(1_000) {
                            let audit: Vec<NewAuditLog<'_>> = rows
                                .iter()
                                .map(|(id, title, deleted_at)| {
                                    let change = serde_json::json!({ "old": deleted_at, "new": now });
                                    let changes = Map::from_iter([("deleted_at".to_owned(), change)]);
                                    audit_log("delete", "benches.draft", (*id, title), changes, (now, by))
                                })
                                .collect();
                            diesel::insert_into(audit_logs::table).values(&audit).execute(connection)?;
                        }
                        let live = drafts::table.filter(drafts::deleted_at.is_null());
                        let deleted = diesel::update(live)
                            .set((drafts::deleted_at.eq(Some(now)), drafts::updated_at.eq(now)))
                            .execute(connection)?;
                        Ok(deleted as u64)
                    })
                }
            }
        }
    };
}

by_diesel!(
    sqlite, SqliteConnection, Sqlite,
    types: Binary Text Text Text,
    rust: Key, Time, String, |address| address.to_string(),
    immediate_transaction, |query| query, |builder| builder.connection_customizer(Box::new(Pragmas)),
    |url| url.trim_start_matches("sqlite://")
);
by_diesel!(
    postgres, PgConnection, Pg,
    types: Uuid Jsonb Timestamptz Inet,
    rust: super::Uuid, DateTime<Utc>, ipnetwork::IpNetwork, |address| address.into(),
    transaction, |query| query.for_update(), |builder| builder, |url| url
);
