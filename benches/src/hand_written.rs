//! The same work as people write it with sqlx: `query` and `query_as` with `FromRow`, the SQL by hand, every
//! statement a constant (so that it is prepared once), LIMIT as a literal (bound, SQLite would prepare it again
//! each time).

use model_runtime::prelude::{DateTime, Utc, Uuid};
use sqlx::types::Json;

use crate::post::{Draft, LogEntry};

/// A row of the table.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs)]
pub struct Post {
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
    pub change_log: Json<Vec<LogEntry>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub status: Status,
    pub published_at: Option<DateTime<Utc>>,
}

/// The state of a post.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Status {
    Draft,
    Published,
    Archived,
}

impl From<Draft> for Post {
    fn from(draft: Draft) -> Self {
        let now = Utc::now();
        Self {
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
            change_log: Json(draft.change_log),
            created_at: now,
            updated_at: now,
            deleted_at: None,
            status: Status::Draft,
            published_at: None,
        }
    }
}

macro_rules! columns {
    () => {
        "id, title, slug, content, excerpt, author_id, category_id, views_count, featured, rating, change_log, \
         created_at, updated_at, deleted_at, status, published_at"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM posts WHERE ", $rest)
    };
}

const GET: &str = select!("id = $1 AND deleted_at IS NULL");
const LIST_100: &str = select!("deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 100");
const LIST_10_000: &str = select!("deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 10000");
const LIST_ALL: &str = select!("deleted_at IS NULL ORDER BY created_at DESC, id DESC");
const INSERT: &str = concat!(
    "INSERT INTO posts (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
);
const UPDATE: &str = "UPDATE posts SET title = $2, slug = $3, content = $4, excerpt = $5, author_id = $6, \
     category_id = $7, views_count = $8, featured = $9, rating = $10, change_log = $11, updated_at = $12 \
     WHERE id = $1";
const UNNEST: &str = concat!(
    "INSERT INTO posts (",
    columns!(),
    ") SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], \
     $8::int4[], $9::bool[], $10::float8[], $11::jsonb[], $12::timestamptz[], $13::timestamptz[], \
     $14::timestamptz[], $15::text[], $16::timestamptz[])"
);

/// What reads the same on both databases; the macro is there because a function that is generic over sqlx's
/// databases takes a page of bounds.
macro_rules! hand_written {
    ($module:ident, $db:ident, $Pool:ty) => {
        /// On one database.
        pub mod $module {
            use super::*;

            /// A post by its key.
            pub async fn get(id: Uuid, pool: &$Pool) -> sqlx::Result<Post> {
                sqlx::query_as(GET).bind(id).fetch_one(pool).await
            }

            /// The newest 100 posts.
            pub async fn list_100(pool: &$Pool) -> sqlx::Result<Vec<Post>> {
                sqlx::query_as(LIST_100).fetch_all(pool).await
            }

            /// The newest 10,000 posts.
            pub async fn list_10_000(pool: &$Pool) -> sqlx::Result<Vec<Post>> {
                sqlx::query_as(LIST_10_000).fetch_all(pool).await
            }

            /// All posts as they arrive. Returns how many there were, and how long their text.
            pub async fn stream(pool: &$Pool) -> sqlx::Result<(u64, u64)> {
                use futures_util::TryStreamExt;
                let mut posts = sqlx::query_as::<_, Post>(LIST_ALL).fetch(pool);
                let (mut count, mut length) = (0, 0);
                while let Some(post) = posts.try_next().await? {
                    count += 1;
                    length += post.content.len() as u64;
                }
                Ok((count, length))
            }

            /// Writes a new post.
            pub async fn create(draft: Draft, pool: &$Pool) -> sqlx::Result<Post> {
                let post = Post::from(draft);
                sqlx::query(INSERT)
                    .bind(post.id)
                    .bind(&post.title)
                    .bind(&post.slug)
                    .bind(&post.content)
                    .bind(&post.excerpt)
                    .bind(post.author_id)
                    .bind(post.category_id)
                    .bind(post.views_count)
                    .bind(post.featured)
                    .bind(post.rating)
                    .bind(&post.change_log)
                    .bind(post.created_at)
                    .bind(post.updated_at)
                    .bind(post.deleted_at)
                    .bind(post.status)
                    .bind(post.published_at)
                    .execute(pool)
                    .await?;
                Ok(post)
            }

            /// Writes what an application may change of a post, by its key. It does not know whether anything
            /// differs.
            pub async fn save(post: &mut Post, pool: &$Pool) -> sqlx::Result<()> {
                post.updated_at = Utc::now();
                sqlx::query(UPDATE)
                    .bind(post.id)
                    .bind(&post.title)
                    .bind(&post.slug)
                    .bind(&post.content)
                    .bind(&post.excerpt)
                    .bind(post.author_id)
                    .bind(post.category_id)
                    .bind(post.views_count)
                    .bind(post.featured)
                    .bind(post.rating)
                    .bind(&post.change_log)
                    .bind(post.updated_at)
                    .execute(pool)
                    .await?;
                Ok(())
            }

            /// Writes new posts in one statement of many `VALUES`, with sqlx's `QueryBuilder`. SQLite binds 32,766
            /// values in a statement and PostgreSQL 65,535, so that 1,000 rows of 16 columns fit.
            pub async fn bulk_create(drafts: Vec<Draft>, pool: &$Pool) -> sqlx::Result<Vec<Post>> {
                let posts: Vec<Post> = drafts.into_iter().map(Post::from).collect();
                let mut builder =
                    sqlx::QueryBuilder::<sqlx::$db>::new(concat!("INSERT INTO posts (", columns!(), ") "));
                builder.push_values(&posts, |mut row, post| {
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
                builder.build().execute(pool).await?;
                Ok(posts)
            }
        }
    };
}

hand_written!(sqlite, Sqlite, sqlx::SqlitePool);
hand_written!(postgres, Postgres, sqlx::PgPool);

/// Writes new posts from one array per column, as sqlx's FAQ advises for PostgreSQL.
pub async fn unnest(drafts: Vec<Draft>, pool: &sqlx::PgPool) -> sqlx::Result<Vec<Post>> {
    let posts: Vec<Post> = drafts.into_iter().map(Post::from).collect();
    macro_rules! column {
        ($post:ident => $value:expr) => {
            posts.iter().map(|$post| $value).collect::<Vec<_>>()
        };
    }
    sqlx::query(UNNEST)
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
    Ok(posts)
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }
}
