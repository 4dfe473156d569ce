//! `#[soft_delete]`: deleted rows stay, marked, outside the default scope, until they are restored or removed.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use crate::capability::audited::pass_on;
use crate::db::{Db, boxed};
use crate::error::Result;
use crate::expr::Expr;
use crate::model::{Model, Writable};
use crate::queryset::{BulkWrite, QuerySet, Source};
use crate::record::RESTORE;
use crate::statements::ChangeSql;
use crate::table::{ColumnDef, Delete};
use crate::value::{Kind, Value};
use crate::write::{Change, Restore};

/// The capability's name among the default scopes.
const NAME: &str = "soft_delete";

/// A model whose rows are marked when deleted. The derive implements it for `#[soft_delete]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not soft-deletable",
    label = "this needs `#[soft_delete]` on `{Self}`",
    note = "add `#[soft_delete]` to the struct"
)]
pub trait SoftDelete: Writable {
    /// The column that holds the time of the deletion.
    const DELETED_AT: &'static ColumnDef;
    #[doc(hidden)]
    const RESTORE: ChangeSql;

    /// When the row was deleted.
    fn deleted_at(&self) -> Option<DateTime<Utc>>;

    #[doc(hidden)]
    fn set_deleted_at(&mut self, time: Option<DateTime<Utc>>);
}

/// What a soft-deletable row can do.
pub trait SoftDeleteRow: Model {
    /// Whether the row is deleted.
    fn is_deleted(&self) -> bool
    where
        Self: SoftDelete,
    {
        self.deleted_at().is_some()
    }

    /// Restores the row, and the rows that were deleted with it. Returns `false` where it is not deleted.
    ///
    /// # Errors
    /// [`Error::Unique`](crate::Error::Unique) where a live row has taken one of its unique values (the row stays
    /// deleted), [`Error::NotFound`](crate::Error::NotFound) where it is gone.
    fn restore<'c, D>(&'c mut self, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: SoftDelete,
        D: Db<'c, Restore<'c, Self>, Out = bool> + 'c,
    {
        let change = || Change {
            sql: Self::RESTORE,
            done: |row: &mut Self, _| row.set_deleted_at(None),
            refused: |row, current| {
                row.set_deleted_at(current.deleted_at());
                Ok(())
            },
        };
        boxed(db, Restore::new(self, change))
    }
}

impl<M: Model> SoftDeleteRow for M {}

pass_on!(row restore: SoftDelete, Restore<'c, M> => bool);
pass_on!(queryset restore: SoftDelete);
pass_on!(queryset restore_all: SoftDelete);

impl<M: Model> QuerySet<M> {
    /// Only rows that are not deleted: the default.
    pub fn active(self) -> Self
    where
        M: SoftDelete,
    {
        self.unlift(NAME)
    }

    /// Only deleted rows.
    pub fn deleted(self) -> Self
    where
        M: SoftDelete,
    {
        self.lift(NAME).filter_expr(Expr::IsNull { column: M::DELETED_AT.into(), negated: true })
    }

    /// Deleted rows too.
    pub fn all_with_deleted(self) -> Self
    where
        M: SoftDelete,
    {
        self.lift(NAME)
    }

    /// Restores the deleted rows of this queryset, and the rows that were deleted with them:
    /// `Post::objects().deleted().restore(&db)`. Returns how many, without the latter.
    ///
    /// # Errors
    /// [`Error::Unique`](crate::Error::Unique) where a live row has taken a unique value; all stay deleted then.
    pub fn restore<'c, D>(self, db: D) -> BoxFuture<'c, Result<u64>>
    where
        M: SoftDelete,
        D: Db<'c, BulkWrite<M>, Out = u64> + 'c,
    {
        let deleted = Expr::IsNull { column: M::DELETED_AT.into(), negated: true };
        let null = |(name, kind)| (name, Source::value(Value::Null(kind)));
        let with = match M::TABLE.delete {
            Delete::Mark { with, .. } => with,
            Delete::Remove => None,
        };
        let marks =
            [(M::DELETED_AT.name, Kind::Timestamp)].into_iter().chain(with.map(|with| (with, Kind::Text)));
        boxed(db, self.set(RESTORE, deleted, marks.map(null)))
    }

    /// Restores every deleted row that the filters meet, whatever the scope. Returns how many.
    ///
    /// # Errors
    /// As [`restore`](Self::restore).
    pub fn restore_all<'c, D>(self, db: D) -> BoxFuture<'c, Result<u64>>
    where
        M: SoftDelete,
        D: Db<'c, BulkWrite<M>, Out = u64> + 'c,
    {
        self.deleted().restore(db)
    }
}
