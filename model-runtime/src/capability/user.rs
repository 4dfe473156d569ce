//! `#[user]`: somebody who signs in. What it takes to let them is in [`users`](crate::users).

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use crate::backend::Backend;
use crate::capability::timestamps::Timestamps;
use crate::clock;
use crate::db::{Db, Op, boxed};
use crate::error::Result;
use crate::expr::Expr;
use crate::field::FieldType;
use crate::files::StoredFile;
use crate::model::{Model, Writable};
use crate::queryset::QuerySet;
use crate::sql::Sql;
use crate::table::Dialect;
use crate::users::{PasswordHash, UserManager, email};
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
    /// [`Error::NotFound`](crate::Error::NotFound) where the user is gone.
    fn verify_email<'c, D>(&'c mut self, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: UserModel,
        D: Db<'c, MarkVerified<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, MarkVerified(self))
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
        let column = column::<M>("email").name;
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
    Expr::Raw(format!("{{t}}\"{}\"", column::<M>(field).name).into())
}

/// The column of a field that the derive made sure of.
fn column<M: Model>(field: &str) -> &'static crate::table::ColumnDef {
    let columns = M::TABLE.columns;
    columns.iter().find(|column| column.field == field).unwrap_or(M::TABLE.key())
}

/// The user as they are now, for a transaction that goes by it: nobody changes them until it ends. On SQLite nobody
/// changes anything: a transaction that writes begins with the lock.
pub(crate) async fn held<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    id: U::Id,
) -> Result<Option<U>> {
    let lock = if B::DIALECT == Dialect::Postgres { " FOR NO KEY UPDATE" } else { "" };
    let mut sql = Sql::new(B::DIALECT, format!("{}{lock}", U::STATEMENTS.get));
    sql.placeholder(id.to_value().into_owned());
    let (sql, arguments) = sql.into_statement::<B>()?;
    let row = B::fetch_optional(connection, sql, arguments).await?;
    Ok(row.map(|row| U::read::<B>(&row, 0)).transpose()?)
}

/// Writes these fields of the user as every write is, recorded. Returns whether one differed.
pub(crate) async fn save_fields<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &mut U,
    fields: &[&str],
) -> Result<bool> {
    let columns = fields.iter().map(|field| column::<U>(field).into()).collect();
    Op::<B>::run(SaveOnly::new(user, columns), connection).await
}

/// Marks a user's e-mail address as verified.
pub struct MarkVerified<'m, U>(&'m mut U);

impl<B: Backend, U: UserModel> Op<B> for MarkVerified<'_, U> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        mark_verified::<B, U>(connection, self.0).await
    }
}

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
