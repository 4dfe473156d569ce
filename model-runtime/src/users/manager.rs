//! The manager of a model's users: making them, finding them, their passwords.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use super::settings::UserSettings;
use super::token;
use super::{PasswordHash, UserModel, email, throttle};
use crate::backend::Backend;
use crate::capability::timestamps::Timestamps;
use crate::capability::user::{hold, is_true, save_fields};
use crate::db::{Db, Op};
use crate::error::{Error, Result, ValidationErrors};
use crate::model::Model;
use crate::queryset::{QuerySet, not_found};
use crate::table::Dialect;
use crate::validate::check_value;
use crate::value::Value;
use crate::write::Create;

/// Makes the users of a model, lets them in, and changes their passwords. Cheap to clone; an application makes one.
///
/// ```
/// # use model_runtime::prelude::*; use model_runtime::users::{self, SignIn, User};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&users::tables(), &db).await?;
/// # model_runtime::schema::create_tables(&[User::table(), AuditLog::table()], &db).await?;
/// let users = User::manager();
/// let john = User::builder().email("john@Example.com").first_name("John").last_name("Doe").build();
/// let john = users.create_user(john, Some("a boat on the Lek"), &db).await?;
/// assert_eq!((john.email.as_str(), john.to_string().as_str()), ("john@example.com", "John Doe"));
///
/// let SignIn::Complete(john) = users.authenticate("JOHN@example.com", "a boat on the Lek", &db).await? else {
///     panic!("john has no second factor");
/// };
/// assert!(john.last_login_at.is_some());
/// # Ok(()) }
/// ```
pub struct UserManager<U> {
    settings: Arc<UserSettings>,
    model: PhantomData<fn() -> U>,
}

impl<U> Clone for UserManager<U> {
    fn clone(&self) -> Self {
        Self { settings: Arc::clone(&self.settings), model: PhantomData }
    }
}

impl<U> fmt::Debug for UserManager<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UserManager").field(&self.settings).finish()
    }
}

impl<U> Default for UserManager<U> {
    fn default() -> Self {
        Self::new(UserSettings::default())
    }
}

impl<U> UserManager<U> {
    /// A manager with these settings.
    pub fn new(settings: UserSettings) -> Self {
        Self { settings: Arc::new(settings), model: PhantomData }
    }

    /// What it goes by.
    pub fn settings(&self) -> &UserSettings {
        &self.settings
    }

    pub(super) fn shared(&self) -> Arc<UserSettings> {
        Arc::clone(&self.settings)
    }

    /// The address as it is stored: its domain in lower case, the rest as it stands (rule 25).
    ///
    /// # Errors
    /// [`Error::Validation`] that names `email`, where it is no address.
    pub fn normalize_email(address: &str) -> Result<String>
    where
        U: Model,
    {
        email::normalize(address).map_err(|why| {
            let mut errors = ValidationErrors::new(U::TABLE.model);
            errors.add("email", why);
            Error::Validation(errors)
        })
    }
}

impl<U: UserModel> UserManager<U> {
    /// Users who may sign in.
    pub fn active(&self) -> QuerySet<U> {
        U::objects().filter_expr(is_true::<U>("is_active"))
    }

    /// Users whose e-mail address is verified.
    pub fn verified(&self) -> QuerySet<U> {
        U::objects().verified()
    }

    /// Users who joined in the last `days` days.
    pub fn recently_joined(&self, days: u32) -> QuerySet<U>
    where
        U: Timestamps,
    {
        U::objects().recent(days)
    }

    /// The user with that e-mail address, in any case of its letters.
    pub fn by_email(&self, address: &str) -> QuerySet<U> {
        U::objects().by_email(address)
    }

    /// Inserts the user with a password; without one nobody can sign in as them until a password is set.
    ///
    /// # Errors
    /// [`Error::Validation`] with all that is wrong with e-mail and password, [`Error::Unique`] where the e-mail or the
    /// username is taken. Nothing is written then.
    pub fn create_user<'c, D>(&self, user: U, password: Option<&str>, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, Create<U>, Out = U> + 'c,
    {
        let (settings, password) = (self.shared(), password.map(str::to_owned));
        Box::pin(async move {
            let errors = ValidationErrors::new(U::TABLE.model);
            let user = created::<U>(&settings, user, password, errors).await?;
            let user = db.run(Create::new(user)).await?;
            tracing::info!(user_id = %user.id(), "user created");
            Ok(user)
        })
    }

