//! Recovery codes: each signs a user in once, where the authenticator is lost.

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::SecretString;
use sqlx::SqlSafeStr;

use super::random;
use super::token::TokenHash;
use super::two_factor::{Owner, invalid};
use crate::Model;
use crate::atomic::Atomic;
use crate::backend::Backend;
use crate::clock;
use crate::db::Op;
use crate::error::Result;
use crate::sql::arguments;
use crate::value::Value;
use crate::write::BulkCreate;

/// How many a user has.
const COUNT: usize = 10;

/// Of a code. Nobody tries out 80 bits, with or without the stored hash.
const BYTES: usize = 10;

/// A code that signs a user in once in place of the authenticator's. Only a hash of it is stored.
#[derive(Debug, Clone, Model)]
#[model(table = "auth_recovery_codes", label = "auth.recovery_code", unchecked)]
#[unique(user_type, user_id, hash)]
pub struct RecoveryCode {
    /// Counts up.
    pub id: i64,
    /// The label of the user's model.
    #[column(max_length = 100)]
    pub user_type: String,
    /// The user's key as text.
    #[column(max_length = 255)]
    pub user_id: String,
    hash: TokenHash,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

/// Replaces the recovery codes of a user.
pub struct NewRecoveryCodes(pub(super) Owner);

impl<B: Backend> Op<B> for NewRecoveryCodes {
    type Out = Vec<SecretString>;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<SecretString>> {
        let mut transaction = Atomic::<B>::begin(connection).await?;
        let result = renew::<B>(transaction.connection(), &self.0).await;
        transaction.end(result).await
    }
}

async fn renew<B: Backend>(connection: &mut B::Connection, owner: &Owner) -> Result<Vec<SecretString>> {
    // Of several who do this at a time each waits here for the one before, so that it sees the codes to replace.
    const LOCK: &str = "UPDATE \"auth_two_factor\" SET \"last_step\" = \"last_step\" \
        WHERE \"user_type\" = $1 AND \"user_id\" = $2 AND \"confirmed_at\" IS NOT NULL";
    let user = [Value::Text(owner.user_type.into()), Value::Text(owner.user_id.as_str().into())];
    let locked = B::execute(connection, LOCK.into_sql_str(), arguments::<B>(user)?).await?;
    if B::rows_affected(&locked) == 0 {
        return Err(invalid("two_factor_enabled", "is off; enrol an authenticator first"));
    }
    replace::<B>(connection, owner).await
}

/// In a transaction of the caller's that has written the user's [`TwoFactor`].
pub(super) async fn replace<B: Backend>(
    connection: &mut B::Connection,
    owner: &Owner,
) -> Result<Vec<SecretString>> {
    Op::<B>::run(owner.recovery_codes().removal(), connection).await?;
    let (mut codes, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..COUNT {
        let code = BASE32_NOPAD.encode(&random::<BYTES>()?);
        rows.push(RecoveryCode {
            id: 0,
            user_type: owner.user_type.to_owned(),
            user_id: owner.user_id.clone(),
            hash: TokenHash::of(&code),
            used_at: None,
        });
        codes.push(SecretString::from(readable(&code)));
    }
    Op::<B>::run(BulkCreate::new(rows), connection).await?;
    Ok(codes)
}

/// Uses a code up. Of several who show one at a time, one is accepted.
pub(super) async fn use_up<B: Backend>(
    connection: &mut B::Connection,
    owner: &Owner,
    code: &str,
) -> Result<bool> {
    let hash = TokenHash::of(code);
    let unused = owner.recovery_codes().filter(|code| code.hash.eq(hash) & code.used_at.is_null());
    let used = unused.updated(vec![RecoveryCode::COLUMNS.used_at.set(Some(clock::now()))]);
    let accepted = Op::<B>::run(used, connection).await? > 0;
    if accepted {
        tracing::info!(user_id = %owner.user_id, "recovery code used");
    }
    Ok(accepted)
}

/// `ABCD-EFGH-IJKL-MNOP`.
fn readable(code: &str) -> String {
    let mut readable = String::new();
    for (i, character) in code.chars().enumerate() {
        if i > 0 && i % 4 == 0 {
            readable.push('-');
        }
        readable.push(character);
    }
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_easy_to_read() {
        assert_eq!(readable("ABCDEFGHIJKLMNOP"), "ABCD-EFGH-IJKL-MNOP");
    }
}
