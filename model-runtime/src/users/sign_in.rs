//! Signing in: by password, then where it is asked for by a second factor.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::settings::UserSettings;
use super::token::{self, Token, TokenPurpose};
use super::{PasswordHash, UserManager, UserModel, email, reference, throttle, two_factor};
use crate::atomic::Atomic;
use crate::audit::{self, AuditContext};
use crate::backend::Backend;
use crate::capability::user::{UserRow, held, save_fields};
use crate::clock;
use crate::db::{Db, Op, boxed};
use crate::error::{Error, Result};
use crate::queryset;
use crate::write::Insert;

/// How far somebody came in signing in.
#[derive(Debug)]
#[must_use = "whoever has a second factor is not signed in yet"]
pub enum SignIn<U> {
    /// All the way.
    Complete(U),
    /// The password was right, and the second factor is still to be shown: give this token with the code to
    /// [`UserManager::authenticate_code`].
    CodeRequired(SecretString),
}

impl<U: UserModel> UserManager<U> {
    /// Signs in by e-mail and password. `db` is a pool: no connection is held while the password is hashed.
    ///
    /// An unknown address and a wrong password take the same statements and the same hash (rule 25). Failures are
    /// counted for the account and for the `ip_address` of the [audit context](crate::audit). A hash with outdated
    /// parameters is made anew.
    ///
    /// # Errors
    /// [`Error::Credentials`], also for users who are not active; [`Error::Throttled`] after too many failures.
    pub fn authenticate<'c, D>(&self, email: &str, password: &str, db: D) -> BoxFuture<'c, Result<SignIn<U>>>
    where
        D: Db<'c, FindAccount<U>, Out = (throttle::Attempt, Option<U>)>
            + Db<'c, Enter<U>, Out = SignIn<U>>
            + Clone
            + 'c,
    {
        let (settings, password) = (self.shared(), password.to_owned());
        let key = email::key(email);
        Box::pin(async move {
            let find = FindAccount { settings: Arc::clone(&settings), key, model: std::marker::PhantomData };
            let (attempt, user) = Db::<FindAccount<U>>::run(db.clone(), find).await?;
            let nobody = PasswordHash::unusable();
            let hash = user.as_ref().map_or(&nobody, |user| user.account().password);
            let is_right = settings.hashing.verify(&password, hash).await?;
            let Some(user) = user.filter(|user| is_right && user.account().is_active) else {
                return Err(Error::Credentials);
            };
            let outdated = settings.hashing.needs_rehash(user.account().password);
            let rehashed = if outdated { Some(settings.hashing.hash(&password).await?) } else { None };
            let context = in_own_name(&user);
            Db::<Enter<U>>::run(context.on(db), Enter { settings, attempt, user, rehashed }).await
        })
    }

    /// Signs in by the token that [`authenticate`](Self::authenticate) gave and a code of the authenticator, or a
    /// recovery code.
    ///
    /// # Errors
    /// [`Error::Token`]; [`Error::Validation`] that names `code`; [`Error::Throttled`].
    pub fn authenticate_code<'c, D>(&self, token: &str, code: &str, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, EnterByCode<U>, Out = U> + 'c,
    {
        let operation = EnterByCode {
            settings: self.shared(),
            token: token.to_owned(),
            code: code.to_owned(),
            model: std::marker::PhantomData,
        };
        boxed(db, operation)
    }
}

/// Counts an attempt to sign in, and finds the account.
pub struct FindAccount<U> {
    settings: Arc<UserSettings>,
    key: String,
    model: std::marker::PhantomData<fn() -> U>,
}

impl<B: Backend, U: UserModel> Op<B> for FindAccount<U> {
    type Out = (throttle::Attempt, Option<U>);

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        let address = audit::current().and_then(|context| context.ip_address);
        let attempt = throttle::begin::<B>(connection, &self.settings.throttle, &self.key, address).await?;
        let user = queryset::first::<B, _>(connection, U::objects().by_email(&self.key)).await?;
        Ok((attempt, user))
    }
}

/// Lets a user in whose password was right.
pub struct Enter<U> {
    settings: Arc<UserSettings>,
    attempt: throttle::Attempt,
    user: U,
    rehashed: Option<PasswordHash>,
}

impl<U: UserModel> Enter<U> {
    async fn within<B: Backend>(self, connection: &mut B::Connection) -> Result<SignIn<U>> {
        let Self { settings, attempt, user, rehashed } = self;
        // The user may have changed while the hash was computed.
        let password = user.account().password;
        let is_same = |now: &U| now.account().is_active && now.account().password == password;
        let now = held::<B, U>(connection, user.id()).await?;
        let mut user = now.filter(is_same).ok_or(Error::Credentials)?;
        throttle::succeeded::<B>(connection, attempt).await?;
        if let Some(hash) = rehashed {
            *user.account_mut().password = hash;
            save_fields::<B, U>(connection, &mut user, &["password"]).await?;
        }
        if user.account().two_factor_enabled {
            let lifetime = settings.lifetimes.second_factor;
            let (owner, email) = (reference(&user), user.account().email.to_owned());
            let (secret, mut token) =
                token::new(owner, email, TokenPurpose::SecondFactor, String::new(), lifetime)?;
            Op::<B>::run(Insert::new(&mut token), connection).await?;
            return Ok(SignIn::CodeRequired(secret));
        }
        entered::<B, U>(connection, user).await.map(SignIn::Complete)
    }
}

impl<B: Backend, U: UserModel> Op<B> for Enter<U> {
    type Out = SignIn<U>;

    const BEGINS: bool = true;

    async fn run(self, connection: &mut B::Connection) -> Result<SignIn<U>> {
        let mut transaction = Atomic::<B>::begin(connection).await?;
        let result = self.within::<B>(transaction.connection()).await;
        transaction.end(result).await
    }
}

/// Lets a user in whose code is right.
pub struct EnterByCode<U> {
    settings: Arc<UserSettings>,
    token: String,
    code: String,
    model: std::marker::PhantomData<fn() -> U>,
}

impl<B: Backend, U: UserModel> Op<B> for EnterByCode<U> {
    type Out = U;

    /// The code's attempt is counted whatever comes of it, so that these steps are no transaction.
    async fn run(self, connection: &mut B::Connection) -> Result<U> {
        let (token, user): (Token, U) =
            token::find::<B, U>(connection, &self.token, TokenPurpose::SecondFactor).await?;
        two_factor::verify::<B, U>(connection, &self.settings, &user, &self.code).await?;
        token::consume::<B>(connection, &token).await?;
        entered::<B, U>(connection, user).await
    }
}

/// The audit context of what a sign-in writes: in the user's name, where there is none. Nobody else is there yet, also
/// where the model asks for an actor.
fn in_own_name<U: UserModel>(user: &U) -> AuditContext {
    let context = audit::current().unwrap_or_default();
    match &context.actor {
        Some(_) => context,
        None => context.actor(user.id(), user.get_display_name()),
    }
}

/// The user, signed in now.
async fn entered<B: Backend, U: UserModel>(connection: &mut B::Connection, mut user: U) -> Result<U> {
    let context = in_own_name(&user);
    *user.account_mut().last_login_at = Some(clock::now());
    audit::scope(context, save_fields::<B, U>(connection, &mut user, &["last_login_at"])).await?;
    tracing::info!(user_id = %user.id(), "signed in");
    Ok(user)
}
