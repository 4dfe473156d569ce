//! One entry, with what it changed.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::AuditPage;
use super::diff::{ChangeTable, deadline};
use super::staff::Staff;
use super::view::{Frame, page};
use crate::capability::audit_log::AuditLog;
use crate::choices::ModelEnum;
use crate::model::Model;
use crate::queryset::Query;
use crate::users::UserModel;
use crate::web::{Problem, WebResult};

#[derive(Template)]
#[template(path = "admin/entry.html")]
struct EntryPage {
    frame: Frame,
    entry: AuditLog,
    changes: ChangeTable,
}

pub(super) async fn show<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    Staff(caller): Staff<U>,
    id: Result<Path<String>, PathRejection>,
) -> WebResult {
    // What is no UTF-8 is nobody's number either.
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    let entry = match id.parse::<i64>() {
        Ok(number) => AuditLog::objects().filter(|log| log.id.eq(number)).first(caller.db()).await?,
        Err(_) => None,
    };
    let entry = entry.ok_or_else(|| {
        let id: String = id.chars().take(50).collect();
        Problem::new(StatusCode::NOT_FOUND, format!("there is no entry {id}; go back to the list"))
    })?;
    let changes = ChangeTable::new(entry.action, &entry.changes, deadline());
    page(StatusCode::OK, &EntryPage { frame: Frame::new(&audit.path, &caller), entry, changes })
}