    /// Inserts a superuser; begin it with the model's `superuser()`.
    ///
    /// # Errors
    /// As [`create_user`](Self::create_user), and where `is_staff` or `is_superuser` is false (rule 27).
    pub fn create_superuser<'c, D>(&self, user: U, password: Option<&str>, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, Create<U>, Out = U> + 'c,
    {
        let (settings, password) = (self.shared(), password.map(str::to_owned));
        Box::pin(async move {
            let mut errors = ValidationErrors::new(U::TABLE.model);
            let account = user.account();
            for (field, is_set) in [("is_staff", account.is_staff), ("is_superuser", account.is_superuser)] {
                if !is_set {
                    let model = U::TABLE.model;
                    errors.add(
                        field,
                        format!("must be true of a superuser: begin with `{model}::superuser()`"),
                    );
                }
            }
            let user = created::<U>(&settings, user, password, errors).await?;
            let user = db.run(Create::new(user)).await?;
            tracing::info!(user_id = %user.id(), "superuser created");
            Ok(user)
        })
    }

    /// Changes the e-mail address: the new one is not verified yet, and tokens that were sent to the old one are not
    /// accepted any more. Returns `false` where it is the same.
    ///
    /// # Errors
    /// [`Error::Validation`], [`Error::Unique`], [`Error::NotFound`]; nothing is written then.
    pub fn change_email<'c, D>(&self, user: &'c mut U, address: &str, db: D) -> BoxFuture<'c, Result<bool>>
    where
        D: Db<'c, ChangeEmail<'c, U>, Out = bool> + 'c,
    {
        let address = Self::normalize_email(address);
        Box::pin(async move { db.run(ChangeEmail { user, address: address? }).await })
    }

    /// Whether that is the user's password. For signing in there is [`authenticate`](Self::authenticate), which also
    /// refuses repeated failures.
    ///
    /// # Errors
    /// None of its own; the hash is computed on a blocking thread.
    pub async fn check_password(&self, user: &U, password: &str) -> Result<bool> {
        self.settings.hashing.verify(password, user.account().password).await
    }

    /// Sets the password, ends all tokens of the user (rule 26), sessions too, and forgets failures to sign in.
    ///
    /// # Errors
    /// [`Error::Validation`] with all that is wrong with the password, [`Error::NotFound`] where the user is gone. Password
    /// and tokens stay then.
    pub fn set_password<'c, D>(&self, user: &'c mut U, password: &str, db: D) -> BoxFuture<'c, Result<()>>
    where
        D: Db<'c, SetPassword<'c, U>, Out = ()> + 'c,
    {
        let (settings, password) = (self.shared(), password.to_owned());
        Box::pin(async move {
            let hash = hashed(&settings, user, &password).await?;
            db.run(SetPassword { user, hash }).await
        })
    }
}

/// The user as it will be inserted. All that is wrong with it and its password comes in one error, before the hash is
/// computed.
async fn created<U: UserModel>(
    settings: &UserSettings,
    mut user: U,
    password: Option<String>,
    mut errors: ValidationErrors,
) -> Result<U> {
    if let Err(why) = email::normalize(user.account().email) {
        errors.add("email", why);
    }
    for (i, column) in U::TABLE.columns.iter().enumerate().filter(|(_, column)| column.field != "email") {
        if let value @ Value::Text(_) = user.value(i) {
            check_value(column, &value, Dialect::Postgres, &mut errors);
        }
    }
    if let Some(password) = &password {
        refuse_password(settings, &user, password, &mut errors).await?;
    }
    errors.into_result()?;
    *user.account_mut().password = match password {
        Some(password) => settings.hashing.hash(&password).await?,
        None => PasswordHash::unusable(),
    };
    Ok(user)
}

