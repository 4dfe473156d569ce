//! All entries that are asked for, as a file: read page by page while it is sent, so that it takes no more memory than a page.
//!
//! A client that goes away is sent nothing more, and nothing more is read for it. An error cuts the answer off: it does not end as
//! one that is complete.

use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use futures_util::stream;
use serde::Serialize;

use super::AuditPage;
use super::asked::{Asked, FILTERS, Typed, models};
use super::rows::Entries;
use super::staff::Staff;
use super::view::exact;
use crate::capability::audit_log::AuditLog;
use crate::choices::ModelEnum;
use crate::clock;
use crate::error::ValidationErrors;
use crate::field::BoxError;
use crate::pool::Pool;
use crate::queryset::Cursors;
use crate::record::Changes;
use crate::users::UserModel;
use crate::web::{Problem, WebResult};

/// How many entries are read at once, and looked at for what is tested.
const SIZE: u64 = 500;

/// An entry, as it is exported.
#[derive(Serialize)]
struct Line<'a> {
    id: i64,
    timestamp: String,
    action: &'static str,
    content_type: &'a str,
    object_id: &'a str,
    object_repr: &'a str,
    changes: &'a Changes,
    actor_id: Option<&'a str>,
    actor_label: Option<&'a str>,
    ip_address: Option<IpAddr>,
    user_agent: &'a str,
    request_id: Option<&'a str>,
}

/// Its fields, in their order.
const FIELDS: [&str; 12] = [
    "id",
    "timestamp",
    "action",
    "content_type",
    "object_id",
    "object_repr",
    "changes",
    "actor_id",
    "actor_label",
    "ip_address",
    "user_agent",
    "request_id",
];

impl<'a> From<&'a AuditLog> for Line<'a> {
    fn from(entry: &'a AuditLog) -> Self {
        Self {
            id: entry.id,
            timestamp: exact(&entry.timestamp),
            action: entry.action.as_str(),
            content_type: &entry.content_type,
            object_id: &entry.object_id,
            object_repr: &entry.object_repr,
            changes: &entry.changes,
            actor_id: entry.actor_id.as_deref(),
            actor_label: entry.actor_label.as_deref(),
            ip_address: entry.ip_address,
            user_agent: &entry.user_agent,
            request_id: entry.request_id.as_deref(),
        }
    }
}

/// What entries are written as.
#[derive(Clone, Copy)]
struct Format {
    extension: &'static str,
    kind: &'static str,
    /// What comes before the first.
    start: fn() -> Result<Vec<u8>, BoxError>,
    write: fn(&[AuditLog]) -> Result<Vec<u8>, BoxError>,
}

const CSV: Format = Format {
    extension: "csv",
    kind: "text/csv; charset=utf-8; header=present",
    start: || csv_records(std::iter::once(Ok(FIELDS.map(str::to_owned)))),
    write: |entries| csv_records(entries.iter().map(cells)),
};

const JSON_LINES: Format = Format {
    extension: "jsonl",
    kind: "application/x-ndjson",
    start: || Ok(Vec::new()),
    write: |entries| {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, &Line::from(entry))?;
            lines.push(b'\n');
        }
        Ok(lines)
    },
};

fn csv_records(
    records: impl Iterator<Item = Result<[String; FIELDS.len()], BoxError>>,
) -> Result<Vec<u8>, BoxError> {
    let mut writer = csv::WriterBuilder::new();
    let writer = writer.quote_style(csv::QuoteStyle::Always).terminator(csv::Terminator::CRLF);
    let mut writer = writer.from_writer(Vec::new());
    for record in records {
        writer.write_record(record?)?;
    }
    Ok(writer.into_inner()?)
}

fn cells(entry: &AuditLog) -> Result<[String; FIELDS.len()], BoxError> {
    let line = Line::from(entry);
    let changes = no_formula_in_json(&serde_json::to_string(line.changes)?);
    let address = line.ip_address.map(|address| address.to_string());
    Ok([
        line.id.to_string(),
        line.timestamp,
        line.action.to_owned(),
        no_formula(line.content_type),
        no_formula(line.object_id),
        no_formula(line.object_repr),
        changes,
        no_formula(line.actor_id.unwrap_or_default()),
        no_formula(line.actor_label.unwrap_or_default()),
        address.unwrap_or_default(),
        no_formula(line.user_agent),
        no_formula(line.request_id.unwrap_or_default()),
    ])
}

/// What a spreadsheet takes for the start of a formula.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text that no spreadsheet takes for a formula: an apostrophe comes before what begins like one. So it does behind a semicolon,
/// where a spreadsheet starts a cell in countries whose comma is a decimal one.
fn no_formula(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for c in text.chars() {
        if begins && FORMULA.contains(&c) {
            safe.push('\'');
        }
        safe.push(c);
        begins = c == ';';
    }
    safe
}

/// The same JSON: a semicolon is in a string of it, where the character behind can be escaped.
fn no_formula_in_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut begins = false;
    for c in json.chars() {
        if begins && FORMULA.contains(&c) {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
        begins = c == ';';
    }
    safe
}

pub(super) async fn csv<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    staff: Staff<U>,
    uri: OriginalUri,
) -> WebResult {
    export(&audit, staff, uri, CSV).await
}

pub(super) async fn json_lines<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    staff: Staff<U>,
    uri: OriginalUri,
) -> WebResult {
    export(&audit, staff, uri, JSON_LINES).await
}

async fn export<U: UserModel>(
    audit: &AuditPage<U>,
    Staff(caller): Staff<U>,
    OriginalUri(uri): OriginalUri,
    format: Format,
) -> WebResult {
    let db = caller.db();
    let mut errors = ValidationErrors::new("AuditLog");
    let typed = Typed::read(uri.query(), &FILTERS, &mut errors);
    let asked = Asked::read::<U>(&typed, &models(db).await?, db, &mut errors).await?;
    if !errors.errors().is_empty() {
        return Err(Problem::bad_request(errors));
    }
    let name = format!(
        "attachment; filename=\"audit-log-{}.{}\"",
        clock::now().format("%Y%m%dT%H%M%SZ"),
        format.extension
    );
    let name = HeaderValue::try_from(name).map_err(|error| Problem::internal(&error))?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(format.kind)), (header::CONTENT_DISPOSITION, name)];
    let rest = Rest { asked, db: db.clone(), cursors: audit.cursors.clone(), format, from: Place::Start };
    let parts = stream::try_unfold(rest, |rest| async {
        rest.next().await.inspect_err(|error| tracing::error!(%error, "an export was cut off"))
    });
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// What is still to be sent.
struct Rest {
    asked: Asked,
    db: Pool,
    cursors: Cursors,
    format: Format,
    from: Place,
}

/// Where it goes on.
enum Place {
    Start,
    After(String),
    End,
}

impl Rest {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BoxError> {
        let (mut part, cursor) = match self.from {
            Place::Start => ((self.format.start)()?, None),
            Place::After(cursor) => (Vec::new(), Some(cursor)),
            Place::End => return Ok(None),
        };
        let pages = Entries::new(&self.asked, self.db.dialect()).keyset(SIZE, SIZE, &self.cursors);
        let page = pages.after(cursor.as_deref())?.fetch(&self.db).await?;
        part.extend((self.format.write)(&page.items)?);
        self.from = page.next.map_or(Place::End, Place::After);
        Ok(Some((part.into(), self)))
    }
}
