//! Groups, and who has which permission: directly, or through a group.

use std::future::Future;

use uuid::Uuid;

use super::{Permission, UserModel, reference};
use crate::Model;
use crate::atomic::{self, Steps};
use crate::backend::Backend;
use crate::db::{Db, Op};
use crate::error::{Result, ValidationErrors};
use crate::many_to_many::Links;
use crate::mixins;
use crate::model::Writable;
use crate::queryset;

/// Users who have the same permissions.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_groups", label = "auth.group", display = name, unchecked)]
#[timestamps]
#[audited]
pub struct Group {
    /// Its name.
    #[column(max_length = 150, unique)]
    pub name: String,
}

/// A group has a permission.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_group_permissions", label = "auth.group_permission", unchecked)]
#[audited]
#[unique(group_id, permission_id)]
pub struct GroupPermission {
    /// The group.
    #[belongs_to(Group, on_delete = protect)]
    pub group_id: Uuid,
    /// The permission.
    #[belongs_to(Permission, on_delete = protect)]
    pub permission_id: Uuid,
}

/// A user is in a group.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_user_groups", label = "auth.user_group", unchecked)]
#[audited]
#[unique(user_type, user_id, group_id)]
pub struct UserGroup {
    /// The label of the user's model.
    #[column(max_length = 100)]
    pub user_type: String,
    /// The user's key as text.
    #[column(max_length = 255)]
    pub user_id: String,
    /// The group.
    #[belongs_to(Group, on_delete = protect)]
    pub group_id: Uuid,
}

/// A user has a permission, beside those of their groups.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_user_permissions", label = "auth.user_permission", unchecked)]
#[audited]
#[unique(user_type, user_id, permission_id)]
pub struct UserPermission {
    /// The label of the user's model.
    #[column(max_length = 100)]
    pub user_type: String,
    /// The user's key as text.
    #[column(max_length = 255)]
    pub user_id: String,
    /// The permission.
    #[belongs_to(Permission, on_delete = protect)]
    pub permission_id: Uuid,
}

impl Group {
    /// Gives the group permissions. Returns how many it did not have.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) that names a code of which there is no permission; nothing is written then.
    pub fn grant<'c, D>(&self, codes: &[&str], db: D) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, Grant<GroupPermission>, Out = u64>,
    {
        db.run(Grant { links: self.links(), what: What::permissions(codes) })
    }

    /// Takes permissions from the group. Returns how many it had.
    ///
    /// # Errors
    /// As [`grant`](Self::grant).
    pub fn revoke<'c, D>(&self, codes: &[&str], db: D) -> impl Future<Output = Result<u64>> + Send
    where
        D: Db<'c, Revoke<GroupPermission>, Out = u64>,
    {
        db.run(Revoke { links: self.links(), what: What::permissions(codes) })
    }

    fn links(&self) -> Links<GroupPermission, Uuid> {
        let group_id = self.id;
        Links {
            existing: GroupPermission::objects().filter(|link| link.group_id.eq(group_id)),
            target: GroupPermission::COLUMNS.permission_id,
            make: Box::new(move |permission_id| {
                GroupPermission::builder().group_id(group_id).permission_id(permission_id).build()
            }),
        }
    }
}

/// The groups of a user.
pub(crate) fn memberships<U: UserModel>(user: &U) -> Links<UserGroup, Uuid> {
    let (user_type, user_id) = reference(user);
    let id = user_id.clone();
    Links {
        existing: UserGroup::objects().filter(|link| link.user_type.eq(user_type) & link.user_id.eq(id)),
        target: UserGroup::COLUMNS.group_id,
        make: Box::new(move |group_id| {
            UserGroup::builder().user_type(user_type).user_id(user_id.clone()).group_id(group_id).build()
        }),
    }
}

/// The permissions that a user has beside those of their groups.
pub(crate) fn permissions<U: UserModel>(user: &U) -> Links<UserPermission, Uuid> {
    let (user_type, user_id) = reference(user);
    let id = user_id.clone();
    Links {
        existing: UserPermission::objects().filter(|link| link.user_type.eq(user_type) & link.user_id.eq(id)),
        target: UserPermission::COLUMNS.permission_id,
        make: Box::new(move |permission_id| {
            let link = UserPermission::builder().user_type(user_type).user_id(user_id.clone());
            link.permission_id(permission_id).build()
        }),
    }
}

/// What is linked: by key, or permissions by their code.
pub(crate) enum What {
    Ids(Vec<Uuid>),
    Codes(Vec<String>),
}

impl What {
    pub(crate) fn permissions(codes: &[&str]) -> Self {
        Self::Codes(codes.iter().map(|code| (*code).to_owned()).collect())
    }

    async fn ids<B: Backend>(&self, connection: &mut B::Connection) -> Result<Vec<Uuid>> {
        let codes = match self {
            Self::Ids(ids) => return Ok(ids.clone()),
            Self::Codes(codes) => codes,
        };
        let known = Permission::objects().filter(|permission| permission.code.is_in(codes.clone()));
        let known = queryset::all::<B, _>(connection, known.values(|it| (it.id, it.code))).await?;
        let mut errors = ValidationErrors::new("Permission");
        for code in codes.iter().filter(|code| known.iter().all(|(_, known)| known != *code)) {
            errors.add(
                "code",
                format!(
                    "is {code:?}, of which there is none; `users::sync_permissions` makes those of the models"
                ),
            );
        }
        errors.into_result()?;
        Ok(known.into_iter().map(|(id, _)| id).collect())
    }
}

/// Adds links that are missing.
pub struct Grant<L> {
    pub(crate) links: Links<L, Uuid>,
    pub(crate) what: What,
}

impl<B: Backend, L: Writable> Steps<B> for Grant<L> {
    type Out = u64;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<u64> {
        let ids = self.what.ids::<B>(connection).await?;
        self.links.add::<B>(connection, &ids).await
    }
}

impl<B: Backend, L: Writable> Op<B> for Grant<L> {
    type Out = u64;

    fn begins(&self) -> bool {
        true
    }

    async fn run(mut self, connection: &mut B::Connection) -> Result<u64> {
        atomic::retried::<B, _>(&mut self, connection, atomic::is_taken).await
    }
}

/// Removes links.
pub struct Revoke<L> {
    pub(crate) links: Links<L, Uuid>,
    pub(crate) what: What,
}

impl<B: Backend, L: Writable> Op<B> for Revoke<L> {
    type Out = u64;

    async fn run(self, connection: &mut B::Connection) -> Result<u64> {
        let ids = self.what.ids::<B>(connection).await?;
        self.links.remove::<B>(connection, &ids).await
    }
}
