//! On the web: a layer for [axum](https://docs.rs/axum) that opens the audit scope of each request, extractors for users, problem
//! details, and `ViewSet`, a REST API of a model. Feature `axum`.
//!
//! What writes is boxed: a request goes through many futures, and each holds the next, which is a lot for a thread's stack.

mod accept;
mod bearer;
mod body;
mod caller;
mod client_address;
mod csrf;
mod etag;
mod layer;
pub mod openapi;
mod problem;
mod request_id;
mod require_perm;
mod row_id;
mod session;
mod settings;
#[cfg(feature = "swagger-ui")]
mod swagger_ui;
mod viewset;

pub use accept::accept_json;
#[cfg(feature = "admin")]
pub(crate) use body::bytes;
pub use body::{JsonBody, QueryString};
pub use caller::{Caller, SignedIn};
#[cfg(feature = "admin")]
pub(crate) use csrf::is_form;
pub use csrf::{CSRF_FIELD, CSRF_HEADER};
pub use layer::AuditLayer;
pub use openapi::ApiDoc;
pub use problem::{Problem, WebResult, method_not_allowed, not_found};
pub use request_id::REQUEST_ID;
pub use require_perm::RequirePerm;
pub use row_id::RowId;
pub use settings::{SetCookie, Web};
#[cfg(feature = "swagger-ui")]
pub use swagger_ui::swagger_ui;
/// The library that writes OpenAPI documents: for operations of the program's own.
pub use utoipa;
pub use viewset::{Access, Action, TextColumns, ViewSet};
