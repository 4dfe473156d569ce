//! Who may do what with a view set's rows.

use std::borrow::Cow;

use super::work::Work;
use super::{ViewSet, holds};
use crate::model::{Model, Writable};
use crate::users::{Permission, UserModel};
use crate::web::caller::Caller;
use crate::web::problem::{Problem, WebResult};

/// What a view set does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// `GET` of the rows.
    List,
    /// `GET` of one.
    Retrieve,
    /// `POST`.
    Create,
    /// `PUT`: every field that has no default must be given; what is left out stays as it is.
    Replace,
    /// `PATCH`: the fields that are given.
    Patch,
    /// `DELETE`: as the model's `delete`.
    Delete,
    /// `POST …/restore/`, of a model that is soft-deletable.
    Restore,
}

impl Action {
    pub(in crate::web) const ALL: [Self; 7] =
        [Self::List, Self::Retrieve, Self::Create, Self::Replace, Self::Patch, Self::Delete, Self::Restore];

    /// Whether it only reads.
    pub fn is_read(self) -> bool {
        matches!(self, Self::List | Self::Retrieve)
    }

    /// The permission of the model that it takes.
    pub(in crate::web) fn permission<M: Model>(self) -> String {
        match self {
            Self::List | Self::Retrieve => Permission::view::<M>(),
            Self::Create => Permission::add::<M>(),
            Self::Replace | Self::Patch | Self::Restore => Permission::change::<M>(),
            Self::Delete => Permission::delete::<M>(),
        }
    }
}

/// Who may do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has the model's own permission to view, add, change or delete.
    Permission,
    /// Whoever has this permission.
    Code(Cow<'static, str>),
    /// Whose row it is, by [`owned_by`](super::ViewSet::owned_by), and whoever has the model's own permission. The list has the rows
    /// of who asks, and all for whoever has the permission.
    Owner,
    /// Nobody: there is no such route.
    Nobody,
}

impl<M: Writable + Clone, U: UserModel> ViewSet<M, U> {
    /// Who may do it. Where new rows get something of who makes them, whoever makes one is signed in.
    pub(in crate::web) fn access(&self, action: Action) -> &Access {
        match self.inner.access.get(&action) {
            Some(_) if action == Action::Restore && self.inner.restore.is_none() => &Access::Nobody,
            Some(Access::Anyone) if action == Action::Create && !self.inner.on_create.is_empty() => {
                &Access::SignedIn
            }
            Some(access) => access,
            None => &Access::Nobody,
        }
    }

    /// Whether a column tells whose a row is.
    pub(in crate::web) fn is_owned(&self) -> bool {
        self.inner.owner.is_some()
    }

    /// Whether an action must say which state of the row is meant.
    pub(in crate::web) fn wants_if_match(&self, action: Action) -> bool {
        // No tag can be had of a row that is deleted.
        let is_of_live_row = matches!(action, Action::Replace | Action::Patch | Action::Delete);
        self.inner.require_if_match && is_of_live_row
    }

    /// What can be told without the database.
    pub(super) fn admit_caller(&self, action: Action, caller: &Caller<U>) -> WebResult<()> {
        match self.access(action) {
            Access::Anyone => Ok(()),
            Access::Nobody => Err(Problem::forbidden("nobody may do this")),
            _ => caller.signed_in().map(drop),
        }
    }

    /// What can be told before the row is known. It is asked where the work is, here and of the row: who holds a connection and
    /// waits for another could wait for those who wait for theirs.
    pub(super) async fn admit(&self, action: Action, caller: &Caller<U>, work: &mut Work) -> WebResult<()> {
        self.admit_caller(action, caller)?;
        match self.access(action) {
            Access::Permission => caller.require_perm_on(&action.permission::<M>(), work).await,
            Access::Code(code) => caller.require_perm_on(code, work).await,
            Access::Anyone | Access::SignedIn | Access::Owner | Access::Nobody => Ok(()),
        }
    }

    /// What is told by the row.
    pub(super) async fn admit_to(
        &self,
        row: &M,
        action: Action,
        caller: &Caller<U>,
        work: &mut Work,
    ) -> WebResult<()> {
        if *self.access(action) != Access::Owner {
            return Ok(());
        }
        let user = caller.signed_in()?;
        if self.inner.owner.is_some_and(|column| holds(row, column, &user.id())) {
            return Ok(());
        }
        caller.require_perm_on(&action.permission::<M>(), work).await
    }
}
