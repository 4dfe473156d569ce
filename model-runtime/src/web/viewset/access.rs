//! Who may do what with a view set's rows.

use std::borrow::Cow;

use crate::model::Model;
use crate::users::Permission;

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
    pub(super) fn permission<M: Model>(self) -> String {
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
