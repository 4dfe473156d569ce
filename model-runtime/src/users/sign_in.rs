//! Signing in: by password, then where it is asked for by a second factor.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::settings::UserSettings;
use super::token::{self, Shown, TokenPurpose};
use super::two_factor::{self, Owner};
use super::{PasswordHash, UserManager, UserModel, email, reference, throttle};
use crate::audit;
use crate::backend::Backend;
use crate::capability::user::{UserRow, hold, save_fields};
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
            + Db<'c, Enter<U>, Out = Entered<U>>
            + Clone
            + 'c,
    {
        let (settings, password) = (self.shared(), password.to_owned());
        let (key, typed) = (email::key(email), email.trim().to_lowercase());
        // What is no address is nobody's, and counted by itself.
        let account = if key.is_empty() { typed } else { key };
        Box::pin(async move {
            let find =
                FindAccount { settings: Arc::clone(&settings), account, model: std::marker::PhantomData };
            let (mut attempt, mut found) = Db::<FindAccount<U>>::run(db.clone(), find).await?;
            loop {
                let nobody = PasswordHash::unusable();
                let hash = found.as_ref().map_or(&nobody, |user| user.account().password);
                let is_right = settings.hashing.verify(&password, hash).await?;
                let Some(user) = found.filter(|user| is_right && user.account().is_active) else {
                    return Err(Error::Credentials);
                };
                let outdated = settings.hashing.needs_rehash(user.account().password);
                let rehashed = if outdated { Some(settings.hashing.hash(&password).await?) } else { None };
                let enter = Enter { settings: Arc::clone(&settings), attempt, user, rehashed };
                match Db::<Enter<U>>::run(db.clone(), enter).await? {
                    Entered::In(signed_in) => return Ok(signed_in),
                    Entered::Changed(again, now) => (attempt, found) = (again, Some(now)),
                }
            }
        })
    }

    /// Signs in by the token that [`authenticate`](Self::authenticate) gave and a code of the authenticator, or a
    /// recovery code. `db` is a pool: an attempt counts also where it fails, so that it is no part of a transaction.
    ///
    /// # Errors
    /// [`Error::Token`]; [`Error::Validation`] that names `code`; [`Error::Throttled`].
    pub fn authenticate_code<'c, D>(&self, token: &str, code: &str, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, EnterByCode<U>, Out = U> + Clone + 'c,
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
    account: String,
    model: std::marker::PhantomData<fn() -> U>,
}

impl<B: Backend, U: UserModel> Op<B> for FindAccount<U> {
    type Out = (throttle::Attempt, Option<U>);

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        let address = audit::current().and_then(|context| context.ip_address);
        let (throttle, account) = (&self.settings.throttle, &self.account);
        let attempt = throttle::begin::<B>(connection, throttle, U::TABLE.label, account, address).await?;
        let user = queryset::first::<B, _>(connection, U::objects().by_email(account)).await?;
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

/// How letting a user in ended.
pub enum Entered<U> {
    /// They are in.
    In(SignIn<U>),
    /// They have another hash than the one that was verified: it was made anew, or is of another password.
    Changed(throttle::Attempt, U),
}

impl<U: UserModel> Enter<U> {
    /// In a transaction of the caller's that holds the user, who is `now`.
    async fn within<B: Backend>(self, connection: &mut B::Connection, now: Option<U>) -> Result<Entered<U>> {
        let Self { settings, attempt, user, rehashed } = self;
        let mut now = now.filter(|now| now.account().is_active).ok_or(Error::Credentials)?;
        if now.account().password != user.account().password {
            return Ok(Entered::Changed(attempt, now));
        }
        Box::pin(throttle::succeeded::<B>(connection, attempt)).await?;
        if let Some(hash) = rehashed {
            *now.account_mut().password = hash;
            save_fields::<B, U>(connection, &mut now, &["password"]).await?;
        }
        if now.account().two_factor_enabled {
            let lifetime = settings.lifetimes.second_factor;
            let (owner, email) = (reference(&now), now.account().email.to_owned());
            let (secret, mut token) =
                token::new(owner, email, TokenPurpose::SecondFactor, String::new(), lifetime)?;
            Box::pin(Op::<B>::run(Insert::new(&mut token), connection)).await?;
            return Ok(Entered::In(SignIn::CodeRequired(secret)));
        }
        let user = entered::<B, U>(connection, now).await?;
        Ok(Entered::In(SignIn::Complete(user)))
    }
}

impl<B: Backend, U: UserModel> Op<B> for Enter<U> {
    type Out = Entered<U>;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<Entered<U>> {
        let (id, label) = own_name(&self.user);
        let (mut transaction, now) = hold::<B, U>(connection, id).await?;
        let result =
            audit::in_name_of(id, label, Box::pin(self.within::<B>(transaction.connection(), now))).await;
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

    fn begins(&self) -> bool {
        true
    }

    /// The code's attempt is counted whatever comes of it: before the transaction.
    async fn run(self, connection: &mut B::Connection) -> Result<U> {
        let (token, user): (Shown, U) =
            token::find::<B, U>(connection, &self.token, TokenPurpose::SecondFactor).await?;
        two_factor::verify::<B>(connection, &self.settings, &Owner::of(&user), &self.code).await?;
        let (mut transaction, now) = hold::<B, U>(connection, user.id()).await?;
        let result = enter_by_code::<B, U>(transaction.connection(), &token, now).await;
        transaction.end(result).await
    }
}

async fn enter_by_code<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    token: &Shown,
    now: Option<U>,
) -> Result<U> {
    let user = token::owner(token, now)?;
    token::consume::<B>(connection, token).await?;
    entered::<B, U>(connection, user).await
}

/// In whose name is written what users write who prove themselves by a password, a token or a code: nobody else is there
/// yet, also where the model asks for an actor.
pub(super) fn own_name<U: UserModel>(user: &U) -> (U::Id, String) {
    (user.id(), user.get_display_name())
}

/// The user, signed in now.
async fn entered<B: Backend, U: UserModel>(connection: &mut B::Connection, mut user: U) -> Result<U> {
    *user.account_mut().last_login_at = Some(clock::now());
    let (id, label) = own_name(&user);
    audit::in_name_of(id, label, save_fields::<B, U>(connection, &mut user, &["last_login_at"])).await?;
    tracing::info!(user_id = %user.id(), "signed in");
    Ok(user)
}
