//! What a user does with tokens: verifies the e-mail address, resets the password, stays signed in.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::manager::{hashed, set_password};
use super::settings::UserSettings;
use super::sign_in::own_name;
use super::token::{self, Shown, Token, TokenPurpose};
use super::{PasswordHash, UserManager, UserModel, reference, throttle};
use crate::Model;
use crate::audit;
use crate::backend::Backend;
use crate::capability::user::{hold, mark_verified};
use crate::clock;
use crate::db::{Db, Op, boxed};
use crate::error::{Error, Result};
use crate::queryset::not_found;
use crate::write::Insert;

impl<U: UserModel> UserManager<U> {
    /// Issues a token to the user, good for this purpose for as long as the settings say. It is told this once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone; [`Error::Conflict`] where they may not sign in any more, or have another
    /// password than the value that was read.
    pub fn issue<'c, D>(&self, user: &U, purpose: TokenPurpose, db: D) -> BoxFuture<'c, Result<SecretString>>
    where
        D: Db<'c, IssueToken<U>, Out = SecretString> + 'c,
    {
        self.issue_named(user, purpose, "", db)
    }

    /// Issues a token with a name, by which the user knows it in a list.
    ///
    /// # Errors
    /// As [`issue`](Self::issue), and [`Error::Validation`] where the name has more than 100 characters.
    pub fn issue_named<'c, D>(
        &self,
        user: &U,
        purpose: TokenPurpose,
        name: &str,
        db: D,
    ) -> BoxFuture<'c, Result<SecretString>>
    where
        D: Db<'c, IssueToken<U>, Out = SecretString> + 'c,
    {
        let (owner, email, name) = (reference(user), user.account().email.to_owned(), name.to_owned());
        let lifetime = self.settings().lifetimes.of(purpose);
        let user = (user.id(), user.account().password.clone());
        Box::pin(async move {
            let token = token::new(owner, email, purpose, name, lifetime)?;
            db.run(IssueToken { user, token }).await
        })
    }

    /// The user of a token, which stays good: for sessions and APIs.
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn by_token<'c, D>(&self, token: &str, purpose: TokenPurpose, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, FindByToken<U>, Out = U> + 'c,
    {
        boxed(db, FindByToken { token: token.to_owned(), purpose, model: PhantomData })
    }

    /// Verifies the e-mail address that the token was sent to, and returns the user.
    ///
    /// # Errors
    /// [`Error::Token`]; nothing is written then.
    pub fn verify_email<'c, D>(&self, token: &str, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, UseToken<U>, Out = U> + 'c,
    {
        let token = token.to_owned();
        boxed(db, UseToken { token, purpose: TokenPurpose::VerifyEmail, password: None, model: PhantomData })
    }

    /// Sets another password by a token, ends all tokens of the user, and forgets failures to sign in. `db` is a pool:
    /// no connection is held while the password is hashed.
    ///
    /// # Errors
    /// [`Error::Token`]; [`Error::Validation`] with all that is wrong with
    /// the password: the token stays good then.
    pub fn reset_password<'c, D>(&self, token: &str, password: &str, db: D) -> BoxFuture<'c, Result<U>>
    where
        D: Db<'c, FindByToken<U>, Out = U> + Db<'c, UseToken<U>, Out = U> + Clone + 'c,
    {
        let (settings, token, password): (Arc<UserSettings>, _, _) =
            (self.shared(), token.to_owned(), password.to_owned());
        let purpose = TokenPurpose::ResetPassword;
        Box::pin(async move {
            let find = FindByToken { token: token.clone(), purpose, model: PhantomData };
            let user: U = Db::<FindByToken<U>>::run(db.clone(), find).await?;
            let password = Some(hashed(&settings, &user, &password).await?);
            Db::<UseToken<U>>::run(db, UseToken { token, purpose, password, model: PhantomData }).await
        })
    }

    /// Removes tokens that have expired, and counts of failures that are forgotten. Returns how many.
    ///
    /// # Errors
    /// The database's.
    pub fn purge_expired<'c, D>(&self, db: D) -> BoxFuture<'c, Result<u64>>
    where
        D: Db<'c, PurgeExpired, Out = u64> + 'c,
    {
        boxed(db, PurgeExpired)
    }
}

/// Stores a new token, for a user who is there and may sign in.
pub struct IssueToken<U: UserModel> {
    user: (U::Id, PasswordHash),
    token: (SecretString, Token),
}

impl<B: Backend, U: UserModel> Op<B> for IssueToken<U> {
    type Out = SecretString;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<SecretString> {
        let ((id, password), (secret, mut token)) = (self.user, self.token);
        let (mut transaction, now) = hold::<B, U>(connection, id).await?;
        let result = match now {
            None => Err(not_found::<U>(id)),
            // Whoever signed in by another password is not signed in any more.
            Some(now) if *now.account().password != password || !now.account().is_active => {
                let detail = "its password or its standing is another; sign in again".to_owned();
                Err(Error::Conflict { model: U::TABLE.model, detail })
            }
            Some(_) => Op::<B>::run(Insert::new(&mut token), transaction.connection()).await,
        };
        transaction.end(result).await.map(|()| secret)
    }
}

/// Finds the user of a token.
pub struct FindByToken<U> {
    token: String,
    purpose: TokenPurpose,
    model: PhantomData<fn() -> U>,
}

impl<B: Backend, U: UserModel> Op<B> for FindByToken<U> {
    type Out = U;

    async fn run(self, connection: &mut B::Connection) -> Result<U> {
        Ok(token::find::<B, U>(connection, &self.token, self.purpose).await?.1)
    }
}

/// Uses a token up, for what it is good for.
pub struct UseToken<U> {
    token: String,
    purpose: TokenPurpose,
    password: Option<PasswordHash>,
    model: PhantomData<fn() -> U>,
}

impl<U: UserModel> UseToken<U> {
    /// In a transaction of the caller's that holds the user.
    async fn within<B: Backend>(
        self,
        connection: &mut B::Connection,
        token: &Shown,
        now: Option<U>,
    ) -> Result<U> {
        let mut user: U = token::owner(token, now)?;
        token::consume::<B>(connection, token).await?;
        match self.password {
            Some(hash) => {
                let address = user.account().email.to_owned();
                set_password::<B, U>(connection, &mut user, hash, &address).await?;
            }
            None => {
                mark_verified::<B, U>(connection, &mut user).await?;
            }
        }
        Ok(user)
    }
}

impl<B: Backend, U: UserModel> Op<B> for UseToken<U> {
    type Out = U;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<U> {
        let (token, user): (Shown, U) = token::find::<B, U>(connection, &self.token, self.purpose).await?;
        let (id, label) = own_name(&user);
        let (mut transaction, now) = hold::<B, U>(connection, id).await?;
        let result =
            audit::in_name_of(id, label, self.within::<B>(transaction.connection(), &token, now)).await;
        transaction.end(result).await
    }
}

/// Removes what has expired.
#[derive(Debug)]
pub struct PurgeExpired;

impl<B: Backend> Op<B> for PurgeExpired {
    type Out = u64;

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        let now = clock::now();
        let over = Token::objects().filter(|token| token.expires_at.le(now));
        let tokens = Op::<B>::run(over.removal(), connection).await?;
        Ok(tokens + throttle::purge::<B>(connection).await?)
    }
}
