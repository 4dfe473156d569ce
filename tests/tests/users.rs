//! Users: their accounts, signing in, tokens, permissions.

#[path = "users/accounts.rs"]
mod accounts;
#[path = "users/fixtures.rs"]
mod fixtures;
#[path = "users/guide.rs"]
mod guide;
#[path = "users/own_user.rs"]
mod own_user;
#[path = "users/sign_in.rs"]
mod sign_in;
