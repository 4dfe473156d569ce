//! Models over sqlx: `#[derive(Model)]` on a plain struct, with soft delete, timestamps, publishing, SEO, a change log
//! (`#[track_changes]`) and an audit trail (`#[audited]`) as attributes, checked against the real schema at build time.
//!
//! ```
//! use model_runtime::prelude::*;
//!
//! #[mixins]
//! #[derive(Debug, Clone, PartialEq, Model)]
//! #[model(table = "posts", display = title, unchecked)]
//! #[timestamps]
//! #[soft_delete]
//! pub struct Post {
//!     #[column(max_length = 200)]
//!     pub title: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> model_runtime::Result<()> {
//! let pool = Pool::connect("sqlite::memory:").await?;
//! model_runtime::schema::create_tables(&[Post::table()], &pool).await?;
//!
//! let mut post = Post::builder().title("Hello").create(&pool).await?;
//! post.delete(&pool).await?;
//! assert_eq!(Post::objects().count(&pool).await?, 0);
//! assert_eq!(Post::objects().deleted().recent(7).restore(&pool).await?, 1);
//! # Ok(()) }
//! ```
//!
//! Cargo features: `sqlite` (default) and `postgres`; `users` for users, `files` for stored files and avatars, `s3` to
//! store them in S3, `cursors` for pages by a signed cursor; `cache` for rows that are kept in memory, `redis` to keep them
//! in Redis; `axum` for the web, `admin` for a page that shows the audit trail.

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("model-runtime wants a database: enable its feature `sqlite`, `postgres` or both");

extern crate self as model_runtime;

#[cfg(feature = "admin")]
pub mod admin;
mod arithmetic;
mod atomic;
mod backend;
#[cfg(feature = "sqlite")]
pub mod build;
mod cache;
mod canonical_json;
mod capability;
#[doc(hidden)]
pub mod checked;
mod choices;
pub mod clock;
mod column;
mod db;
mod error;
mod expr;
mod field;
mod fields;
pub mod files;
mod json_path;
mod many_to_many;
mod model;
mod pool;
pub mod prelude;
pub mod profile;
mod queryset;
pub mod record;
mod referrer;
mod relation;
pub mod schema;
mod sql;
mod statements;
mod table;
mod text;
#[cfg(feature = "users")]
pub mod users;
mod validate;
mod value;
#[cfg(feature = "axum")]
pub mod web;
mod write;

pub use arithmetic::{Computed, Expression, Number};
pub use backend::{Backend, ColumnReader, read};
pub use capability::audited as audit;
#[cfg(feature = "cache")]
pub use capability::cached;
pub use capability::{
    audit_log, publishable, searchable, seo, soft_delete, timestamps, track_changes, versioned,
};
pub use choices::{ModelEnum, UnknownChoice};
pub use column::{Assignment, Column, ColumnList, ColumnRef, IntoOperand, OneOrMore, Order, Selection};
pub use db::{Db, Op, StreamDb, StreamOp};
pub use error::{Error, FieldError, Result, ValidationErrors};
pub use expr::{Condition, Operand};
pub use field::{BoxError, FieldType, Json, Key, TextType};
pub use fields::Fields;
pub use json_path::{JsonPath, JsonStep, JsonType};
pub use many_to_many::{ChangeLinks, ManyToMany, PrefetchMany, Through};
pub use model::{Hooks, Model, Writable, Write, WriteEvent};
pub use model_derive::{Model, ModelEnum, ModelNewtype, mixins};
pub use pool::{AnyOp, AnyStream, Connection, Pool, Transaction};
pub use queryset::{
    Aggregate, Aggregated, BulkWrite, Count, Exists, FetchAll, FetchOne, FetchOptional, FetchPrefetched,
    FigureOrder, Figures, ForeignKey, GetById, GroupFigures, Groups, Having, Prefetch, Query, QuerySet,
    Reload, Rows, SelectRelated, Summed, Values, count, exists,
};
#[cfg(feature = "cursors")]
pub use queryset::{Cursors, Keyset, KeysetPage};
pub use queryset::{
    Explain, Locked, Page, Paged, Pages, RawQuery, RawRow, RawTuples, RawValues, UpdateReturning,
};
pub use relation::{Always, Maybe, Path, Presence, Related, read_related};
pub use sql::Sql;
pub use statements::{ChangeSql, GeneratedDef, SetTo, Statements};
pub use table::{
    CacheDef, ColumnDef, Delete, Dialect, IndexDef, OnDelete, OrderDef, Reference, Role, ScopeDef, TableDef,
};
pub use value::{Kind, Value};
pub use write::{
    BulkCreate, Change, Create, Differences, HardDelete, Insert, Restore, RowChange, Save, SaveOnly, UpdateIf,
};
pub use write::{BulkCreateNew, BulkUpdate, GetOrCreate, UpdateOrCreate, Upsert};

pub use capability::audit_log::AuditLog;
pub use capability::publishable::PublishStatus;
pub use capability::track_changes::ChangeLog;

/// What the derive's output names. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use chrono::{DateTime, Utc};
    pub use futures_util::future::BoxFuture;
    pub use inventory;
    pub use sqlx;
    pub use uuid::Uuid;

    pub use crate::builder::{Given, Set, Unset, absent, given};
    pub use crate::referrer::Referring;

    /// An instant, in the signatures of capabilities.
    pub type Time = DateTime<Utc>;

    /// There is no column at that position.
    pub fn no_column() -> ! {
        unreachable!("there are no more columns")
    }
}

mod builder;
