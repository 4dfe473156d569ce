//! Users of applications' own.

use model_runtime::TableDef;
use model_runtime::prelude::*;
use model_runtime::users::{self, User};

/// A member of a club: a key of the database's, fields of its own, a soft delete, no times and no audit.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "members", app = "club", id = i64, unchecked)]
#[soft_delete]
#[user]
#[permissions(open_bar, close_bar = "Can close the bar for the night")]
pub struct Member {
    /// The club.
    #[column(max_length = 50)]
    pub club: String,
    /// Of which team.
    pub team: Option<i32>,
}

/// A player with the same keys as members: audited, with its own log, and every field written by hand.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "players", app = "club", id = i64, unchecked)]
#[user]
#[timestamps]
#[track_changes]
#[audited]
#[allow(missing_docs)]
pub struct Player {
    pub id: i64,
    pub username: Option<String>,
    pub email: String,
    pub password: PasswordHash,
    pub first_name: String,
    pub last_name: String,
    pub phone_number: String,
    pub avatar: Option<StoredFile>,
    pub bio: String,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    pub verified_at: Option<DateTime<Utc>>,
    pub two_factor_enabled: bool,
    pub last_login_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub change_log: ChangeLog,
}

/// A guest, whose table, label and columns have names that want quotes.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "guest list", label = "o'neil.guest", unchecked)]
#[timestamps]
#[user]
#[audited]
#[allow(missing_docs)]
pub struct Guest {
    #[column(name = "no")]
    pub id: i64,
    #[column(name = "from")]
    pub email: String,
    #[column(name = "PassPhrase")]
    pub password: PasswordHash,
    #[column(name = "user")]
    pub username: Option<String>,
    #[column(name = "active")]
    pub is_active: bool,
    #[column(name = "checked")]
    pub is_verified: bool,
    #[column(name = "table")]
    pub last_login_at: Option<DateTime<Utc>>,
}

/// An officer, whom nobody changes without a name.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "officers", app = "club", id = i64, unchecked)]
#[user]
#[track_changes]
#[audited(require_actor)]
pub struct Officer {}

/// The tables of users, of any kind, and what stands beside them.
pub fn tables() -> Vec<&'static TableDef> {
    let models = [
        User::table(),
        Member::table(),
        Player::table(),
        Guest::table(),
        Officer::table(),
        AuditLog::table(),
    ];
    users::tables().into_iter().chain(models).collect()
}

/// Makes the tables.
pub async fn create_tables(db: &Pool) {
    model_runtime::schema::create_tables(&tables(), db).await.expect("the tables are made");
}
