//! Tokens that prove who somebody is: for a link in a mail, a session or an API (rule 26).

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{UserModel, after, random, reference};
use crate::backend::{self, Backend, ColumnReader};
use crate::clock;
use crate::error::Result;
use crate::field::{BoxError, FieldType};
use crate::queryset::QuerySet;
use crate::sql::{Sql, arguments};
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::text;
use crate::value::{Kind, Value};
use crate::{Model, ModelEnum};

/// A token of a user. Only a hash of it is stored: [`UserManager::issue`](super::UserManager::issue) tells it once.
///
/// ```
/// # use model_runtime::prelude::*; use model_runtime::users::{self, Token, TokenPurpose, User};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&users::tables(), &db).await?;
/// # model_runtime::schema::create_tables(&[User::table(), AuditLog::table()], &db).await?;
/// let users = User::manager();
/// let jane = users.create_user(User::builder().email("jane@example.com").build(), None, &db).await?;
/// let session = users.issue(&jane, TokenPurpose::Session, &db).await?;
///
/// assert_eq!(Token::objects().of(&jane).live().count(&db).await?, 1);
/// Token::objects().of(&jane).purpose(TokenPurpose::Session).hard_delete(&db).await?;
/// # let _ = session; Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_tokens", label = "auth.token", order = "-created_at", unchecked)]
#[index(user_type, user_id)]
#[index(expires_at)]
pub struct Token {
    /// The key, by which a user tells one of their tokens from another.
    pub id: Uuid,
    /// The label of the user's model.
    #[column(max_length = 100)]
    pub user_type: String,
    /// The user's key as text.
    #[column(max_length = 255)]
    pub user_id: String,
    /// What it is good for; nothing else.
    #[column(max_length = 20)]
    pub purpose: TokenPurpose,
    /// The user's e-mail address when it was issued.
    #[column(max_length = 254)]
    pub email: String,
    /// The name that the user gave it.
    #[column(max_length = 100, default)]
    pub name: String,
    #[column(unique)]
    hash: TokenHash,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was used, where it is good for one use.
    pub used_at: Option<DateTime<Utc>>,
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ModelEnum)]
pub enum TokenPurpose {
    /// To verify the e-mail address; once.
    VerifyEmail,
    /// To set another password; once.
    ResetPassword,
    /// To sign in with the second factor, after the password; once.
    SecondFactor,
    /// To stay signed in.
    Session,
    /// To use an API.
    Api,
}

impl TokenPurpose {
    /// Whether it proves that mail to the address arrives, so that it ends with the address.
    fn is_bound_to_email(self) -> bool {
        matches!(self, Self::VerifyEmail | Self::ResetPassword)
    }
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// There is none.
    #[error("is empty")]
    Empty,
    /// It was never issued for this, it was revoked, or its user's password, e-mail address or standing has changed.
    #[error("is not valid: it was never issued for this purpose, or was revoked; ask for another")]
    Unknown,
    /// It is good for one use.
    #[error("was used already; ask for another")]
    Used,
    /// Its time is over.
    #[error("has expired; ask for another")]
    Expired,
}

/// SHA-256 of a token or a recovery code. These are long and random, so that a fast hash hides them. `Debug` does not
/// show it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct TokenHash(Vec<u8>);

impl TokenHash {
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).to_vec())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FieldType for TokenHash {
    const KIND: Kind = Kind::Bytes;

    fn to_value(&self) -> Value<'_> {
        Value::Bytes(self.0.as_slice().into())
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
        reader.bytes().map(Self)
    }
}

impl Token {
    /// The token that was told as this secret, in a queryset.
    #[cfg(feature = "axum")]
    pub(crate) fn objects_of(secret: &str, purpose: TokenPurpose) -> QuerySet<Self> {
        let hash = TokenHash::of(secret);
        Self::objects().filter(|token| token.hash.eq(hash)).purpose(purpose)
    }
}

impl QuerySet<Token> {
    /// Only tokens of this user.
    pub fn of<U: UserModel>(self, user: &U) -> Self {
        let (user_type, user_id) = reference(user);
        self.filter(|token| token.user_type.eq(user_type) & token.user_id.eq(user_id))
    }

    /// Only tokens for this purpose.
    pub fn purpose(self, purpose: TokenPurpose) -> Self {
        self.filter(|token| token.purpose.eq(purpose))
    }

    /// Only tokens that are neither used nor expired.
    pub fn live(self) -> Self {
        let now = clock::now();
        self.filter(|token| token.expires_at.gt(now) & token.used_at.is_null())
    }
}

/// A new token of the user whom other tables [refer](super::reference) to so, and what is stored of it.
pub(super) fn new(
    (user_type, user_id): (&str, String),
    email: String,
    purpose: TokenPurpose,
    name: String,
    lifetime: Duration,
) -> Result<(SecretString, Token)> {
    let secret = SecretString::from(BASE64URL_NOPAD.encode(&random::<32>()?));
    let now = clock::now();
    let token = Token {
        id: Uuid::now_v7(),
        user_type: user_type.to_owned(),
        user_id,
        purpose,
        email,
        name,
        hash: TokenHash::of(secret.expose_secret()),
        created_at: now,
        expires_at: after(now, lifetime),
        used_at: None,
    };
    Ok((secret, token))
}

