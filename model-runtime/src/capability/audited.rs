//! `#[audited]`: every write of a row leaves a row in [`AuditLog`](crate::AuditLog), in the same atomic write.
//!
//! Who writes, and from where, is an [`AuditContext`]. It belongs to a task: [`scope`] opens one for a future,
//! `with_audit` for one call, [`AuditContext::on`] for one database handle.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::column::{Assignment, ColumnList, OneOrMore};
use crate::db::Db;
use crate::error::{Error, Result, ValidationErrors};
use crate::field::FieldType;
use crate::model::{Model, Writable};
use crate::queryset::{BulkWrite, QuerySet};
use crate::record::Entry;
use crate::table::TableDef;
use crate::value::{Kind, Value};
use crate::write::{Delete, HardDelete, Insert, Save, SaveOnly};

/// A model whose writes are audited. The derive implements it for `#[audited]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not audited",
    label = "this needs `#[audited]` on `{Self}`",
    note = "add `#[audited]` to the struct"
)]
pub trait Audited: Writable {}

/// Longest key of an actor, in characters.
const ACTOR_ID_LENGTH: u32 = 255;

/// Who writes, and from where. Text is stored as it stands.
///
/// ```
/// use model_runtime::audit::{self, AuditContext};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let context = AuditContext::default().actor(7, "jane@example.com").user_agent("curl/8");
/// audit::scope(context.clone(), async {
///     assert_eq!(audit::current().as_ref(), Some(&context));
/// })
/// .await;
/// assert_eq!(audit::current(), None);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditContext {
    /// Who.
    pub actor: Option<Actor>,
    /// The client's address.
    pub ip_address: Option<IpAddr>,
    /// The client's name of itself; empty where there is none.
    pub user_agent: String,
    /// The request that the write is part of.
    pub request_id: Option<String>,
}

/// Whoever writes. The audit trail keeps both when the user is gone (rule 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user's key, as text.
    pub id: String,
    /// The user's name for people.
    pub label: String,
}

impl AuditContext {
    /// Sets who writes: the user's key, and a name for people.
    pub fn actor(mut self, id: impl fmt::Display, label: impl Into<String>) -> Self {
        self.actor = Some(Actor { id: id.to_string(), label: label.into() });
        self
    }

    /// Sets the client's address.
    pub fn ip_address(mut self, address: impl Into<IpAddr>) -> Self {
        self.ip_address = Some(address.into());
        self
    }

    /// Sets the client's name of itself.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets the request.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// The database handle, in this context: `Post::builder().title("x").create(context.on(&db))`.
    pub fn on<D>(&self, db: D) -> Scoped<D> {
        Scoped { db, scope: Scope::On(Arc::new(self.clone())) }
    }

    fn check(&self, table: &TableDef) -> Result<()> {
        let actor = self.actor.as_ref();
        let texts = [
            ("the actor's id", actor.map(|actor| &actor.id), ACTOR_ID_LENGTH as usize),
            ("the actor's label", actor.map(|actor| &actor.label), usize::MAX),
            ("user_agent", Some(&self.user_agent), usize::MAX),
            ("request_id", self.request_id.as_ref(), usize::MAX),
        ];
        let mut errors = ValidationErrors::new(table.model);
        for (field, text, limit) in texts {
            if let Some(length) = text.map(|text| text.chars().count()).filter(|length| *length > limit) {
                let message = format!("has {length} characters, {limit} are allowed");
                errors.add(format!("{field} of the audit context"), message);
            }
            if text.is_some_and(|text| text.contains('\0')) {
                errors.add(
                    format!("{field} of the audit context"),
                    "contains the character U+0000, which a database cannot store in text",
                );
            }
        }
        errors.into_result()
    }
}

/// What a task's writes are audited with.
#[derive(Debug, Clone)]
enum Scope {
    On(Arc<AuditContext>),
    Off,
}

tokio::task_local! {
    static SCOPE: Scope;
}

impl Scope {
    async fn run<F: Future>(self, future: F) -> F::Output {
        SCOPE.scope(self, future).await
    }
}

