//! `#[publishable]`: draft → published → archived, and nothing else (rule 22).

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use crate::ModelEnum;
use crate::capability::audited::pass_on;
use crate::db::{Db, boxed};
use crate::error::{Error, Result};
use crate::expr::{Compare, Expr, Operand};
use crate::field::FieldType;
use crate::model::{Model, Writable};
use crate::queryset::{BulkWrite, QuerySet, Source};
use crate::statements::ChangeSql;
use crate::table::ColumnDef;

use crate::write::{Change, RowChange};

/// Where a row stands in its publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ModelEnum)]
#[choices(crate = crate)]
pub enum PublishStatus {
    /// Not yet published, or unpublished.
    #[default]
    Draft,
    /// Published.
    Published,
    /// Was published or drafted, and is kept out of sight.
    Archived,
}

use PublishStatus::{Archived, Draft, Published};

impl PublishStatus {
    /// The states from which a row becomes this one.
    pub(crate) const fn reached_from(self) -> &'static [Self] {
        match self {
            Draft => &[Published, Archived],
            Published => &[Draft],
            Archived => &[Draft, Published],
        }
    }
}

/// A model that is published. The derive implements it for `#[publishable]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not publishable",
    label = "this needs `#[publishable]` on `{Self}`",
    note = "add `#[publishable]` to the struct"
)]
pub trait Publishable: Writable {
    /// The column that holds the status.
    const STATUS: &'static ColumnDef;
    /// The column that holds the time of the latest publish.
    const PUBLISHED_AT: &'static ColumnDef;
    #[doc(hidden)]
    const PUBLISH: ChangeSql;
    #[doc(hidden)]
    const UNPUBLISH: ChangeSql;
    #[doc(hidden)]
    const ARCHIVE: ChangeSql;

    /// The status.
    fn status(&self) -> PublishStatus;

    /// When the row was last published.
    fn published_at(&self) -> Option<DateTime<Utc>>;

    #[doc(hidden)]
    fn set_publication(&mut self, status: PublishStatus, published_at: Option<DateTime<Utc>>);
}

/// What a publishable row can do.
pub trait PublishableRow: Model {
    /// Whether the row is published.
    fn is_published(&self) -> bool
    where
        Self: Publishable,
    {
        self.status() == Published
    }

    /// Publishes a draft. Returns `false` where it is published already.
    ///
    /// # Errors
    /// [`Error::InvalidTransition`] where it is archived, [`Error::NotFound`] where it is gone.
    fn publish<'c, D>(&'c mut self, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: Publishable,
        D: Db<'c, RowChange<'c, Self>, Out = bool> + 'c,
    {
        let done = |row: &mut Self, time| row.set_publication(Published, Some(time));
        let refused = |row: &mut Self, current: Self| refused(row, &current, Published);
        boxed(db, RowChange::new(self, Change { sql: Self::PUBLISH, done, refused }))
    }

    /// Makes a published or archived row a draft again.
    ///
    /// # Errors
    /// [`Error::InvalidTransition`] where it is a draft, [`Error::NotFound`] where it is gone.
    fn unpublish<'c, D>(&'c mut self, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: Publishable,
        D: Db<'c, RowChange<'c, Self>, Out = bool> + 'c,
    {
        let done = |row: &mut Self, _| row.set_publication(Draft, row.published_at());
        let refused = |row: &mut Self, current: Self| refused(row, &current, Draft);
        boxed(db, RowChange::new(self, Change { sql: Self::UNPUBLISH, done, refused }))
    }

    /// Archives a draft or a published row.
    ///
    /// # Errors
    /// [`Error::InvalidTransition`] where it is archived, [`Error::NotFound`] where it is gone.
    fn archive<'c, D>(&'c mut self, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: Publishable,
        D: Db<'c, RowChange<'c, Self>, Out = bool> + 'c,
    {
        let done = |row: &mut Self, _| row.set_publication(Archived, row.published_at());
        let refused = |row: &mut Self, current: Self| refused(row, &current, Archived);
        boxed(db, RowChange::new(self, Change { sql: Self::ARCHIVE, done, refused }))
    }
}

impl<M: Model> PublishableRow for M {}

/// The row is not in a state from which `to` is reached. Only publishing what is published is no error.
fn refused<M: Publishable>(row: &mut M, current: &M, to: PublishStatus) -> Result<()> {
    let from = current.status();
    row.set_publication(from, current.published_at());
    if from == Published && to == Published {
        return Ok(());
    }
    Err(Error::InvalidTransition { model: M::TABLE.model, from: from.as_str(), to: to.as_str() })
}

pass_on!(row publish: Publishable, RowChange<'c, M> => bool);
pass_on!(row unpublish: Publishable, RowChange<'c, M> => bool);
pass_on!(row archive: Publishable, RowChange<'c, M> => bool);
pass_on!(queryset publish: Publishable);
pass_on!(queryset unpublish: Publishable);
pass_on!(queryset archive: Publishable);

impl<M: Model> QuerySet<M> {
    /// Only published rows.
    pub fn published(self) -> Self
    where
        M: Publishable,
    {
        self.filter_expr(is_any::<M>(&[Published]))
    }

    /// Only drafts.
    pub fn drafts(self) -> Self
    where
        M: Publishable,
    {
        self.filter_expr(is_any::<M>(&[Draft]))
    }

    /// Only archived rows.
    pub fn archived(self) -> Self
    where
        M: Publishable,
    {
        self.filter_expr(is_any::<M>(&[Archived]))
    }

    /// Publishes the drafts among the rows. Returns how many.
    ///
    /// # Errors
    /// The database's.
    pub fn publish<'c, D>(self, db: D) -> BoxFuture<'c, Result<u64>>
    where
        M: Publishable,
        D: Db<'c, BulkWrite<M>, Out = u64> + 'c,
    {
        let set = [(M::STATUS.name, Published.source()), (M::PUBLISHED_AT.name, Source::Time)];
        boxed(db, self.set("publish", is_any::<M>(Published.reached_from()), set))
    }

    /// Makes the published and archived rows drafts. Returns how many.
    ///
    /// # Errors
    /// The database's.
    pub fn unpublish<'c, D>(self, db: D) -> BoxFuture<'c, Result<u64>>
    where
        M: Publishable,
        D: Db<'c, BulkWrite<M>, Out = u64> + 'c,
    {
        boxed(
            db,
            self.set("unpublish", is_any::<M>(Draft.reached_from()), [(M::STATUS.name, Draft.source())]),
        )
    }

    /// Archives the drafts and published rows. Returns how many.
    ///
    /// # Errors
    /// The database's.
    pub fn archive<'c, D>(self, db: D) -> BoxFuture<'c, Result<u64>>
    where
        M: Publishable,
        D: Db<'c, BulkWrite<M>, Out = u64> + 'c,
    {
        boxed(
            db,
            self.set("archive", is_any::<M>(Archived.reached_from()), [(M::STATUS.name, Archived.source())]),
        )
    }
}

/// The row is in one of these states.
fn is_any<M: Publishable>(states: &[PublishStatus]) -> Expr {
    let is = |status: &PublishStatus| Expr::Compare {
        column: M::STATUS.into(),
        op: Compare::Eq,
        operand: Operand::Value(status.to_value().into_owned()),
    };
    match states {
        [one] => is(one),
        states => Expr::Any(states.iter().map(is).collect()),
    }
}

impl PublishStatus {
    fn source(self) -> Source {
        Source::value(self.to_value().into_owned())
    }
}
