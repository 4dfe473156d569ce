//! `#[permissions]`: what users may do. Every model has four permissions, and those that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use sqlx::SqlStr;
use uuid::Uuid;

use crate::Model;
use crate::atomic::{self, Steps};
use crate::backend::{self, Backend};
use crate::capability::user::{UserModel, UserRow};
use crate::db::{Db, Op, boxed};
use crate::error::Result;
use crate::field::FieldType;
use crate::mixins;
use crate::queryset;
use crate::sql::{Sql, arguments, quoted};
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::text::{self, Key};
use crate::users::group::{self, Grant, Group, Revoke, UserGroup, UserPermission, What};
use crate::users::reference;
use crate::value::Value;
use crate::write::BulkCreate;

/// What somebody may do: `blog.publish_post`.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "auth_permissions", label = "auth.permission", display = code, order = "code", unchecked)]
#[audited]
pub struct Permission {
    /// By which programs ask for it: the app, a point, and what may be done.
    #[column(max_length = 200, unique)]
    pub code: String,
    /// Its name for people.
    #[column(max_length = 255)]
    pub name: String,
}

impl Permission {
    /// The code of a permission of a model: `Permission::code_of::<Post>("publish_post")` is `blog.publish_post`.
    pub fn code_of<M: Model>(permission: &str) -> String {
        format!("{}.{permission}", app_and_model(M::TABLE).0)
    }

    /// The code of the permission to add rows of a model: `blog.add_post`.
    pub fn add<M: Model>() -> String {
        default_code(M::TABLE, "add")
    }

    /// The code of the permission to change rows of a model: `blog.change_post`.
    pub fn change<M: Model>() -> String {
        default_code(M::TABLE, "change")
    }

    /// The code of the permission to delete rows of a model: `blog.delete_post`.
    pub fn delete<M: Model>() -> String {
        default_code(M::TABLE, "delete")
    }

    /// The code of the permission to view rows of a model: `blog.view_post`.
    pub fn view<M: Model>() -> String {
        default_code(M::TABLE, "view")
    }
}

/// The parts of a label: `blog.post`.
fn app_and_model(table: &TableDef) -> (&'static str, &'static str) {
    table.label.rsplit_once('.').unwrap_or(("", table.label))
}

fn default_code(table: &TableDef, action: &str) -> String {
    let (app, model) = app_and_model(table);
    format!("{app}.{action}_{model}")
}

/// The permissions of a model: code and name.
fn of(table: &TableDef) -> impl Iterator<Item = (String, String)> {
    let (app, model) = app_and_model(table);
    let defaults = ["add", "change", "delete", "view"].into_iter();
    let defaults = defaults.map(move |action| {
        (default_code(table, action), format!("Can {action} {}", model.replace('_', " ")))
    });
    let own = table.permissions.iter().map(move |(code, name)| (format!("{app}.{code}"), (*name).to_owned()));
    defaults.chain(own)
}

/// Makes the permissions of these models that are missing. Returns how many. To be run when a program is deployed.
///
/// # Errors
/// The database's.
///
/// ```
/// # use model_runtime::prelude::*; use model_runtime::users::{self, Permission, User};
/// #[mixins]
/// #[derive(Debug, Model)]
/// #[model(app = "blog", unchecked)]
/// #[permissions(publish_post, feature_post = "Can put a post on the front page")]
/// struct Post { title: String }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&users::tables(), &db).await?;
/// # model_runtime::schema::create_tables(&[User::table(), AuditLog::table()], &db).await?;
/// assert_eq!(users::sync_permissions(&[Post::table()], &db).await?, 6);
///
/// let jane = User::manager().create_user(User::builder().email("jane@example.com").build(), None, &db).await?;
/// jane.grant(&["blog.publish_post"], &db).await?;
/// assert!(jane.has_perm("blog.publish_post", &db).await?);
/// assert!(!jane.has_perm(&Permission::delete::<Post>(), &db).await?);
/// # Ok(()) }
/// ```
pub fn sync_permissions<'c, D>(
    tables: &[&'static TableDef],
    db: D,
) -> impl Future<Output = Result<u64>> + Send
where
    D: Db<'c, SyncPermissions, Out = u64>,
{
    db.run(SyncPermissions(tables.to_vec()))
}

/// Makes the permissions of models.
#[derive(Debug)]
pub struct SyncPermissions(Vec<&'static TableDef>);

impl<B: Backend> Op<B> for SyncPermissions {
    type Out = u64;

    fn begins(&self) -> bool {
        true
    }

    async fn run(mut self, connection: &mut B::Connection) -> Result<u64> {
        atomic::retried::<B, _>(&mut self, connection, atomic::is_taken).await
    }
}

impl<B: Backend> Steps<B> for SyncPermissions {
    type Out = u64;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<u64> {
        let known = queryset::all::<B, _>(connection, Permission::objects().values(|it| it.code)).await?;
        let known: BTreeSet<String> = known.into_iter().collect();
        // Models of one app may name the same one.
        let mut wanted: BTreeMap<String, String> = self.0.iter().rev().flat_map(|table| of(table)).collect();
        wanted.retain(|code, _| !known.contains(code));
        let missing: Vec<_> =
            wanted.into_iter().map(|(code, name)| Permission { id: Uuid::now_v7(), code, name }).collect();
        let count = missing.len() as u64;
        Op::<B>::run(BulkCreate::new(missing), connection).await?;
        Ok(count)
    }
}

/// All that one user may do, read once by [`UserPermissions::permissions`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionSet {
    /// Superusers have every permission.
    all: bool,
    codes: BTreeSet<String>,
}

