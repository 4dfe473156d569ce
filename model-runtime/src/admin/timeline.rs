//! The history of one object: all that was done to it, the newest first.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;

use super::AuditPage;
use super::asked::{AFTER, BEFORE, Typed};
use super::diff::{ChangeTable, deadline};
use super::list::turned;
use super::staff::Staff;
use super::view::{Frame, object_of, page};
use crate::capability::audit_log::AuditLog;
use crate::choices::ModelEnum;
use crate::error::ValidationErrors;
use crate::model::Model;
use crate::queryset::Pages;
use crate::users::UserModel;
use crate::web::{Problem, WebResult};

/// How many entries a page has. Each shows what it changed.
const SIZE: u64 = 20;

#[derive(Template)]
#[template(path = "admin/timeline.html")]
struct TimelinePage<'a> {
    frame: Frame,
    model: &'a str,
    id: &'a str,
    title: String,
    entries: Vec<(AuditLog, ChangeTable)>,
    newer: Option<String>,
    older: Option<String>,
}

pub(super) async fn show<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    Staff(caller): Staff<U>,
    OriginalUri(uri): OriginalUri,
) -> WebResult {
    let mut errors = ValidationErrors::new("AuditLog");
    let typed = Typed::read(uri.query(), &["model", "id", AFTER, BEFORE], &mut errors);
    for name in ["model", "id"] {
        if typed.given(name).is_none() && errors.errors().iter().all(|error| error.field != name) {
            errors.add(name, "is missing; go by a link of the list");
        }
    }
    let (model, id) = (typed.get("model"), typed.get("id"));
    let rows = AuditLog::objects().filter(|log| log.content_type.eq(model) & log.object_id.eq(id));
    let pages = turned(rows.keyset(SIZE, &audit.cursors), &typed, &mut errors)?;
    let Some(pages) = pages.filter(|_| errors.errors().is_empty()) else {
        return Err(Problem::bad_request(errors));
    };
    let found = pages.fetch(caller.db()).await?;
    let Some(newest) = found.items.first() else {
        let detail = format!("nothing is recorded of {model} {id}; go back to the list");
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    let title = object_of(newest).to_owned();
    let frame = Frame::new(&audit.path, &caller);
    let at = |name, cursor: Option<String>| {
        cursor.map(|cursor| frame.link("/object/", &[("model", model), ("id", id), (name, &cursor)]))
    };
    let (newer, older) = (at(BEFORE, found.previous), at(AFTER, found.next));
    let deadline = deadline();
    let with_changes = |entry: AuditLog| {
        let changes = ChangeTable::new(entry.action, &entry.changes, deadline);
        (entry, changes)
    };
    let entries = found.items.into_iter().map(with_changes).collect();
    page(StatusCode::OK, &TimelinePage { frame, model, id, title, entries, newer, older })
}
