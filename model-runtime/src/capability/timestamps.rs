//! `#[timestamps]`: when a row was made and last written; newest first; `recent`, `older_than`, `updated_since`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock;
use crate::expr::{Compare, Expr, Operand};
use crate::model::Model;
use crate::queryset::QuerySet;
use crate::table::ColumnDef;
use crate::value::Value;

/// A model with `created_at` and `updated_at`. The derive implements it for `#[timestamps]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no timestamps",
    label = "this needs `#[timestamps]` on `{Self}`",
    note = "add `#[timestamps]` to the struct"
)]
pub trait Timestamps: Model {
    /// The column that holds the time of the insert.
    const CREATED_AT: &'static ColumnDef;
    /// The column that holds the time of the last write.
    const UPDATED_AT: &'static ColumnDef;
}

impl<M: Model> QuerySet<M> {
    /// Rows made in the last `days` days.
    pub fn recent(self, days: u32) -> Self
    where
        M: Timestamps,
    {
        self.since(M::CREATED_AT, Compare::Ge, days_ago(days))
    }

    /// Rows made more than `days` days ago.
    pub fn older_than(self, days: u32) -> Self
    where
        M: Timestamps,
    {
        self.since(M::CREATED_AT, Compare::Lt, days_ago(days))
    }

    /// Rows written at `time` or later.
    pub fn updated_since(self, time: DateTime<Utc>) -> Self
    where
        M: Timestamps,
    {
        self.since(M::UPDATED_AT, Compare::Ge, time)
    }

    fn since(self, column: &'static ColumnDef, op: Compare, time: DateTime<Utc>) -> Self {
        let operand = Operand::Value(Value::Timestamp(time));
        self.filter_expr(Expr::Compare { column: column.into(), op, operand })
    }
}

/// The first instant that PostgreSQL can hold, in seconds: 24 November 4714 BC.
const EARLIEST: i64 = -210_866_803_200;

/// The first instant that every database can hold where there are not that many days.
fn days_ago(days: u32) -> DateTime<Utc> {
    let time = clock::now().checked_sub_signed(TimeDelta::days(i64::from(days)));
    time.unwrap_or(DateTime::<Utc>::MIN_UTC).max(DateTime::from_timestamp(EARLIEST, 0).unwrap_or_default())
}
