//! Slows and refuses repeated failures to sign in. What failed is counted in the database, for all processes.
//!
//! An attempt is counted as a failure before its password is looked at, by one statement, and taken back where it
//! succeeds: of any number of attempts at the same time no more get through than one after another.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::SqlSafeStr;

use super::after;
use crate::Model;
use crate::backend::{self, Backend};
use crate::clock;
use crate::error::{Error, Result};
use crate::field::FieldType;
use crate::sql::{Placeholder, Sql, arguments};
use crate::table::ColumnDef;
use crate::value::Value;

/// When repeated failures are slowed, and when they are refused.
///
/// After the free ones each failure has the next attempt wait, 1 s at first and twice as long each time; from the
/// `max`th on it waits for the `lockout`. Who comes sooner is refused, and that is not counted. Failures are forgotten a
/// `window` after the first; those of an account also when it signs in.
///
/// ```
/// use model_runtime::users::{Limits, Throttle};
///
/// let strict = Throttle { account: Limits { free: 1, max: 5 }, ..Throttle::default() };
/// # let _ = strict;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttle {
    /// For each account, and for the codes of each user: 3 free failures, 10 at most.
    pub account: Limits,
    /// For each address, which many people may share: 90 free failures, 100 at most. An IPv6 address is its network of
    /// 64 bits.
    pub address: Limits,
    /// How long the next attempt waits after the most failures: 15 minutes.
    pub lockout: Duration,
    /// When failures are forgotten: 1 hour after the first.
    pub window: Duration,
}

/// Numbers of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// As many slow nobody down.
    pub free: u32,
    /// From as many on attempts wait for the lockout.
    pub max: u32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            account: Limits { free: 3, max: 10 },
            address: Limits { free: 90, max: 100 },
            lockout: Duration::from_secs(15 * 60),
            window: Duration::from_secs(60 * 60),
        }
    }
}

/// The failures of an account or an address.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_throttle", label = "auth.throttle", unchecked)]
pub struct SignInThrottle {
    /// Counts up.
    pub id: i64,
    /// Whose: `account:`, the users' model and the SHA-256 of the e-mail address, `address:` and the IP address, or `code:` and the user.
    #[column(unique, max_length = 400)]
    pub key: String,
    /// How many.
    pub failures: i32,
    /// When they are forgotten.
    pub expires_at: DateTime<Utc>,
    /// Until when further attempts are refused.
    pub blocked_until: Option<DateTime<Utc>>,
}

/// An attempt under way. It counts as a failure unless it succeeds.
#[must_use = "it is a failure, unless it is given to `succeeded`"]
pub struct Attempt {
    account: String,
    address: Option<Counted>,
}

/// A row that an attempt is counted in, and the block that it set there.
struct Counted {
    key: String,
    blocked_until: Option<DateTime<Utc>>,
}

/// Counts an attempt to sign in to that account ([`email::key`](super::email::key), known or not) from that address.
///
/// Not for a transaction that is rolled back where the attempt fails: the count would be, too.
///
/// # Errors
/// [`Error::Throttled`], where too many failed before.
pub(crate) async fn begin<B: Backend>(
    connection: &mut B::Connection,
    throttle: &Throttle,
    user_type: &str,
    account: &str,
    address: Option<IpAddr>,
) -> Result<Attempt> {
    let address = address.map(|address| format!("address:{}", network(address)));
    count::<B>(connection, throttle, account_key(user_type, account), address).await
}

/// Counts an attempt at a code of that user. Otherwise as [`begin`].
pub(super) async fn begin_code<B: Backend>(
    connection: &mut B::Connection,
    throttle: &Throttle,
    user_type: &str,
    user_id: &str,
) -> Result<Attempt> {
    count::<B>(connection, throttle, format!("code:{user_type}:{user_id}"), None).await
}

/// The attempt succeeded: the failures of the account are forgotten, the address has one less.
pub(crate) async fn succeeded<B: Backend>(connection: &mut B::Connection, attempt: Attempt) -> Result<()> {
    remove::<B>(connection, attempt.account).await?;
    match attempt.address {
        Some(address) => take_back::<B>(connection, address).await,
        None => Ok(()),
    }
}

/// Forgets the failures of that account ([`email::key`](super::email::key)).
pub(crate) async fn forget<B: Backend>(
    connection: &mut B::Connection,
    user_type: &str,
    account: &str,
) -> Result<()> {
    remove::<B>(connection, account_key(user_type, account)).await
}

