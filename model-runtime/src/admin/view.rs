//! What the templates have in common.

use std::fmt;
use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, SecondsFormat, Utc};
use data_encoding::HEXLOWER;
use form_urlencoded::Serializer;
use sha2::{Digest, Sha256};

use crate::capability::audit_log::AuditLog;
use crate::users::{UserModel, UserRow};
use crate::web::{CSRF_FIELD, Caller, Problem, WebResult};

/// Where the stylesheet is.
pub(super) const STYLE: &str = "/style.css";

static STYLE_VERSION: LazyLock<String> =
    LazyLock::new(|| HEXLOWER.encode(&Sha256::digest(include_str!("../../templates/admin/style.css"))[..6]));

/// What every page shows around its content.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The audit page's path.
    pub path: String,
    /// Who is signed in.
    pub user: Option<String>,
    /// What a form of theirs shows; a bearer token needs none.
    pub csrf_token: Option<String>,
}

impl Frame {
    pub(super) fn new<U: UserModel>(path: &str, caller: &Caller<U>) -> Self {
        let user = caller.user().map(UserRow::get_display_name);
        Self { path: path.to_owned(), user, csrf_token: caller.csrf_token() }
    }

    /// Around a page that knows of no caller.
    pub(super) fn bare(path: &str) -> Self {
        Self { path: path.to_owned(), user: None, csrf_token: None }
    }

    pub(super) fn style(&self) -> String {
        format!("{}{STYLE}?v={}", self.path, *STYLE_VERSION)
    }

    pub(super) fn csrf_field(&self) -> &'static str {
        CSRF_FIELD
    }

    /// The list with these parameters.
    pub(super) fn list<V: AsRef<str>>(&self, parameters: &[(&str, V)]) -> String {
        self.link("/", parameters)
    }

    /// An entry's own page.
    pub(super) fn entry(&self, entry: &AuditLog) -> String {
        format!("{}/entries/{}/", self.path, entry.id)
    }

    /// What was done to the entry's object.
    pub(super) fn object(&self, entry: &AuditLog) -> String {
        self.link("/object/", &[("model", &entry.content_type), ("id", &entry.object_id)])
    }

    /// What the entry's user did.
    pub(super) fn actor(&self, key: &str) -> String {
        self.list(&[("user", key)])
    }

    pub(super) fn link<V: AsRef<str>>(&self, page: &str, parameters: &[(&str, V)]) -> String {
        let path = format!("{}{page}", self.path);
        if parameters.is_empty() {
            return path;
        }
        format!("{path}?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
    }
}

/// The name of whoever wrote the entry: their label, else their key.
pub(super) fn actor_of(entry: &AuditLog) -> Option<&str> {
    let label = entry.actor_label.as_deref().filter(|label| !label.trim().is_empty());
    label.or(entry.actor_id.as_deref())
}

/// How an object shows itself, where it does.
pub(super) fn object_of(entry: &AuditLog) -> &str {
    if entry.object_repr.trim().is_empty() { "(no title)" } else { &entry.object_repr }
}

/// A time for people, to the second.
pub(super) fn shown(time: &DateTime<Utc>) -> impl fmt::Display {
    time.format("%Y-%m-%d %H:%M:%S")
}

/// A time for programs.
pub(super) fn exact(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A problem's detail as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// A page of that status.
pub(super) fn page(status: StatusCode, template: &impl Template) -> WebResult {
    let html = template.render().map_err(|error| Problem::internal(&error))?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((status, [(header::CONTENT_TYPE, kind)], html).into_response())
}
