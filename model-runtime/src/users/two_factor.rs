//! The second factor: codes of an authenticator, and recovery codes.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use sqlx::SqlSafeStr;

use super::recovery_code::{self, NewRecoveryCodes, RecoveryCode};
use super::sign_in::own_name;
use super::totp::{DIGITS, Enrolment, TotpSecret};
use super::{UserManager, UserModel, UserSettings, reference, throttle};
use crate::Model;
use crate::audit;
use crate::backend::Backend;
use crate::capability::user::{hold, save_fields};
use crate::clock;
use crate::db::{Db, Op, boxed};
use crate::error::{Error, Result, ValidationErrors};
use crate::field::FieldType;
use crate::queryset::{self, QuerySet};
use crate::sql::arguments;
use crate::value::Value;

/// The authenticator of a user: enrolled, and good for signing in once it is confirmed.
#[derive(Debug, Clone, Model)]
#[model(table = "auth_two_factor", label = "auth.two_factor", unchecked)]
#[unique(user_type, user_id)]
pub struct TwoFactor {
    /// Counts up.
    pub id: i64,
    /// The label of the user's model.
    #[column(max_length = 100)]
    pub user_type: String,
    /// The user's key as text.
    #[column(max_length = 255)]
    pub user_id: String,
    secret: TotpSecret,
    /// When a code of it was first seen.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The 30 seconds, counted from 1970, of the latest code that was accepted: it and those before are refused.
    pub last_step: i64,
    /// When it was enrolled.
    pub created_at: DateTime<Utc>,
}

impl<U: UserModel> UserManager<U> {
    /// Makes a secret for the user's authenticator. Signing in asks for it once it is
    /// [confirmed](Self::confirm_two_factor); until then enrolling again replaces it.
    ///
    /// ```
    /// # use model_runtime::prelude::*; use model_runtime::users::{self, User, UserRow};
    /// # use secrecy::ExposeSecret;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
    /// # let db = Pool::connect("sqlite::memory:").await?;
    /// # model_runtime::schema::create_tables(&users::tables(), &db).await?;
    /// # model_runtime::schema::create_tables(&[User::table(), AuditLog::table()], &db).await?;
    /// # let authenticator = |uri: &str| totp_rs::Totp::from_url(uri).unwrap();
    /// let users = User::manager();
    /// let mut jane = users.create_user(User::builder().email("jane@example.com").build(), None, &db).await?;
    /// let enrolment = users.enrol_two_factor(&jane, &db).await?;
    /// let authenticator = authenticator(enrolment.uri().expose_secret());
    ///
    /// let code = authenticator.generate_current().to_string();
    /// let recovery_codes = users.confirm_two_factor(&mut jane, &code, &db).await?;
    /// assert!(jane.two_factor_enabled);
    /// assert!(users.verify_code(&jane, &code, &db).await.is_err(), "it was used");
    /// users.verify_code(&jane, recovery_codes[0].expose_secret(), &db).await?;
    /// assert_eq!(users.recovery_codes_left(&jane, &db).await?, 9);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Validation`] that names `two_factor_enabled`, where it is on already.
    pub fn enrol_two_factor<'c, D>(&self, user: &U, db: D) -> BoxFuture<'c, Result<Enrolment>>
    where
        D: Db<'c, EnrolTwoFactor, Out = Enrolment> + 'c,
    {
        let (owner, email) = (Owner::of(user), user.account().email.to_owned());
        boxed(db, EnrolTwoFactor { settings: self.shared(), owner, email })
    }