/// Runs `future` in an audit context. Scopes nest; a spawned task has none, unless it is [carried](carry).
pub async fn scope<F: Future>(context: AuditContext, future: F) -> F::Output {
    Scope::On(Arc::new(context)).run(future).await
}

/// Runs `future` in this actor's name, where the audit context has none. What is to leave no audit row leaves none.
#[cfg(feature = "users")]
pub(crate) async fn in_name_of<F: Future>(id: impl fmt::Display, label: String, future: F) -> F::Output {
    match SCOPE.try_with(Scope::clone) {
        Ok(Scope::Off) => future.await,
        Ok(Scope::On(context)) if context.actor.is_some() => future.await,
        _ => scope(current().unwrap_or_default().actor(id, label), future).await,
    }
}

/// `future` with the audit context of the current task, to be spawned: `tokio::spawn(audit::carry(future))`.
pub fn carry<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let scope = SCOPE.try_with(Scope::clone).ok();
    async move {
        match scope {
            Some(scope) => scope.run(future).await,
            None => future.await,
        }
    }
}

/// The database handle, for operations that leave no audit row: `Post::builder().title("x").create(audit::off(&db))`.
pub fn off<D>(db: D) -> Scoped<D> {
    Scoped { db, scope: Scope::Off }
}

/// The audit context of the current task.
pub fn current() -> Option<AuditContext> {
    match SCOPE.try_with(Scope::clone) {
        Ok(Scope::On(context)) => Some(AuditContext::clone(&context)),
        Ok(Scope::Off) | Err(_) => None,
    }
}

/// The columns of the audit log that the context fills. The derive names this function.
#[doc(hidden)]
pub fn entry(table: &'static TableDef) -> Result<Option<Entry>> {
    entry_of(table, false)
}

/// The same, where the write must have an actor.
#[doc(hidden)]
pub fn entry_of_actor(table: &'static TableDef) -> Result<Option<Entry>> {
    entry_of(table, true)
}

fn entry_of(table: &'static TableDef, require_actor: bool) -> Result<Option<Entry>> {
    let context = match SCOPE.try_with(Scope::clone) {
        Ok(Scope::Off) => return Ok(None),
        Ok(Scope::On(context)) => context,
        Err(_) => Arc::default(),
    };
    if require_actor && context.actor.as_ref().is_none_or(|actor| actor.id.is_empty()) {
        return Err(Error::ActorRequired { model: table.model });
    }
    context.check(table)?;
    let text = |text: Option<&String>| match text {
        Some(text) => Value::Text(text.clone().into()),
        None => Value::Null(Kind::Text),
    };
    let actor = context.actor.as_ref();
    Ok(Some(vec![
        ("actor_id", text(actor.map(|actor| &actor.id))),
        ("actor_label", text(actor.map(|actor| &actor.label))),
        ("ip_address", context.ip_address.to_value().into_owned()),
        ("user_agent", Value::Text(context.user_agent.clone().into())),
        ("request_id", text(context.request_id.as_ref())),
    ]))
}

/// A database handle whose operations run in an audit context of their own, or in none. Made by [`AuditContext::on`]
/// and [`off`].
#[derive(Debug, Clone)]
pub struct Scoped<D> {
    db: D,
    scope: Scope,
}

#[diagnostic::do_not_recommend]
impl<'c, O: Send, D: Db<'c, O>> Db<'c, O> for Scoped<D> {
    type Out = D::Out;

    fn run(self, operation: O) -> impl Future<Output = Result<D::Out>> + Send {
        self.scope.run(self.db.run(operation))
    }
}

/// A row or a queryset whose writes run in an audit context of their own, or in none. Made by `with_audit` and
/// `without_audit`; it has the methods that write.
#[derive(Debug)]
#[must_use = "it does nothing until a method writes"]
pub struct InScope<T> {
    pub(crate) inner: T,
    scope: Scope,
}

impl<T> InScope<T> {
    pub(crate) fn on<D>(&self, db: D) -> Scoped<D> {
        Scoped { db, scope: self.scope.clone() }
    }
}