async fn remove<B: Backend>(connection: &mut B::Connection, key: String) -> Result<()> {
    const REMOVE: &str = "DELETE FROM \"auth_throttle\" WHERE \"key\" = $1";
    let key = arguments::<B>([Value::Text(key.into())])?;
    B::execute(connection, REMOVE.into_sql_str(), key).await?;
    Ok(())
}

/// Each model of users has its own accounts.
fn account_key(user_type: &str, account: &str) -> String {
    format!("account:{user_type}:{}", HEXLOWER.encode(&Sha256::digest(account)))
}

/// Removes the rows that count no longer, and returns how many.
pub(crate) async fn purge<B: Backend>(connection: &mut B::Connection) -> Result<u64> {
    const PURGE: &str = "DELETE FROM \"auth_throttle\" \
        WHERE \"expires_at\" <= $1 AND (\"blocked_until\" IS NULL OR \"blocked_until\" <= $1)";
    let now = arguments::<B>([Value::Timestamp(clock::now())])?;
    Ok(B::rows_affected(&B::execute(connection, PURGE.into_sql_str(), now).await?))
}

/// What counts as one address: a host has a whole network of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

async fn count<B: Backend>(
    connection: &mut B::Connection,
    throttle: &Throttle,
    account: String,
    address: Option<String>,
) -> Result<Attempt> {
    let now = clock::now();
    let (sql, arguments) =
        counting::<B>(throttle, &account, address.as_deref(), now).into_statement::<B>()?;
    let mut counted = Vec::new();
    let mut rows = B::fetch(connection, sql, arguments);
    while let Some(row) = rows.try_next().await? {
        let columns = SignInThrottle::COLUMNS;
        counted.push(Counted {
            key: backend::read::<B, _>(&row, 0, columns.key.def())?,
            blocked_until: backend::read::<B, _>(&row, 1, columns.blocked_until.def())?,
        });
    }
    drop(rows);
    if counted.len() == 1 + usize::from(address.is_some()) {
        let address = counted.into_iter().find(|counted| counted.key != account);
        return Ok(Attempt { account, address });
    }
    // Another attempt has blocked one of the two in the meantime.
    for counted in counted {
        take_back::<B>(connection, counted).await?;
    }
    tracing::warn!(account, address, "attempts are refused: too many failed");
    let until = blocked_until::<B>(connection, account, address, now).await?;
    let retry_after = until.and_then(|until| (until - now).to_std().ok());
    Err(Error::Throttled { retry_after: retry_after.unwrap_or(Duration::from_secs(1)) })
}

/// The statement that counts an attempt in both rows, unless one of them is blocked, and returns the rows. It locks the
/// account's before the address's.
fn counting<B: Backend>(
    throttle: &Throttle,
    account: &str,
    address: Option<&str>,
    now: DateTime<Utc>,
) -> Sql {
    const FAILURES: &str = "CASE WHEN \"auth_throttle\".\"expires_at\" <= $1 THEN 1 \
        ELSE \"auth_throttle\".\"failures\" + 1 END";
    let mut sql = Sql::new(B::DIALECT, "");
    let time = |duration| Value::Timestamp(after(now, duration));
    let now = sql.placeholder(Value::Timestamp(now));
    let expires = sql.placeholder(time(throttle.window));
    let times = Times {
        delays: throttle.delays().map(|delay| sql.placeholder(time(delay))).collect(),
        lockout: sql.placeholder(time(throttle.lockout)),
    };
    let account = sql.placeholder(Value::Text(account.to_owned().into()));
    sql.push("WITH \"attempt\" (\"key\", \"blocked_until\") AS (VALUES ");
    sql.push(&format!("({account}, {})", times.after(throttle.account, "1")));
    if let Some(address) = address {
        let address = sql.placeholder(Value::Text(address.to_owned().into()));
        sql.push(&format!(", ({address}, {})", times.after(throttle.address, "1")));
    }
    sql.push(&format!(
        ") INSERT INTO \"auth_throttle\" (\"key\", \"failures\", \"expires_at\", \"blocked_until\") \
         SELECT \"key\", 1, {expires}, \"blocked_until\" FROM \"attempt\" WHERE NOT EXISTS \
         (SELECT 1 FROM \"auth_throttle\" AS \"t\" JOIN \"attempt\" AS \"a\" ON \"t\".\"key\" = \"a\".\"key\" \
         WHERE \"t\".\"blocked_until\" > {now}) \
         ON CONFLICT (\"key\") DO UPDATE SET \"failures\" = {FAILURES}, \"expires_at\" = \
         CASE WHEN \"auth_throttle\".\"expires_at\" <= {now} THEN {expires} ELSE \"auth_throttle\".\"expires_at\" END, \
         \"blocked_until\" = CASE WHEN \"auth_throttle\".\"key\" = {account} THEN {} ELSE {} END \
         WHERE \"auth_throttle\".\"blocked_until\" IS NULL OR \"auth_throttle\".\"blocked_until\" <= {now} \
         RETURNING \"key\", \"blocked_until\"",
        times.after(throttle.account, FAILURES),
        times.after(throttle.address, FAILURES),
    ));
    sql
}