    /// Turns the second factor on, by a code of the authenticator that was enrolled. Returns 10 recovery codes, each of
    /// which signs in once. They are told this once.
    ///
    /// # Errors
    /// [`Error::Validation`] that names `code`; [`Error::Throttled`].
    pub fn confirm_two_factor<'c, D>(
        &self,
        user: &'c mut U,
        code: &str,
        db: D,
    ) -> BoxFuture<'c, Result<Vec<SecretString>>>
    where
        D: Db<'c, ConfirmTwoFactor<'c, U>, Out = Vec<SecretString>> + Clone + 'c,
    {
        boxed(db, ConfirmTwoFactor { settings: self.shared(), user, code: code.to_owned() })
    }

    /// Accepts a code of the user's authenticator, or a recovery code, with or without its dashes. Each is good for one
    /// use, and so is a code of an earlier time than one that was used.
    ///
    /// Wrong codes are counted for the user as wrong passwords are: `db` is a pool, since a transaction that is rolled back
    /// would take the count with it.
    ///
    /// # Errors
    /// [`Error::Validation`] that names `code`, where it is wrong, used or empty; [`Error::Throttled`].
    pub fn verify_code<'c, D>(&self, user: &U, code: &str, db: D) -> BoxFuture<'c, Result<()>>
    where
        D: Db<'c, VerifyCode, Out = ()> + Clone + 'c,
    {
        boxed(db, VerifyCode { settings: self.shared(), owner: Owner::of(user), code: code.to_owned() })
    }

    /// Makes 10 new recovery codes. Those that there were are good no more.
    ///
    /// # Errors
    /// [`Error::Validation`] that names `two_factor_enabled`, where it is off.
    pub fn new_recovery_codes<'c, D>(&self, user: &U, db: D) -> BoxFuture<'c, Result<Vec<SecretString>>>
    where
        D: Db<'c, NewRecoveryCodes, Out = Vec<SecretString>> + 'c,
    {
        boxed(db, NewRecoveryCodes(Owner::of(user)))
    }

    /// How many recovery codes are not used yet.
    ///
    /// # Errors
    /// The database's.
    pub fn recovery_codes_left<'c, D>(&self, user: &U, db: D) -> BoxFuture<'c, Result<u64>>
    where
        D: Db<'c, queryset::Count<RecoveryCode>, Out = u64> + 'c,
    {
        let unused = Owner::of(user).recovery_codes().filter(|code| code.used_at.is_null());
        Box::pin(unused.count(db))
    }

    /// Turns the second factor off and forgets the authenticator and all recovery codes. Returns `false` where there was
    /// none. Have the user show a code or the password first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone.
    pub fn disable_two_factor<'c, D>(&self, user: &'c mut U, db: D) -> BoxFuture<'c, Result<bool>>
    where
        D: Db<'c, DisableTwoFactor<'c, U>, Out = bool> + 'c,
    {
        boxed(db, DisableTwoFactor(user))
    }
}

/// Whose a second factor is.
pub(super) struct Owner {
    pub user_type: &'static str,
    pub user_id: String,
}

impl Owner {
    pub fn of<U: UserModel>(user: &U) -> Self {
        let (user_type, user_id) = reference(user);
        Self { user_type, user_id }
    }

    fn two_factor(&self) -> QuerySet<TwoFactor> {
        TwoFactor::objects()
            .filter(|it| it.user_type.eq(self.user_type) & it.user_id.eq(self.user_id.as_str()))
    }

    pub fn recovery_codes(&self) -> QuerySet<RecoveryCode> {
        RecoveryCode::objects()
            .filter(|code| code.user_type.eq(self.user_type) & code.user_id.eq(self.user_id.as_str()))
    }
}

/// Stores the secret of a new authenticator.
pub struct EnrolTwoFactor {
    settings: Arc<UserSettings>,
    owner: Owner,
    email: String,
}

impl<B: Backend> Op<B> for EnrolTwoFactor {
    type Out = Enrolment;

