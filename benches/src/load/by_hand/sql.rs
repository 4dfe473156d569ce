//! The statements. LIMIT and OFFSET are literals: SQLite would prepare bound ones again each time.

pub use crate::peer::sql::AUDIT;

macro_rules! columns {
    () => {
        "id, created_at, updated_at, deleted_at, status, published_at, title, slug, content, excerpt, author_id, \
         category_id, views_count, featured, rating"
    };
}

macro_rules! sign_in {
    ($key:literal, $hash:literal) => {
        concat!(
            "SELECT u.id, u.email, u.username, u.first_name, u.last_name, u.is_active, t.expires_at, t.used_at \
             FROM auth_tokens AS t JOIN users AS u ON u.id = ",
            $key,
            " WHERE t.hash = ",
            $hash,
            " AND t.purpose = 'api' AND t.user_type = 'auth.user'"
        )
    };
}

/// The user of a token: the tables of tokens have the user's key as text. With statistics SQLite would prepare the statement again for
/// each value that it is compared with.
pub const SIGN_IN_ON_SQLITE: &str = sign_in!("unhex(replace(t.user_id, '-', ''))", "(SELECT $1)");
pub const SIGN_IN_ON_POSTGRES: &str = sign_in!("t.user_id::uuid", "$1");

/// Whether a user has a permission: their own, a group's, or as a superuser.
pub const MAY: &str = "SELECT EXISTS (SELECT 1 FROM users WHERE id = $3 AND is_active AND (is_superuser OR EXISTS (\
     SELECT 1 FROM auth_permissions AS p WHERE p.code = $1 AND (\
     EXISTS (SELECT 1 FROM auth_user_permissions AS o \
     WHERE o.permission_id = p.id AND o.user_type = 'auth.user' AND o.user_id = $2) OR \
     EXISTS (SELECT 1 FROM auth_user_groups AS u JOIN auth_group_permissions AS g ON g.group_id = u.group_id \
     WHERE g.permission_id = p.id AND u.user_type = 'auth.user' AND u.user_id = $2)))))";

pub const GET: &str = concat!("SELECT ", columns!(), " FROM articles WHERE id = $1 AND deleted_at IS NULL");

macro_rules! held {
    ($lock:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", change_log FROM articles WHERE id = $1 AND deleted_at IS NULL",
            $lock
        )
    };
}

/// SQLite has its lock from the start of the transaction.
pub const HELD_ON_SQLITE: &str = held!("");
pub const HELD_ON_POSTGRES: &str = held!(" FOR NO KEY UPDATE");

pub const COUNT: &str = "SELECT COUNT(*) FROM articles WHERE deleted_at IS NULL";

pub fn page(size: u64, offset: u64) -> String {
    format!(
        concat!(
            "SELECT ",
            columns!(),
            " FROM articles WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT {} OFFSET {}"
        ),
        size, offset
    )
}

pub const INSERT: &str = concat!(
    "INSERT INTO articles (",
    columns!(),
    ", change_log) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
);

pub const UPDATE: &str = "UPDATE articles SET updated_at = $2, deleted_at = $3, title = $4, slug = $5, content = $6, \
     excerpt = $7, author_id = $8, category_id = $9, views_count = $10, featured = $11, rating = $12, \
     change_log = $13 WHERE id = $1";
