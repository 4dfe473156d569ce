//! All that a program with models needs: `use model_runtime::prelude::*;`.

pub use crate::capability::audit_log::{Action, AuditLog};
pub use crate::capability::audited::{Audited, AuditedRow};
#[cfg(feature = "cache")]
pub use crate::capability::cached::{Cached, CachedRow};
pub use crate::capability::publishable::{PublishStatus, Publishable, PublishableRow};
pub use crate::capability::searchable::Searchable;
pub use crate::capability::seo::{Seo, SeoRow};
pub use crate::capability::soft_delete::{SoftDelete, SoftDeleteRow};
pub use crate::capability::timestamps::Timestamps;
pub use crate::capability::track_changes::{ChangeLog, TrackChanges, TrackChangesRow};
pub use crate::capability::versioned::Versioned;
pub use crate::files::StoredFile;
#[cfg(feature = "users")]
pub use crate::users::{PasswordHash, SignIn, UserManager, UserModel, UserPermissions, UserRow};
pub use crate::{
    Condition, Dialect, Error, Hooks, Json, Model, ModelEnum, ModelNewtype, Pages, Pool, Query, QuerySet,
    Result, Rows, ValidationErrors, Writable, WriteEvent, mixins,
};
pub use chrono::{DateTime, NaiveDate, Utc};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