    async fn run(self, connection: &mut B::Connection) -> Result<Enrolment> {
        const ENROL: &str = "INSERT INTO \"auth_two_factor\" \
            (\"user_type\", \"user_id\", \"secret\", \"last_step\", \"created_at\") VALUES ($1, $2, $3, 0, $4) \
            ON CONFLICT (\"user_type\", \"user_id\") DO UPDATE SET \"secret\" = excluded.\"secret\", \
            \"created_at\" = excluded.\"created_at\" WHERE \"auth_two_factor\".\"confirmed_at\" IS NULL";
        let secret = TotpSecret::random()?;
        let enrolment = Enrolment::new(&secret, &self.settings.issuer, &self.email)?;
        let arguments = arguments::<B>([
            Value::Text(self.owner.user_type.into()),
            Value::Text(self.owner.user_id.into()),
            secret.to_value(),
            Value::Timestamp(clock::now()),
        ])?;
        let enrolled = B::execute(connection, ENROL.into_sql_str(), arguments).await;
        // PostgreSQL's own error may tell the whole row.
        let enrolled = enrolled.map_err(|error| Error::of(error, TwoFactor::TABLE))?;
        if B::rows_affected(&enrolled) == 0 {
            return Err(invalid(
                "two_factor_enabled",
                "is on already; turn it off before enrolling another authenticator",
            ));
        }
        Ok(enrolment)
    }
}

/// Turns the second factor of a user on.
pub struct ConfirmTwoFactor<'m, U> {
    settings: Arc<UserSettings>,
    user: &'m mut U,
    code: String,
}

impl<B: Backend, U: UserModel> Op<B> for ConfirmTwoFactor<'_, U> {
    type Out = Vec<SecretString>;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<SecretString>> {
        let Self { settings, user, code } = self;
        let (owner, code) = (Owner::of(user), typed(&code)?);
        let enrolled = owner.two_factor().filter(|it| it.confirmed_at.is_null());
        let Some(enrolled) = queryset::first::<B, _>(connection, enrolled).await? else {
            return Err(invalid(
                "code",
                "confirms nothing: no authenticator is enrolled that was not confirmed before",
            ));
        };
        let attempt = begin::<B>(connection, &settings, &owner).await?;
        let step = enrolled.secret.step(DIGITS, &code, clock::now()).ok_or_else(refused)?;
        let (mut transaction, _) = hold::<B, U>(connection, user.id()).await?;
        let before = user.account().two_factor_enabled;
        let (id, label) = own_name(user);
        let confirm = confirm::<B, U>(transaction.connection(), user, &enrolled, step, attempt);
        let confirmed = audit::in_name_of(id, label, confirm).await;
        let confirmed = transaction.end(confirmed).await;
        match &confirmed {
            Ok(_) => tracing::info!(user_id = %user.id(), "second factor turned on"),
            Err(_) => *user.account_mut().two_factor_enabled = before,
        }
        confirmed
    }
}

/// Confirms what was enrolled, unless that was replaced or confirmed in the meantime. In a transaction of the caller's.
async fn confirm<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    enrolled: &TwoFactor,
    step: i64,
    attempt: throttle::Attempt,
) -> Result<Vec<SecretString>> {
    let columns = TwoFactor::COLUMNS;
    let unchanged = TwoFactor::objects()
        .filter(|it| it.id.eq(enrolled.id) & it.confirmed_at.is_null() & it.secret.eq(&enrolled.secret));
    let set = vec![columns.confirmed_at.set(Some(clock::now())), columns.last_step.set(step)];
    if Op::<B>::run(unchanged.updated(set), connection).await? == 0 {
        return Err(refused());
    }
    let codes = recovery_code::replace::<B>(connection, &Owner::of(user)).await?;
    *user.account_mut().two_factor_enabled = true;
    save_fields::<B, U>(connection, user, &["two_factor_enabled"]).await?;
    throttle::succeeded::<B>(connection, attempt).await?;
    Ok(codes)
}

/// Accepts a code.
pub struct VerifyCode {
    settings: Arc<UserSettings>,
    owner: Owner,
    code: String,
}

impl<B: Backend> Op<B> for VerifyCode {
    type Out = ();

    async fn run(self, connection: &mut B::Connection) -> Result<()> {
        verify::<B>(connection, &self.settings, &self.owner, &self.code).await
    }
}