impl PermissionSet {
    /// Whether the user has the permission.
    pub fn has(&self, code: &str) -> bool {
        self.all || self.codes.contains(code)
    }

    /// Whether the user has one of the permissions.
    pub fn has_any<'p>(&self, codes: impl IntoIterator<Item = &'p str>) -> bool {
        codes.into_iter().any(|code| self.has(code))
    }

    /// Whether the user has all of the permissions.
    pub fn has_all<'p>(&self, codes: impl IntoIterator<Item = &'p str>) -> bool {
        codes.into_iter().all(|code| self.has(code))
    }

    /// The codes that were granted, in order. A superuser has every other, too.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(String::as_str)
    }
}

/// What a user may do, and how that is changed. Superusers may do all, users who are not active
/// nothing; both by what the database says now, whatever the value says.
pub trait UserPermissions: UserRow {
    /// All that the user may do, directly or through groups: one statement, and none for each question after it.
    ///
    /// # Errors
    /// The database's.
    fn permissions<'c, D>(&self, db: D) -> BoxFuture<'c, Result<PermissionSet>>
    where
        Self: UserModel,
        D: Db<'c, ReadPermissions, Out = PermissionSet> + 'c,
    {
        boxed(db, ReadPermissions(Asked::of(self)))
    }

    /// Whether the user has the permission: one statement.
    ///
    /// # Errors
    /// The database's.
    fn has_perm<'c, D>(&self, code: &str, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: UserModel,
        D: Db<'c, HasPermission, Out = bool> + 'c,
    {
        boxed(db, HasPermission { user: Asked::of(self), code: code.to_owned() })
    }

    /// Gives the user permissions, beside those of their groups. Returns how many they did not have so.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) that names a code of which there is no permission; nothing is written then.
    fn grant<'c, D>(&self, codes: &[&str], db: D) -> BoxFuture<'c, Result<u64>>
    where
        Self: UserModel,
        D: Db<'c, Grant<UserPermission>, Out = u64> + 'c,
    {
        boxed(db, Grant { links: group::permissions(self), what: What::permissions(codes) })
    }

    /// Takes permissions from the user; those of their groups stay. Returns how many they had so.
    ///
    /// # Errors
    /// As [`grant`](Self::grant).
    fn revoke<'c, D>(&self, codes: &[&str], db: D) -> BoxFuture<'c, Result<u64>>
    where
        Self: UserModel,
        D: Db<'c, Revoke<UserPermission>, Out = u64> + 'c,
    {
        boxed(db, Revoke { links: group::permissions(self), what: What::permissions(codes) })
    }

    /// Puts the user into groups. Returns into how many they were not.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) where a group is gone.
    fn join<'c, D>(&self, groups: &[&Group], db: D) -> BoxFuture<'c, Result<u64>>
    where
        Self: UserModel,
        D: Db<'c, Grant<UserGroup>, Out = u64> + 'c,
    {
        boxed(db, Grant { links: group::memberships(self), what: ids(groups) })
    }

    /// Takes the user out of groups. Returns in how many they were.
    ///
    /// # Errors
    /// The database's.
    fn leave<'c, D>(&self, groups: &[&Group], db: D) -> BoxFuture<'c, Result<u64>>
    where
        Self: UserModel,
        D: Db<'c, Revoke<UserGroup>, Out = u64> + 'c,
    {
        boxed(db, Revoke { links: group::memberships(self), what: ids(groups) })
    }
}

impl<M: Model> UserPermissions for M {}

fn ids(groups: &[&Group]) -> What {
    What::Ids(groups.iter().map(|group| group.id).collect())
}

/// The user whose permissions are asked for.
#[derive(Debug)]
struct Asked {
    table: &'static TableDef,
    key: Value<'static>,
    id: String,
}

impl Asked {
    fn of<U: UserModel>(user: &U) -> Self {
        Self { table: U::TABLE, key: user.id().to_value().into_owned(), id: reference(user).1 }
    }