/// A token that somebody shows.
pub(super) struct Shown {
    id: Uuid,
    purpose: TokenPurpose,
    email: String,
}

/// What is read of it.
const SHOWN: [&str; 4] = ["id", "email", "expires_at", "used_at"];

/// The token and its user, where it is good for this purpose now: one statement.
pub(super) async fn find<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    secret: &str,
    purpose: TokenPurpose,
) -> Result<(Shown, U)> {
    if secret.is_empty() {
        return Err(TokenFault::Empty.into());
    }
    let key = text::Key::new(U::TABLE, B::DIALECT, "sign in");
    let sql = text::of(key, || with_user(U::TABLE, B::DIALECT));
    let hash = TokenHash::of(secret);
    let wanted = [hash.to_value(), purpose.to_value(), Value::Text(U::TABLE.label.into())];
    let row =
        B::fetch_optional(connection, sql, arguments::<B>(wanted)?).await?.ok_or(TokenFault::Unknown)?;
    let [id, email, expires_at, used_at] = SHOWN.map(|name| Token::TABLE.column_of(name));
    if backend::read::<B, Option<DateTime<Utc>>>(&row, 3, used_at)?.is_some() {
        return Err(TokenFault::Used.into());
    }
    if backend::read::<B, DateTime<Utc>>(&row, 2, expires_at)? <= clock::now() {
        return Err(TokenFault::Expired.into());
    }
    let (id, email) = (backend::read::<B, Uuid>(&row, 0, id)?, backend::read::<B, String>(&row, 1, email)?);
    let at = SHOWN.len();
    let is_there = !backend::is_null::<B>(&row, at + U::TABLE.key)?;
    let user: Option<U> = is_there.then(|| U::read::<B>(&row, at)).transpose()?;
    let token = Shown { id, purpose, email };
    let user = owner(&token, user)?;
    Ok((token, user))
}

/// The statement that reads a token, and its user where they are in the default scope: one round trip, since a server does so for
/// each request. `$1` is the token's hash, `$2` its purpose, `$3` the label of the users.
fn with_user(users: &'static TableDef, dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect, "SELECT ");
    let token = SHOWN.iter().map(|name| ("t", *name));
    let user = users.columns.iter().map(|column| ("u", column.name));
    for (i, (alias, column)) in token.chain(user).enumerate() {
        if i > 0 {
            sql.push(", ");
        }
        sql.qualified(alias, column);
    }
    sql.push(" FROM ");
    sql.name(Token::TABLE.name);
    sql.push(" AS t LEFT JOIN ");
    sql.name(users.name);
    sql.push(" AS u ON ");
    sql.qualified("u", users.key().name);
    // The token has the key as text; the other way round no index would do.
    sql.push(match (dialect, users.key().kind) {
        (Dialect::Postgres, Kind::Uuid) => " = t.\"user_id\"::uuid",
        (Dialect::Sqlite, Kind::Uuid) => " = unhex(replace(t.\"user_id\", '-', ''))",
        _ => " = CAST(t.\"user_id\" AS BIGINT)",
    });
    for scope in users.scopes {
        sql.push(" AND ");
        sql.qualified("u", scope.column);
        sql.push(" ");
        sql.push(scope.test);
    }
    let wanted = [" WHERE t.\"hash\" = ", " AND t.\"purpose\" = ", " AND t.\"user_type\" = "];
    for (column, value) in wanted.iter().zip(["$1", "$2", "$3"]) {
        sql.push(column);
        sql.unseen(|sql| sql.push(value));
    }
    sql
}

/// The user of a token, where it is good for them as they are now.
pub(super) fn owner<U: UserModel>(token: &Shown, user: Option<U>) -> Result<U> {
    let is_good = |user: &U| {
        let account = user.account();
        account.is_active && (!token.purpose.is_bound_to_email() || account.email == token.email)
    };
    Ok(user.filter(is_good).ok_or(TokenFault::Unknown)?)
}

/// Uses a token up. Of several who try at once, one succeeds.
pub(super) async fn consume<B: Backend>(connection: &mut B::Connection, token: &Shown) -> Result<()> {
    let (id, now) = (token.id, clock::now());
    let unused = Token::objects().filter(|token| token.id.eq(id) & token.used_at.is_null());
    let used = unused.updated(vec![Token::COLUMNS.used_at.set(Some(now))]);
    match crate::Op::<B>::run(used, connection).await? {
        0 => Err(TokenFault::Used.into()),
        _ => Ok(()),
    }
}

/// Ends all tokens of a user.
pub(crate) async fn revoke_all<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &U,
) -> Result<u64> {
    crate::Op::<B>::run(Token::objects().of(user).removal(), connection).await
}
