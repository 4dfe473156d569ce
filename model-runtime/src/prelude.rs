//! All that a program with models needs: `use model_runtime::prelude::*;`.

pub use crate::capability::publishable::{PublishStatus, Publishable, PublishableRow};
pub use crate::capability::seo::{Seo, SeoRow};
pub use crate::capability::soft_delete::{SoftDelete, SoftDeleteRow};
pub use crate::capability::timestamps::Timestamps;
pub use crate::{
    Condition, Dialect, Error, Hooks, Json, Model, ModelEnum, ModelNewtype, Pool, Query, QuerySet, Result,
    ValidationErrors, WriteEvent, mixins,
};
pub use chrono::{DateTime, NaiveDate, Utc};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
