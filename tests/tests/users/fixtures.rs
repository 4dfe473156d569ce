//! What the tests of users begin with.

use model_runtime::prelude::*;
use model_runtime::users::{Hashing, User, UserSettings};
use serde_json::Value;
use tests::accounts::Member;
use tests::raw_sql;

/// A password that the rules allow.
pub const PASSWORD: &str = "a boat on the Lek";

/// Another one.
pub const OTHER: &str = "seven geese at dawn";

/// Settings whose hashes cost next to nothing.
pub fn settings() -> UserSettings {
    UserSettings { hashing: Hashing::new(8, 1, 1).expect("a cost"), ..UserSettings::default() }
}

/// A manager whose hashes cost next to nothing.
pub fn manager<U: UserModel>() -> UserManager<U> {
    UserManager::new(settings())
}

/// A user with [`PASSWORD`], in the database.
pub async fn user(email: &str, db: &Pool) -> User {
    let mut user = User::builder().email(email).build();
    // Not by the manager: looking through a password takes time.
    user.password = settings().hashing.hash(PASSWORD).await.expect("a hash");
    user.insert(db).await.expect("the user is created");
    user
}

/// Jane, with [`PASSWORD`], in the database.
pub async fn jane(db: &Pool) -> User {
    user("jane@example.com", db).await
}

/// A member with [`PASSWORD`], in the database.
pub async fn member(email: &str, db: &Pool) -> Member {
    let mut member = Member::builder().email(email).club("Rowing").build();
    member.password = settings().hashing.hash(PASSWORD).await.expect("a hash");
    member.insert(db).await.expect("the member is created");
    member
}

/// A column of a row as text, by plain SQL; `None` where it is NULL.
pub async fn stored<M: Model>(column: &str, row: &M, db: &Pool) -> Option<String> {
    let id = row.id().to_string();
    let key = Uuid::parse_str(&id).map_or(id, |id| raw_sql::key(db, id));
    raw_sql::value(db, &format!("SELECT CAST({column} AS TEXT) FROM {} WHERE id = {key}", M::TABLE.name))
        .await
}

/// The password's hash of a row, by plain SQL.
pub async fn stored_hash<M: Model>(row: &M, db: &Pool) -> String {
    stored("password", row, db).await.expect("a hash")
}

/// Whether the database holds a hash of that password for the user.
pub async fn has_password<U: UserModel + Clone>(user: &U, password: &str, db: &Pool) -> bool {
    let mut stored = user.clone();
    stored.refresh(db).await.expect("the user is read");
    assert_eq!(
        stored_hash(user, db).await.starts_with("$argon2id$v=19$"),
        stored.account().password.is_usable()
    );
    manager().check_password(&stored, password).await.expect("the hash is computed")
}

/// The audit trail of a row as plain SQL reads it, oldest first: the action, and the fields.
pub async fn trail<M: Model>(row: &M, db: &Pool) -> Vec<(String, Value)> {
    let sql = format!(
        "SELECT action || ' ' || CAST(changes AS TEXT) FROM audit_logs \
         WHERE content_type = '{}' AND object_id = '{}' ORDER BY id",
        M::TABLE.label,
        row.id()
    );
    let rows: Vec<String> = raw_sql::column(db, &sql).await;
    let parts = rows.iter().map(|row| row.split_once(' ').expect("an action"));
    parts.map(|(action, changes)| (action.to_owned(), serde_json::from_str(changes).expect("JSON"))).collect()
}

/// All that the database holds, as text: each value of each table. Bytes are in hexadecimal.
pub async fn dump(db: &Pool) -> String {
    let tables = match db {
        Pool::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        Pool::Postgres(_) => {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        }
    };
    let mut dump = String::new();
    for table in raw_sql::column::<String>(db, tables).await {
        let columns = match db {
            Pool::Sqlite(_) => {
                format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')")
            }
            Pool::Postgres(_) => format!("SELECT 't'::text FROM (SELECT 1) AS one WHERE '{table}' <> ''"),
        };
        let columns = raw_sql::column::<String>(db, &columns).await.join(" || ' ' || ");
        let rows = format!("SELECT CAST({columns} AS TEXT) FROM \"{table}\" AS t ORDER BY 1");
        let rows: Vec<String> = raw_sql::column(db, &rows).await;
        dump.push_str(&format!("{table}:\n{}\n", rows.join("\n")));
    }
    dump
}

/// Another pool on the same database. On PostgreSQL its sessions have the schema's name.
pub async fn pool(db: &Pool, connections: u32) -> Pool {
    let url = match db {
        Pool::Sqlite(db) => format!("sqlite://{}", db.connect_options().get_filename().display()),
        Pool::Postgres(db) => {
            let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL is set");
            let schema = sqlx::query_scalar("SELECT current_schema()::text");
            let schema: String = schema.fetch_one(db).await.expect("a schema");
            let separator = if server.contains('?') { '&' } else { '?' };
            format!("{server}{separator}application_name={schema}&options=-c%20search_path%3D{schema}")
        }
    };
    Pool::connect_with(&url, connections).await.expect("the pool connects")
}

/// Has the database refuse writes of a table from now on: `event` is `INSERT`, `UPDATE` or `DELETE`.
pub async fn refuse(event: &str, table: &str, db: &Pool) {
    let trigger = match db {
        Pool::Sqlite(_) => format!(
            "CREATE TRIGGER refuse_{event}_{table} BEFORE {event} ON {table}
             BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
        ),
        Pool::Postgres(_) => format!(
            "CREATE OR REPLACE FUNCTION refuse_{event}_{table}() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$;
             CREATE TRIGGER refuse_{event}_{table} BEFORE {event} ON {table}
             FOR EACH ROW EXECUTE FUNCTION refuse_{event}_{table}()"
        ),
    };
    raw_sql::execute(db, &trigger).await.expect("the trigger is made");
}

/// Takes [`refuse`] back.
pub async fn allow(event: &str, table: &str, db: &Pool) {
    let on = if matches!(db, Pool::Postgres(_)) { format!(" ON {table}") } else { String::new() };
    raw_sql::execute(db, &format!("DROP TRIGGER refuse_{event}_{table}{on}"))
        .await
        .expect("the trigger goes");
}

/// Asserts that it is this error, and that nothing was written since `before` was dumped.
#[track_caller]
pub fn assert_same(before: &str, after: &str, what: &str) {
    for (before, after) in before.lines().zip(after.lines()) {
        assert_eq!(before, after, "{what} wrote");
    }
    assert_eq!(before.len(), after.len(), "{what} wrote:\n{after}");
}

/// The code of an authenticator at a time, as RFC 6238 has it: HMAC-SHA-1 of the 30 seconds, 6 digits.
pub fn totp(secret: &[u8], time: DateTime<Utc>) -> String {
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a secret");
    totp.generate(time.timestamp().try_into().expect("after 1970")).to_string()
}
