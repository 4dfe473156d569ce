//! `#[user]`: somebody who signs in. What it takes to let them is in [`users`](crate::users).

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use crate::atomic::Atomic;
use crate::backend::Backend;
use crate::capability::timestamps::Timestamps;
use crate::clock;
use crate::db::{Db, Op, boxed};
use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::field::FieldType;
use crate::files::StoredFile;
use crate::model::{Model, Writable};
use crate::queryset::{QuerySet, not_found};
use crate::sql::Sql;
use crate::table::Dialect;
use crate::users::{PasswordHash, UserManager, email, token};
use crate::value::Value;
use crate::write::SaveOnly;

/// A model of those who sign in. The derive implements it for `#[user]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no user",
    label = "this needs `#[user]` on `{Self}`",
    note = "add `#[user]` to the struct"
)]
pub trait UserModel: Writable {
    /// The fields that every user has.
    fn account(&self) -> Account<'_>;

    #[doc(hidden)]
    fn account_mut(&mut self) -> AccountMut<'_>;

    /// The manager, with the default settings.
    fn manager() -> UserManager<Self> {
        UserManager::default()
    }
}

/// The fields that every user has. `Debug` leaves out the password.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Account<'a> {
    pub username: Option<&'a str>,
    pub email: &'a str,
    pub password: &'a PasswordHash,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub phone_number: &'a str,
    pub avatar: Option<&'a StoredFile>,
    pub bio: &'a str,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    pub verified_at: Option<DateTime<Utc>>,
    pub two_factor_enabled: bool,
    pub last_login_at: Option<DateTime<Utc>>,
}

/// The fields that the runtime changes.
#[doc(hidden)]
#[derive(Debug)]
pub struct AccountMut<'a> {
    pub email: &'a mut String,
    pub is_active: &'a mut bool,
    pub is_staff: &'a mut bool,
    pub is_superuser: &'a mut bool,
    pub password: &'a mut PasswordHash,
    pub avatar: &'a mut Option<StoredFile>,
    pub is_verified: &'a mut bool,
    pub verified_at: &'a mut Option<DateTime<Utc>>,
    pub two_factor_enabled: &'a mut bool,
    pub last_login_at: &'a mut Option<DateTime<Utc>>,
}

/// What a user can do.
pub trait UserRow: Model {
    /// First and last name; empty where there is neither.
    fn get_full_name(&self) -> String
    where
        Self: UserModel,
    {
        let Account { first_name, last_name, .. } = self.account();
        format!("{first_name} {last_name}").trim().to_owned()
    }

    /// The full name, else the username, else the e-mail address. `Display` shows it.
    fn get_display_name(&self) -> String
    where
        Self: UserModel,
    {
        let Account { username, email, .. } = self.account();
        Some(self.get_full_name())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| username.unwrap_or(email).to_owned())
    }

    /// Whether the e-mail address is verified and the user is active.
    fn is_fully_verified(&self) -> bool
    where
        Self: UserModel,
    {
        self.account().is_verified && self.account().is_active
    }

    /// Marks the e-mail address as verified, now. Returns `false` where it was verified already: the time stays. To have
    /// the user prove it, see [`UserManager::verify_email`].
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone, [`Error::Conflict`] where the address was changed since the value was read.
    fn verify_email<'c, D>(&'c mut self, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: UserModel,
        D: Db<'c, MarkVerified<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, MarkVerified(self))
    }

    /// Lets the user sign in, or does not: then all their tokens end, sessions too. Returns whether it changed. (`save` does
    /// not write it, nor the other two: a stale value cannot give rights back.)
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone.
    fn set_active<'c, D>(&'c mut self, active: bool, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: UserModel,
        D: Db<'c, SetStanding<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, SetStanding { user: self, standing: Standing::Active, to: active })
    }

    /// Makes the user staff, or not. Returns whether it changed.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone.
    fn set_staff<'c, D>(&'c mut self, staff: bool, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: UserModel,
        D: Db<'c, SetStanding<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, SetStanding { user: self, standing: Standing::Staff, to: staff })
    }

    /// Gives the user every permission, or not. Returns whether it changed.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone.
    fn set_superuser<'c, D>(&'c mut self, superuser: bool, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: UserModel,
        D: Db<'c, SetStanding<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, SetStanding { user: self, standing: Standing::Superuser, to: superuser })
    }
}

impl<M: Model> UserRow for M {}

impl<M: Model> QuerySet<M> {
    /// Only users whose e-mail address is verified.
    pub fn verified(self) -> Self
    where
        M: UserModel,
    {
        self.filter_expr(is_true::<M>("is_verified"))
    }

    /// The user with that e-mail address, in any case of its letters. What is no address finds nobody.
    pub fn by_email(self, address: &str) -> Self
    where
        M: UserModel,
    {
        let column = M::TABLE.column_of("email").name;
        self.filter_expr(Expr::Template(
            format!("lower({{t}}\"{column}\") = {{}}"),
            Value::Text(email::key(address).into()),
        ))
    }

    /// Users who joined in the last `days` days.
    pub fn recently_joined(self, days: u32) -> Self
    where
        M: UserModel + Timestamps,
    {
        self.recent(days)
    }
}

/// Only rows where the flag is set.
pub(crate) fn is_true<M: Model>(field: &str) -> Expr {
    Expr::Raw(format!("{{t}}\"{}\"", M::TABLE.column_of(field).name).into())
}