    /// The text that `make` makes, once for each model of users, and its values: the key, the label, the key as text.
    fn statement<B: Backend>(
        self,
        action: &'static str,
        make: fn(&'static TableDef, Dialect) -> Sql,
        further: Option<String>,
    ) -> Result<(SqlStr, B::Arguments)> {
        let label = Value::Text(self.table.label.into());
        let values = [self.key, label, Value::Text(self.id.into())].into_iter();
        let values = values.chain(further.map(|text| Value::Text(text.into())));
        let text = text::of(Key::new(self.table, B::DIALECT, action), || make(self.table, B::DIALECT));
        Ok((text, arguments::<B>(values)?))
    }
}

/// `$1` and so on, as [`Sql::unseen`] has them.
fn values<const N: usize>(dialect: Dialect) -> [String; N] {
    std::array::from_fn(|i| {
        Sql::new(dialect, "").fragment(|sql| sql.unseen(|sql| sql.push(&format!("${}", i + 1))))
    })
}

/// Whether the user is a superuser, with what is read before and after that: where they are active and in the default scope.
fn superuser([before, after]: [&str; 2], users: &TableDef, key: &str, dialect: Dialect) -> String {
    let column = |field: &str| quoted(users.column_of(field).name, dialect);
    let scope = users.scope().map(|scope| format!(" AND {scope}")).unwrap_or_default();
    let (table, id) = (quoted(users.name, dialect), quoted(users.key().name, dialect));
    let (superuser, active) = (column("is_superuser"), column("is_active"));
    format!("SELECT {before}{superuser}{after} FROM {table} WHERE {id} = {key} AND {active}{scope}")
}

/// Reads all permissions of a user as they are now.
#[derive(Debug)]
pub struct ReadPermissions(Asked);

impl ReadPermissions {
    /// First the user, then the permissions.
    fn text(users: &'static TableDef, dialect: Dialect) -> Sql {
        let [key, user_type, user_id] = values(dialect);
        let user = superuser(["NULL AS \"code\", ", ""], users, &key, dialect);
        Sql::new(
            dialect,
            &format!(
                "{user} UNION ALL SELECT t.\"code\", FALSE FROM \"auth_permissions\" AS t WHERE t.\"id\" IN (\
             SELECT \"permission_id\" FROM \"auth_user_permissions\" \
             WHERE \"user_type\" = {user_type} AND \"user_id\" = {user_id} UNION ALL \
             SELECT g.\"permission_id\" FROM \"auth_user_groups\" AS u \
             JOIN \"auth_group_permissions\" AS g ON g.\"group_id\" = u.\"group_id\" \
             WHERE u.\"user_type\" = {user_type} AND u.\"user_id\" = {user_id})",
            ),
        )
    }
}

/// Asks whether a user has a permission now.
#[derive(Debug)]
pub struct HasPermission {
    user: Asked,
    code: String,
}

impl HasPermission {
    fn text(users: &'static TableDef, dialect: Dialect) -> Sql {
        let [key, user_type, user_id, code] = values(dialect);
        let granted = format!(
            " OR EXISTS (SELECT 1 FROM \"auth_permissions\" AS p WHERE p.\"code\" = {code} AND (\
             EXISTS (SELECT 1 FROM \"auth_user_permissions\" AS o WHERE o.\"permission_id\" = p.\"id\" \
             AND o.\"user_type\" = {user_type} AND o.\"user_id\" = {user_id}) OR \
             EXISTS (SELECT 1 FROM \"auth_user_groups\" AS u \
             JOIN \"auth_group_permissions\" AS g ON g.\"group_id\" = u.\"group_id\" \
             WHERE g.\"permission_id\" = p.\"id\" AND u.\"user_type\" = {user_type} AND u.\"user_id\" = {user_id})))"
        );
        Sql::new(dialect, &superuser(["", &granted], users, &key, dialect))
    }
}

impl<B: Backend> Op<B> for HasPermission {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let (sql, arguments) = self.user.statement::<B>("has permission", Self::text, Some(self.code))?;
        let row = B::fetch_optional(connection, sql, arguments).await?;
        // Who is not active, or gone, may do nothing.
        Ok(row.map(|row| backend::read::<B, bool>(&row, 0, &READ[1])).transpose()?.unwrap_or(false))
    }
}

/// The columns that it reads.
const READ: [ColumnDef; 2] = [ColumnDef::new::<Option<String>>("code"), ColumnDef::new::<bool>("all")];

impl<B: Backend> Op<B> for ReadPermissions {
    type Out = PermissionSet;

    async fn run(self, connection: &mut B::Connection) -> Result<PermissionSet> {
        let (sql, arguments) = self.0.statement::<B>("read permissions", Self::text, None)?;
        let mut rows = B::fetch(connection, sql, arguments);
        let (mut user, mut codes) = (None, BTreeSet::new());
        while let Some(row) = rows.try_next().await? {
            match backend::read::<B, Option<String>>(&row, 0, &READ[0])? {
                Some(code) => drop(codes.insert(code)),
                None => user = Some(backend::read::<B, bool>(&row, 1, &READ[1])?),
            }
        }
        Ok(match user {
            // Who is not active, or gone, may do nothing.
            None => PermissionSet { all: false, codes: BTreeSet::new() },
            Some(all) => PermissionSet { all, codes },
        })
    }
}
