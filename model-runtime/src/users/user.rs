//! A user model, ready to use.

use crate::Model;
use crate::mixins;

/// Somebody who signs in. An application with further fields puts `#[user]` on a struct of its own instead.
///
/// Its tables: [`tables`](super::tables) besides this one, and [`AuditLog`](crate::AuditLog).
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "users", label = "auth.user", unchecked)]
#[timestamps]
#[user]
#[audited]
pub struct User {}
