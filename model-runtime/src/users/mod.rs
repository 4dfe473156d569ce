//! Users: signing in, passwords, tokens, a second factor, permissions. Feature `users`.
//!
//! [`User`] is ready to use; an application with further fields puts `#[user]` on a struct of its own, and has the same
//! [`UserManager`]. What stands beside a user (tokens, groups, …) refers to it by its model's label and its key as text, as
//! the audit trail does, so that it serves either.

#[cfg(feature = "files")]
mod avatar;
pub mod email;
pub(crate) mod group;
mod manager;
mod password;
mod password_rules;
mod proof;
mod recovery_code;
mod removal;
mod settings;
mod sign_in;
mod throttle;
pub(crate) mod token;
mod totp;
mod two_factor;
mod user;

pub use crate::capability::permissions::{
    HasPermission, Permission, PermissionSet, ReadPermissions, SyncPermissions, UserPermissions,
    sync_permissions,
};
pub use crate::capability::user::{Account, MarkVerified, SetStanding, UserModel, UserRow};
#[cfg(feature = "files")]
pub use avatar::{ReplaceAvatar, ReplacedAvatar};
pub use group::{Grant, Group, GroupPermission, Revoke, UserGroup, UserPermission};
pub use manager::{ChangeEmail, SetPassword, UserManager};
pub use password::{Hashing, PasswordHash};
pub use password_rules::PasswordRules;
pub use proof::{FindByToken, IssueToken, PurgeExpired, UseToken};
pub use recovery_code::{NewRecoveryCodes, RecoveryCode};
pub use secrecy::{ExposeSecret, SecretString};
pub use settings::{TokenLifetimes, UserSettings};
pub use sign_in::{Enter, EnterByCode, Entered, FindAccount, SignIn};
pub use throttle::{Attempt, Limits, SignInThrottle, Throttle};
pub use token::{Token, TokenFault, TokenPurpose};
pub use totp::Enrolment;
pub use two_factor::{ConfirmTwoFactor, DisableTwoFactor, EnrolTwoFactor, TwoFactor, VerifyCode};
pub use user::User;

#[doc(hidden)]
pub use crate::capability::user::AccountMut;
#[doc(hidden)]
pub use removal::companions;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::Model;
use crate::error::{Error, Result};
use crate::table::TableDef;

/// The tables beside the users' own: tokens, second factors, groups and permissions, counts of failures. They want the
/// [`AuditLog`](crate::AuditLog) too.
pub fn tables() -> [&'static TableDef; 9] {
    [
        Permission::table(),
        Group::table(),
        GroupPermission::table(),
        UserGroup::table(),
        UserPermission::table(),
        Token::table(),
        TwoFactor::table(),
        RecoveryCode::table(),
        SignInThrottle::table(),
    ]
}

/// By which other tables refer to a user: its model's label, and its key.
pub(crate) fn reference<U: UserModel>(user: &U) -> (&'static str, String) {
    (U::TABLE.label, user.id().to_string())
}

/// Random bytes.
fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Database(sqlx::Error::Io(std::io::Error::other(error))))?;
    Ok(bytes)
}

/// A time so much later; the last that a database has, where there is none.
fn after(time: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    const LAST: DateTime<Utc> =
        DateTime::from_timestamp(253_402_300_799, 0).expect("the end of the year 9999");
    let duration = TimeDelta::from_std(duration).ok();
    duration.and_then(|duration| time.checked_add_signed(duration)).map_or(LAST, |time| time.min(LAST))
}

/// Brings username and e-mail address to the form in which they are stored; what is no address is refused later.
#[doc(hidden)]
pub fn prepare(username: &mut Option<String>, address: &mut String) {
    username.take_if(|username| username.trim().is_empty());
    if let Some(username) = username.as_mut().filter(|username| username.trim() != username.as_str()) {
        *username = username.trim().to_owned();
    }
    if let Ok(normalised) = email::normalize(address) {
        *address = normalised;
    }
}

/// Why a text may not be a username: characters that do not show make two names of one.
#[doc(hidden)]
pub fn refuse_username(text: &str) -> Option<String> {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let c = text.chars().find(|c| hidden(*c))?;
    Some(format!("has the character U+{:04X}, which does not show", u32::from(c)))
}