/// Accepts a code of the user. Not in a transaction that is rolled back where the code is wrong.
pub(super) async fn verify<B: Backend>(
    connection: &mut B::Connection,
    settings: &UserSettings,
    owner: &Owner,
    code: &str,
) -> Result<()> {
    let code = typed(code)?;
    // Who has no second factor has nothing to guess, and is not kept from enrolling.
    let confirmed = owner.two_factor().filter(|it| it.confirmed_at.is_not_null());
    let Some(two_factor) = queryset::first::<B, _>(connection, confirmed).await? else {
        return Err(refused());
    };
    let attempt = begin::<B>(connection, settings, owner).await?;
    let of_authenticator =
        code.len() == usize::from(DIGITS) && code.bytes().all(|byte| byte.is_ascii_digit());
    let accepted = match of_authenticator {
        true => use_totp::<B>(connection, &two_factor, &code).await?,
        false => recovery_code::use_up::<B>(connection, owner, &code).await?,
    };
    if !accepted {
        return Err(refused());
    }
    throttle::succeeded::<B>(connection, attempt).await
}

/// Of several who show one code at a time, one is accepted: the statement decides.
async fn use_totp<B: Backend>(
    connection: &mut B::Connection,
    two_factor: &TwoFactor,
    code: &str,
) -> Result<bool> {
    let Some(step) = two_factor.secret.step(DIGITS, code, clock::now()) else { return Ok(false) };
    let earlier = TwoFactor::objects().filter(|it| it.id.eq(two_factor.id) & it.last_step.lt(step));
    Ok(Op::<B>::run(earlier.updated(vec![TwoFactor::COLUMNS.last_step.set(step)]), connection).await? > 0)
}

/// Turns the second factor of a user off.
pub struct DisableTwoFactor<'m, U>(&'m mut U);

impl<B: Backend, U: UserModel> Op<B> for DisableTwoFactor<'_, U> {
    type Out = bool;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let user = self.0;
        let (mut transaction, _) = hold::<B, U>(connection, user.id()).await?;
        let before = user.account().two_factor_enabled;
        let disabled = disable::<B, U>(transaction.connection(), user).await;
        let disabled = transaction.end(disabled).await;
        match &disabled {
            Ok(true) => tracing::info!(user_id = %user.id(), "second factor turned off"),
            Ok(false) => {}
            Err(_) => *user.account_mut().two_factor_enabled = before,
        }
        disabled
    }
}

async fn disable<B: Backend, U: UserModel>(connection: &mut B::Connection, user: &mut U) -> Result<bool> {
    let owner = Owner::of(user);
    let removed = Op::<B>::run(owner.two_factor().removal(), connection).await?;
    Op::<B>::run(owner.recovery_codes().removal(), connection).await?;
    *user.account_mut().two_factor_enabled = false;
    let changed = save_fields::<B, U>(connection, user, &["two_factor_enabled"]).await?;
    Ok(removed > 0 || changed)
}

async fn begin<B: Backend>(
    connection: &mut B::Connection,
    settings: &UserSettings,
    owner: &Owner,
) -> Result<throttle::Attempt> {
    throttle::begin_code::<B>(connection, &settings.throttle, owner.user_type, &owner.user_id).await
}

/// A code without what people put between its characters, in upper case.
fn typed(code: &str) -> Result<String> {
    let characters = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let code: String = characters.map(|c| c.to_ascii_uppercase()).collect();
    if code.is_empty() { Err(invalid("code", "is empty")) } else { Ok(code) }
}

/// Whether it was the right one once is not told.
fn refused() -> Error {
    invalid("code", "is wrong or was used before")
}

pub(super) fn invalid(field: &str, why: &str) -> Error {
    let mut errors = ValidationErrors::new(TwoFactor::TABLE.model);
    errors.add(field, why);
    Error::Validation(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_taken_as_people_type_them() {
        for code in ["ABCD-EFGH-IJKL-MNOP", " abcd efgh-ijklmnop\n", "ABCDEFGHIJKLMNOP"] {
            assert_eq!(typed(code).unwrap(), "ABCDEFGHIJKLMNOP");
        }
        assert_eq!(typed("123 456").unwrap(), "123456");
        for empty in ["", " ", "--", "\u{a0}"] {
            assert!(typed(empty).is_err());
        }
    }
}
