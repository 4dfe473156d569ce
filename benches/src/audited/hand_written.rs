//! The same work by hand, in a transaction: read the row and lock it, compare, update it with its change log, insert
//! the audit row.

use model_runtime::audit::AuditContext;
use model_runtime::prelude::{DateTime, Utc, Uuid};
use serde_json::{Map, Value, json};
use sqlx::types::Json;

use super::model::Article;

/// A row of the table.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs)]
pub struct Row {
    pub title: String,
    pub slug: String,
    pub content: String,
    pub excerpt: String,
    pub author_id: Uuid,
    pub category_id: Option<Uuid>,
    pub views_count: i32,
    pub featured: bool,
    pub rating: f64,
    pub change_log: Json<Map<String, Value>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT title, slug, content, excerpt, author_id, category_id, views_count, featured, rating, \
             change_log FROM articles WHERE id = $1",
            $rest
        )
    };
}

const UPDATE: &str = "UPDATE articles SET title = $2, slug = $3, content = $4, excerpt = $5, author_id = $6, \
     category_id = $7, views_count = $8, featured = $9, rating = $10, change_log = $11, updated_at = $12 \
     WHERE id = $1";
const AUDIT: &str = "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, \
     actor_id, actor_label, ip_address, user_agent, request_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// What differs, by field.
fn changes(old: &Row, new: &Article) -> Map<String, Value> {
    let mut changes = Map::new();
    macro_rules! compare {
        ($($field:ident)*) => {$(
            if old.$field != new.$field {
                changes.insert(
                    stringify!($field).to_owned(),
                    json!({ "old": old.$field, "new": new.$field }),
                );
            }
        )*};
    }
    compare!(title slug content excerpt author_id category_id views_count featured rating);
    changes
}

/// Adds an entry, and leaves out the oldest beyond 100.
fn log(log: &mut Map<String, Value>, time: DateTime<Utc>, changes: &Map<String, Value>) {
    log.insert(time.to_rfc3339(), Value::Object(changes.clone()));
    while log.len() > 100 {
        let oldest = log.keys().min().cloned().unwrap_or_default();
        log.remove(&oldest);
    }
}

macro_rules! hand_written {
    ($module:ident, $Connection:ty, $begin:expr, $for_update:literal, $ip:expr) => {
        /// For one database.
        pub mod $module {
            use super::*;

            /// Saves a post.
            pub async fn save(
                post: &Article,
                by: &AuditContext,
                connection: &mut $Connection,
            ) -> sqlx::Result<bool> {
                use sqlx::Connection as _;
                let mut transaction = connection.begin_with($begin).await?;
                let mut old: Row =
                    sqlx::query_as(select!($for_update)).bind(post.id).fetch_one(&mut *transaction).await?;
                let changes = changes(&old, post);
                if changes.is_empty() {
                    transaction.rollback().await?;
                    return Ok(false);
                }
                let now = Utc::now();
                log(&mut old.change_log, now, &changes);
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
                    .bind(&old.change_log)
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
                let actor = by.actor.as_ref();
                sqlx::query(AUDIT)
                    .bind(now)
                    .bind("update")
                    .bind("benches.article")
                    .bind(post.id.to_string())
                    .bind(post.title.chars().take(255).collect::<String>())
                    .bind(Json(changes))
                    .bind(actor.map(|actor| &actor.id))
                    .bind(actor.map(|actor| &actor.label))
                    .bind(by.ip_address.map($ip))
                    .bind(&by.user_agent)
                    .bind(&by.request_id)
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await?;
                Ok(true)
            }
        }
    };
}

hand_written!(sqlite, sqlx::SqliteConnection, "BEGIN IMMEDIATE", "", |ip| ip.to_string());
hand_written!(postgres, sqlx::PgConnection, "BEGIN", " FOR UPDATE", sqlx::types::ipnetwork::IpNetwork::from);

/// Deletes all drafts softly and audits it: the statements that the database takes for all rows at once.
pub mod delete_all {
    use super::*;

    macro_rules! audit {
        ($id:literal, $changes:literal, $from:literal) => {
            concat!(
                "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, actor_id, \
                 actor_label, ip_address, user_agent, request_id) SELECT $1, 'delete', 'benches.draft', ",
                $id,
                ", substr(title, 1, 255), ",
                $changes,
                ", $2, $3, $4, $5, $6 FROM ",
                $from
            )
        };
    }

    macro_rules! run {
        ($connection:expr, $by:expr, $ip:expr, $begin:expr) => {{
            use sqlx::Connection as _;
            let (now, by) = (Utc::now(), $by);
            let actor = by.actor.as_ref();
            let mut transaction = $connection.begin_with($begin).await?;
            sqlx::query(AUDIT_ALL)
                .bind(now)
                .bind(actor.map(|actor| &actor.id))
                .bind(actor.map(|actor| &actor.label))
                .bind(by.ip_address.map($ip))
                .bind(&by.user_agent)
                .bind(&by.request_id)
                .execute(&mut *transaction)
                .await?;
            let done =
                sqlx::query("UPDATE drafts SET deleted_at = $1, updated_at = $1 WHERE deleted_at IS NULL")
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
            transaction.commit().await?;
            Ok(done.rows_affected())
        }};
    }

    /// On SQLite.
    pub async fn sqlite(by: &AuditContext, connection: &mut sqlx::SqliteConnection) -> sqlx::Result<u64> {
        const AUDIT_ALL: &str = audit!(
            "lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || \
             substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12))",
            "json_object('deleted_at', json_object('old', deleted_at, 'new', $1))",
            "drafts WHERE deleted_at IS NULL"
        );
        run!(connection, by, |ip| ip.to_string(), "BEGIN IMMEDIATE")
    }

    /// On PostgreSQL.
    pub async fn postgres(by: &AuditContext, connection: &mut sqlx::PgConnection) -> sqlx::Result<u64> {
        const AUDIT_ALL: &str = audit!(
            "id::text",
            "jsonb_build_object('deleted_at', jsonb_build_object('old', deleted_at, 'new', $1))",
            "drafts WHERE deleted_at IS NULL FOR UPDATE"
        );
        run!(connection, by, sqlx::types::ipnetwork::IpNetwork::from, "BEGIN")
    }

    /// On PostgreSQL, in one statement, since the old value of every row is known to be NULL.
    pub async fn postgres_in_one(
        by: &AuditContext,
        connection: &mut sqlx::PgConnection,
    ) -> sqlx::Result<u64> {
        const SQL: &str = concat!(
            "WITH c AS (UPDATE drafts SET deleted_at = $1, updated_at = $1 WHERE deleted_at IS NULL RETURNING id, title) ",
            audit!(
                "id::text",
                "jsonb_build_object('deleted_at', jsonb_build_object('old', NULL, 'new', $1))",
                "c"
            )
        );
        let actor = by.actor.as_ref();
        let done = sqlx::query(SQL)
            .bind(Utc::now())
            .bind(actor.map(|actor| &actor.id))
            .bind(actor.map(|actor| &actor.label))
            .bind(by.ip_address.map(sqlx::types::ipnetwork::IpNetwork::from))
            .bind(&by.user_agent)
            .bind(&by.request_id)
            .execute(connection)
            .await?;
        Ok(done.rows_affected())
    }
}
