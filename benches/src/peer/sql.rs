//! The statements of sqlx and of the drivers. LIMIT is a literal: SQLite would prepare a bound one again each time.
#![allow(missing_docs)]

macro_rules! columns {
    () => {
        "id, title, slug, content, excerpt, author_id, category_id, views_count, featured, rating, change_log, \
         created_at, updated_at, deleted_at, status, published_at"
    };
}

macro_rules! select {
    ($table:literal, $rest:literal) => {
        concat!("SELECT ", columns!(), " FROM ", $table, " WHERE ", $rest)
    };
}

macro_rules! insert {
    ($table:literal) => {
        concat!(
            "INSERT INTO ",
            $table,
            " (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        )
    };
}

macro_rules! update {
    ($table:literal, $rest:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET title = $2, slug = $3, content = $4, excerpt = $5, author_id = $6, category_id = $7, \
             views_count = $8, featured = $9, rating = $10, change_log = $11, updated_at = $12",
            $rest
        )
    };
}

pub const GET: &str = select!("posts", "id = $1 AND deleted_at IS NULL");
pub const LIST_100: &str = select!("posts", "deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 100");
pub const LIST_10_000: &str =
    select!("posts", "deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 10000");
pub const LIST_ALL: &str = select!("posts", "deleted_at IS NULL ORDER BY created_at DESC, id DESC");
pub const JOINED: &str = "SELECT p.id, p.title, p.slug, p.content, p.excerpt, p.author_id, p.category_id, p.views_count, \
     p.featured, p.rating, p.change_log, p.created_at, p.updated_at, p.deleted_at, p.status, p.published_at, \
     a.id AS the_author_id, a.name AS author_name, a.email AS author_email \
     FROM posts AS p JOIN authors AS a ON a.id = p.author_id WHERE p.deleted_at IS NULL \
     ORDER BY p.created_at DESC, p.id DESC LIMIT 100";
pub const COUNT: &str = "SELECT COUNT(*) FROM posts WHERE deleted_at IS NULL";
// A row more than a page has tells whether there is a next one.
pub const PAGE_1: &str = select!("posts", "deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 21");
pub const PAGE_BEHIND: &str = select!(
    "posts",
    "deleted_at IS NULL AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 21"
);
/// An article, deleted or not.
pub const ARTICLE: &str = select!("articles", "id = $1");
/// The same, held until the transaction ends.
pub const ARTICLE_FOR_UPDATE: &str = select!("articles", "id = $1 FOR UPDATE");
pub const DRAFTS: &str = "SELECT id, title, deleted_at FROM drafts WHERE deleted_at IS NULL ORDER BY id";
pub const DRAFTS_FOR_UPDATE: &str =
    "SELECT id, title, deleted_at FROM drafts WHERE deleted_at IS NULL ORDER BY id FOR UPDATE";
pub const INSERT: &str = insert!("posts");
pub const INSERT_ARTICLE: &str = insert!("articles");
pub const UPDATE: &str = update!("posts", " WHERE id = $1");
// Writes nothing where nothing differs.
pub const UPDATE_DIFFERENT: &str = update!(
    "posts",
    " WHERE id = $1 AND (title, slug, content, excerpt, author_id, category_id, views_count, featured, rating, \
     change_log) IS DISTINCT FROM ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
);
/// Whether nothing was written since nothing differs.
pub const IS_THERE: &str = "SELECT 1 FROM posts WHERE id = $1";
pub const UPDATE_ARTICLE: &str =
    update!("articles", ", deleted_at = $13, status = $14, published_at = $15 WHERE id = $1");
pub const UNNEST: &str = concat!(
    "INSERT INTO posts (",
    columns!(),
    ") SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], \
     $8::int4[], $9::bool[], $10::float8[], $11::jsonb[], $12::timestamptz[], $13::timestamptz[], \
     $14::timestamptz[], $15::text[], $16::timestamptz[])"
);
pub const SELL: &str = "UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2";
pub const SELL_AND_READ: &str =
    "UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING id, name, stock";
pub const DELETE_DRAFT: &str = "UPDATE drafts SET deleted_at = $2, updated_at = $2 WHERE id = $1";
pub const DELETE_DRAFTS: &str = "UPDATE drafts SET deleted_at = $1, updated_at = $1 WHERE deleted_at IS NULL";
pub const AUDIT: &str = "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, \
     actor_id, actor_label, ip_address, user_agent, request_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

macro_rules! audit_drafts {
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

/// Audits the deletion of all drafts.
pub const AUDIT_DRAFTS_ON_SQLITE: &str = audit_drafts!(
    "lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || \
     substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12))",
    "json_object('deleted_at', json_object('old', deleted_at, 'new', $1))",
    "drafts WHERE deleted_at IS NULL"
);
/// Deletes all drafts and audits it, since the old value of every row is known to be NULL.
pub const DELETE_AND_AUDIT_DRAFTS_ON_POSTGRES: &str = concat!(
    "WITH c AS (UPDATE drafts SET deleted_at = $1, updated_at = $1 WHERE deleted_at IS NULL RETURNING id, title) ",
    audit_drafts!(
        "id::text",
        "jsonb_build_object('deleted_at', jsonb_build_object('old', NULL, 'new', $1))",
        "c"
    )
);