impl Throttle {
    /// The delays that are shorter than the lockout.
    fn delays(&self) -> impl Iterator<Item = Duration> {
        let steps = |limits: Limits| limits.max.saturating_sub(limits.free);
        let steps = steps(self.account).max(steps(self.address)).min(u64::BITS);
        (0..steps).map(|step| Duration::from_secs(1 << step)).take_while(|delay| *delay < self.lockout)
    }
}

/// Placeholders of the times until which attempts can be blocked.
struct Times {
    delays: Vec<Placeholder>,
    lockout: Placeholder,
}

impl Times {
    /// Until when the next attempt waits after so many failures, as SQL.
    fn after(&self, limits: Limits, failures: &str) -> String {
        let mut sql = format!(
            "CASE WHEN {failures} >= {} THEN {lockout} WHEN {failures} <= {} THEN NULL",
            limits.max,
            limits.free,
            lockout = self.lockout
        );
        for (failure, delay) in (u64::from(limits.free) + 1..).zip(&self.delays) {
            sql += &format!(" WHEN {failures} = {failure} THEN {delay}");
        }
        sql + &format!(" ELSE {} END", self.lockout)
    }
}

/// Takes an attempt off the count again, with the block that it set.
async fn take_back<B: Backend>(connection: &mut B::Connection, counted: Counted) -> Result<()> {
    const TAKE_BACK: &str = "UPDATE \"auth_throttle\" SET \"failures\" = \"failures\" - 1, \"blocked_until\" = \
        CASE WHEN \"blocked_until\" = $2 THEN NULL ELSE \"blocked_until\" END WHERE \"key\" = $1 AND \"failures\" > 0";
    let arguments = arguments::<B>([counted.key.to_value(), counted.blocked_until.to_value()])?;
    B::execute(connection, TAKE_BACK.into_sql_str(), arguments).await?;
    Ok(())
}

/// Until when one of the two is blocked, if one is.
async fn blocked_until<B: Backend>(
    connection: &mut B::Connection,
    account: String,
    address: Option<String>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    const BLOCKED: &str = "SELECT MAX(\"blocked_until\") FROM \"auth_throttle\" \
        WHERE \"key\" IN ($1, $2) AND \"blocked_until\" > $3";
    const UNTIL: ColumnDef = ColumnDef::new::<Option<DateTime<Utc>>>("blocked_until");
    let address = address.unwrap_or_else(|| account.clone());
    let keys = [account, address].map(|key| Value::Text(key.into()));
    let arguments = arguments::<B>(keys.into_iter().chain([Value::Timestamp(now)]))?;
    match B::fetch_optional(connection, BLOCKED.into_sql_str(), arguments).await? {
        Some(row) => Ok(backend::read::<B, _>(&row, 0, &UNTIL)?),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_address() {
        for (address, counted) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            assert_eq!(network(address.parse().unwrap()).to_string(), counted);
        }
    }

    #[test]
    fn delays_double_up_to_the_lockout() {
        let delays = |throttle: &Throttle| throttle.delays().map(|delay| delay.as_secs()).collect::<Vec<_>>();
        let throttle = Throttle::default();
        assert_eq!(delays(&throttle), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert_eq!(delays(&Throttle { lockout: Duration::from_secs(8), ..throttle.clone() }), [1, 2, 4]);
        let endless = Limits { free: 0, max: u32::MAX };
        assert_eq!(delays(&Throttle { account: endless, lockout: Duration::MAX, ..throttle }).len(), 64);
    }

    #[test]
    fn no_time_is_after_the_last() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(after(now, Duration::from_secs(60)).to_rfc3339(), "2026-01-01T00:01:00+00:00");
        assert_eq!(after(now, Duration::MAX).to_rfc3339(), "9999-12-31T23:59:59+00:00");
    }
}
