//! What a manager of users goes by.

use std::time::Duration;

use super::{Hashing, PasswordRules, Throttle, TokenPurpose};

/// What a [`UserManager`](super::UserManager) goes by.
///
/// ```
/// use model_runtime::users::{User, UserManager, UserSettings};
///
/// let settings = UserSettings { issuer: "Blog".into(), ..UserSettings::default() };
/// let users: UserManager<User> = UserManager::new(settings);
/// # let _ = users;
/// ```
#[derive(Debug, Clone)]
pub struct UserSettings {
    /// How passwords are hashed.
    pub hashing: Hashing,
    /// What a password must be like.
    pub password_rules: PasswordRules,
    /// How failures to sign in are slowed and refused.
    pub throttle: Throttle,
    /// How long tokens are good.
    pub lifetimes: TokenLifetimes,
    /// The name of the service, as authenticators show it.
    pub issuer: String,
    /// What an avatar must be like.
    #[cfg(feature = "files")]
    pub avatar: crate::files::PictureRules,
}

impl Default for UserSettings {
    fn default() -> Self {
        Self {
            hashing: Hashing::default(),
            password_rules: PasswordRules::default(),
            throttle: Throttle::default(),
            lifetimes: TokenLifetimes::default(),
            issuer: "model-runtime".to_owned(),
            #[cfg(feature = "files")]
            avatar: crate::files::PictureRules::default(),
        }
    }
}

/// How long tokens are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenLifetimes {
    /// Those that verify an e-mail address: 3 days.
    pub verify_email: Duration,
    /// Those that reset a password: 1 hour.
    pub reset_password: Duration,
    /// Between the password and the second factor: 5 minutes.
    pub second_factor: Duration,
    /// Sessions: 14 days.
    pub session: Duration,
    /// Tokens for an API: 365 days.
    pub api: Duration,
}

impl Default for TokenLifetimes {
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            verify_email: Duration::from_secs(3 * DAY),
            reset_password: Duration::from_secs(60 * 60),
            second_factor: Duration::from_secs(5 * 60),
            session: Duration::from_secs(14 * DAY),
            api: Duration::from_secs(365 * DAY),
        }
    }
}

impl TokenLifetimes {
    pub(super) fn of(&self, purpose: TokenPurpose) -> Duration {
        match purpose {
            TokenPurpose::VerifyEmail => self.verify_email,
            TokenPurpose::ResetPassword => self.reset_password,
            TokenPurpose::SecondFactor => self.second_factor,
            TokenPurpose::Session => self.session,
            TokenPurpose::Api => self.api,
        }
    }
}