/// Adds what is wrong with a password. Estimating its strength takes time, on a blocking thread.
async fn refuse_password<U: UserModel>(
    settings: &UserSettings,
    user: &U,
    password: &str,
    errors: &mut ValidationErrors,
) -> Result<()> {
    let account = user.account();
    let about = [
        ("email", account.email),
        ("username", account.username.unwrap_or_default()),
        ("first_name", account.first_name),
        ("last_name", account.last_name),
        ("phone_number", account.phone_number),
    ];
    let about = about.map(|(field, value)| (field, value.to_owned()));
    let (rules, password) = (settings.password_rules.clone(), password.to_owned());
    let wrong = tokio::task::spawn_blocking(move || {
        rules.check(&password, &about.each_ref().map(|(field, value)| (*field, value.as_str())))
    });
    let wrong = wrong.await.map_err(|_| sqlx::Error::WorkerCrashed)?;
    wrong.into_iter().for_each(|why| errors.add("password", why));
    Ok(())
}

/// The hash of a password that the rules allow this user.
pub(super) async fn hashed<U: UserModel>(
    settings: &UserSettings,
    user: &U,
    password: &str,
) -> Result<PasswordHash> {
    let mut errors = ValidationErrors::new(U::TABLE.model);
    refuse_password(settings, user, password, &mut errors).await?;
    errors.into_result()?;
    settings.hashing.hash(password).await
}

/// Changes a user's e-mail address.
pub struct ChangeEmail<'m, U> {
    user: &'m mut U,
    address: String,
}

impl<B: Backend, U: UserModel> Op<B> for ChangeEmail<'_, U> {
    type Out = bool;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let Self { user, address } = self;
        let id = user.id();
        let before = verification(user);
        let (mut transaction, now) = hold::<B, U>(connection, id).await?;
        let result = match now {
            Some(now) => change_email::<B, U>(transaction.connection(), user, &now, address).await,
            None => Err(not_found::<U>(id)),
        };
        let result = transaction.end(result).await;
        if result.is_err() {
            verify_as(user, before);
        }
        result
    }
}

/// The address, and whether and when it was verified.
type Verification = (String, bool, Option<DateTime<Utc>>);

fn verification<U: UserModel>(user: &U) -> Verification {
    let account = user.account();
    (account.email.to_owned(), account.is_verified, account.verified_at)
}

fn verify_as<U: UserModel>(user: &mut U, to: Verification) {
    let account = user.account_mut();
    (*account.email, *account.is_verified, *account.verified_at) = to;
}

/// In a transaction of the caller's that holds the user, who is `now`.
async fn change_email<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    now: &U,
    address: String,
) -> Result<bool> {
    if now.account().email == address {
        verify_as(user, verification(now));
        return Ok(false);
    }
    verify_as(user, (address, false, None));
    save_fields::<B, U>(connection, user, &["email", "is_verified", "verified_at"]).await?;
    Ok(true)
}

/// Sets a user's password.
pub struct SetPassword<'m, U> {
    user: &'m mut U,
    hash: PasswordHash,
}

impl<B: Backend, U: UserModel> Op<B> for SetPassword<'_, U> {
    type Out = ();

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<()> {
        let Self { user, hash } = self;
        let id = user.id();
        let before = user.account().password.clone();
        let (mut transaction, now) = hold::<B, U>(connection, id).await?;
        let result = match now {
            Some(now) => {
                set_password::<B, U>(transaction.connection(), user, hash, now.account().email).await
            }
            None => Err(not_found::<U>(id)),
        };
        let result = transaction.end(result).await;
        if result.is_err() {
            *user.account_mut().password = before;
        }
        result
    }
}

/// Sets the password, ends the tokens and forgets failures. In a transaction of the caller's
/// that holds the user, whose address it is.
pub(super) async fn set_password<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    hash: PasswordHash,
    address: &str,
) -> Result<()> {
    *user.account_mut().password = hash;
    save_fields::<B, U>(connection, user, &["password"]).await?;
    token::revoke_all::<B, U>(connection, user).await?;
    throttle::forget::<B>(connection, U::TABLE.label, &email::key(address)).await?;
    tracing::info!(user_id = %user.id(), "password set");
    Ok(())
}