/// The user as they are now, for a transaction that goes by it: nobody changes them until it ends. On SQLite nobody
/// changes anything: a transaction that writes begins with the lock.
pub(crate) async fn held<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    id: U::Id,
) -> Result<Option<U>> {
    let lock = if B::DIALECT == Dialect::Postgres { " FOR NO KEY UPDATE" } else { "" };
    let mut sql = Sql::new(B::DIALECT, &format!("{}{lock}", U::STATEMENTS.get));
    sql.placeholder(id.to_value().into_owned());
    let (sql, arguments) = sql.into_statement::<B>()?;
    let row = B::fetch_optional(connection, sql, arguments).await?;
    Ok(row.map(|row| U::read::<B>(&row, 0)).transpose()?)
}

/// Begins a transaction that holds the user, as they are now. It comes before all else that the transaction locks, so that
/// such transactions wait for each other in one order; where a plain write makes a deadlock of it all the same, it is
/// begun again.
pub(crate) async fn hold<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    id: U::Id,
) -> Result<(Atomic<'_, B>, Option<U>)> {
    let mut transaction = Atomic::<B>::begin(connection).await?;
    let mut attempt = 1;
    loop {
        match held::<B, U>(transaction.connection(), id).await {
            Ok(user) => return Ok((transaction, user)),
            Err(error) if attempt < ATTEMPTS && transaction.begin_again(&error).await? => attempt += 1,
            Err(error) => {
                transaction.roll_back().await;
                return Err(error);
            }
        }
    }
}

/// Writes these fields of the user as every write is, recorded. Returns whether one differed.
pub(crate) async fn save_fields<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    fields: &[&str],
) -> Result<bool> {
    let columns = fields.iter().map(|field| U::TABLE.column_of(field).into()).collect();
    // Boxed: whoever signs in is deep in the futures of a request, and a save's is large.
    Box::pin(Op::<B>::run(SaveOnly::new(user, columns), connection)).await
}

/// How often a transaction is begun.
const ATTEMPTS: u32 = 5;

/// What a user may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Active,
    Staff,
    Superuser,
}

impl Standing {
    fn field(self) -> &'static str {
        match self {
            Self::Active => "is_active",
            Self::Staff => "is_staff",
            Self::Superuser => "is_superuser",
        }
    }

    /// Sets it, and returns what it was.
    fn set<U: UserModel>(self, user: &mut U, to: bool) -> bool {
        let account = user.account_mut();
        let flag = match self {
            Self::Active => account.is_active,
            Self::Staff => account.is_staff,
            Self::Superuser => account.is_superuser,
        };
        std::mem::replace(flag, to)
    }
}

/// Sets what a user may be.
pub struct SetStanding<'m, U> {
    user: &'m mut U,
    standing: Standing,
    to: bool,
}

impl<B: Backend, U: UserModel> Op<B> for SetStanding<'_, U> {
    type Out = bool;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let Self { user, standing, to } = self;
        let (mut transaction, _) = hold::<B, U>(connection, user.id()).await?;
        let before = standing.set(user, to);
        let result = set_standing::<B, U>(transaction.connection(), user, standing, to).await;
        let result = transaction.end(result).await;
        match &result {
            Ok(true) => tracing::info!(user_id = %user.id(), to, "{} set", standing.field()),
            Ok(false) => {}
            Err(_) => {
                standing.set(user, before);
            }
        }
        result
    }
}

async fn set_standing<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    standing: Standing,
    to: bool,
) -> Result<bool> {
    let changed = save_fields::<B, U>(connection, user, &[standing.field()]).await?;
    if standing == Standing::Active && !to {
        token::revoke_all::<B, U>(connection, user).await?;
    }
    Ok(changed)
}

/// Marks a user's e-mail address as verified.
pub struct MarkVerified<'m, U>(&'m mut U);

impl<B: Backend, U: UserModel> Op<B> for MarkVerified<'_, U> {
    type Out = bool;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let (mut transaction, now) = hold::<B, U>(connection, self.0.id()).await?;
        let result = mark_as_now::<B, U>(transaction.connection(), self.0, now).await;
        transaction.end(result).await
    }
}

/// Marks the address that the value has, where it is the user's.
async fn mark_as_now<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    now: Option<U>,
) -> Result<bool> {
    let now = now.ok_or_else(|| not_found::<U>(user.id()))?;
    let now = now.account();
    if now.email != user.account().email {
        let detail = "its e-mail address is another; read it again".to_owned();
        return Err(Error::Conflict { model: U::TABLE.model, detail });
    }
    let account = user.account_mut();
    (*account.is_verified, *account.verified_at) = (now.is_verified, now.verified_at);
    mark_verified::<B, U>(connection, user).await
}

/// Marks the address of a user who is held.
pub(crate) async fn mark_verified<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
) -> Result<bool> {
    let before = user.account();
    if before.is_verified {
        return Ok(false);
    }
    let account = user.account_mut();
    (*account.is_verified, *account.verified_at) = (true, Some(clock::now()));
    let written = save_fields::<B, U>(connection, user, &["is_verified", "verified_at"]).await;
    if written.is_err() {
        let account = user.account_mut();
        (*account.is_verified, *account.verified_at) = (false, None);
    }
    if written? {
        tracing::info!(user_id = %user.id(), "e-mail address verified");
    }
    Ok(true)
}