/// What an audited row can do.
pub trait AuditedRow: Model {
    /// The row, to be written in this audit context: `post.with_audit(&context).save(&db)`.
    fn with_audit(&mut self, context: &AuditContext) -> InScope<&mut Self>
    where
        Self: Audited,
    {
        InScope { inner: self, scope: Scope::On(Arc::new(context.clone())) }
    }

    /// The row, to be written without an audit row.
    fn without_audit(&mut self) -> InScope<&mut Self>
    where
        Self: Audited,
    {
        InScope { inner: self, scope: Scope::Off }
    }
}

impl<M: Model> AuditedRow for M {}

impl<M: Model> QuerySet<M> {
    /// The rows, to be written in this audit context.
    pub fn with_audit(self, context: &AuditContext) -> InScope<Self>
    where
        M: Audited,
    {
        InScope { inner: self, scope: Scope::On(Arc::new(context.clone())) }
    }

    /// The rows, to be written without audit rows.
    pub fn without_audit(self) -> InScope<Self>
    where
        M: Audited,
    {
        InScope { inner: self, scope: Scope::Off }
    }
}

/// Gives [`InScope`] a method that writes: that of the row or of the queryset, in its audit context.
macro_rules! pass_on {
    (row $name:ident: $bound:path, $operation:ty => $out:ty) => {
        impl<'c, M: $bound> $crate::audit::InScope<&'c mut M> {
            #[doc = concat!("`", stringify!($name), "` of the row, in this audit context.\n\n# Errors\nAs of the row.")]
            pub fn $name<D>(self, db: D) -> futures_util::future::BoxFuture<'c, $crate::Result<$out>>
            where
                D: $crate::Db<'c, $operation, Out = $out> + 'c,
            {
                let db = self.on(db);
                Box::pin(self.inner.$name(db))
            }
        }
    };
    (queryset $name:ident: $bound:path) => {
        impl<M: $bound> $crate::audit::InScope<$crate::QuerySet<M>> {
            #[doc = concat!("`", stringify!($name), "` of the queryset, in this audit context.\n\n# Errors\nAs of the queryset.")]
            pub fn $name<'c, D>(self, db: D) -> futures_util::future::BoxFuture<'c, $crate::Result<u64>>
            where
                D: $crate::Db<'c, $crate::BulkWrite<M>, Out = u64> + 'c,
            {
                let db = self.on(db);
                Box::pin(self.inner.$name(db))
            }
        }
    };
}
pub(crate) use pass_on;

pass_on!(row insert: Writable, Insert<'c, M> => ());
pass_on!(row save: Writable, Save<'c, M> => bool);
pass_on!(row delete: Writable, Delete<'c, M> => bool);
pass_on!(row hard_delete: Writable, HardDelete<'c, M> => bool);
pass_on!(queryset delete: Writable);
pass_on!(queryset hard_delete: Writable);

impl<'c, M: Writable> InScope<&'c mut M> {
    /// `save_only` of the row, in this audit context.
    ///
    /// # Errors
    /// As of the row.
    pub fn save_only<D, L>(self, columns: impl FnOnce(M::Columns) -> L, db: D) -> BoxFuture<'c, Result<bool>>
    where
        L: ColumnList<M>,
        D: Db<'c, SaveOnly<'c, M>, Out = bool> + 'c,
    {
        let db = self.on(db);
        let columns = columns(M::COLUMNS).columns();
        Box::pin(db.run(SaveOnly::new(self.inner, columns)))
    }
}

impl<M: Writable> InScope<QuerySet<M>> {
    /// `update` of the queryset, in this audit context.
    ///
    /// # Errors
    /// As of the queryset.
    pub fn update<'c, D, A>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
        db: D,
    ) -> BoxFuture<'c, Result<u64>>
    where
        A: OneOrMore<Assignment<M>>,
        D: Db<'c, BulkWrite<M>, Out = u64> + 'c,
    {
        let db = self.on(db);
        Box::pin(db.run(self.inner.updated(assignments(M::COLUMNS).into_vec())))
    }
}
