//! The second factor: codes of an authenticator (RFC 6238) and recovery codes.
// SKELETON of the lead's, so that the rest compiles: replace all of it, keep the signature of `verify` (used by sign_in.rs) and the three names.
use crate::Model; use crate::mixins; use crate::backend::Backend; use crate::error::Result; use super::{UserModel, UserSettings};
/// x
#[derive(Debug)]
pub struct Enrolment {}
/// x
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_two_factor", label = "auth.two_factor", unchecked)]
pub struct TwoFactor { /// x
 pub user_type: String }
/// x
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_recovery_codes", label = "auth.recovery_code", unchecked)]
pub struct RecoveryCode { /// x
 pub user_type: String }
pub(crate) async fn verify<B: Backend, U: UserModel>(_c: &mut B::Connection, _s: &UserSettings, _u: &U, _code: &str) -> Result<()> { Ok(()) }
