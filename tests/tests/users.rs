//! Users: their accounts, signing in, tokens, permissions.

#[path = "users/accounts.rs"]
mod accounts;
#[path = "users/at_once.rs"]
mod at_once;
#[path = "users/change_email.rs"]
mod change_email;
#[path = "users/dropped.rs"]
mod dropped;
#[path = "users/emails.rs"]
mod emails;
#[path = "users/fixtures.rs"]
mod fixtures;
#[path = "users/guide.rs"]
mod guide;
#[path = "users/migrations.rs"]
mod migrations;
#[path = "users/own_user.rs"]
mod own_user;
#[path = "users/passwords.rs"]
mod passwords;
#[path = "users/permissions.rs"]
mod permissions;
#[path = "users/secrets.rs"]
mod secrets;
#[path = "users/sign_in.rs"]
mod sign_in;
#[path = "users/statements.rs"]
mod statements;
#[path = "users/throttle.rs"]
mod throttle;
#[path = "users/token_uses.rs"]
mod token_uses;
#[path = "users/tokens.rs"]
mod tokens;
#[path = "users/two_factor.rs"]
mod two_factor;
