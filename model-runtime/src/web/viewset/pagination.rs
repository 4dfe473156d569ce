//! Pages of a list: by number, and by cursor.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::related::Load;
use super::representation::Representation;
use super::work::Work;
use crate::error::ValidationErrors;
use crate::model::Model;
use crate::queryset::{Cursors, QuerySet};
use crate::web::problem::{Problem, WebResult};

pub(super) const PAGE: &str = "page";
pub(super) const PAGE_SIZE: &str = "page_size";
pub(super) const CURSOR: &str = "cursor";
pub(super) const BEFORE: &str = "before";

/// How long pages are, and whether they can be had by cursor.
#[derive(Debug, Clone)]
pub(in crate::web) struct Pagination {
    pub size: u64,
    pub max_size: u64,
    pub cursors: Option<Cursors>,
}

/// The page that a query string asks for.
pub(super) struct Asked {
    number: Option<u64>,
    size: u64,
    cursor: Option<Place>,
}

/// Where a page by cursor is: behind the row of a cursor, or before it. Of no cursor it is the first, or the last.
pub(super) struct Place {
    pub cursor: Option<String>,
    pub before: bool,
}

impl Pagination {
    /// Whether a parameter is about pages.
    pub(super) fn knows(&self, name: &str) -> bool {
        matches!(name, PAGE | PAGE_SIZE) || (matches!(name, CURSOR | BEFORE) && self.cursors.is_some())
    }

    pub(super) fn read(&self, parameters: &[(String, String)], errors: &mut ValidationErrors) -> Asked {
        let mut asked = Asked { number: None, size: self.size, cursor: None };
        for (name, text) in parameters {
            match name.as_str() {
                PAGE => match text.parse() {
                    Ok(number @ 1..) => asked.number = Some(number),
                    _ => errors.add(PAGE, "is no whole number from 1 on"),
                },
                PAGE_SIZE => match text.parse() {
                    Ok(size) if (1..=self.max_size).contains(&size) => asked.size = size,
                    _ => errors.add(PAGE_SIZE, format!("is no whole number from 1 to {}", self.max_size)),
                },
                CURSOR | BEFORE if self.cursors.is_some() => {
                    if asked.cursor.is_some() {
                        errors.add(BEFORE, "and cursor exclude each other");
                    }
                    let cursor = Some(text.clone()).filter(|text| !text.is_empty());
                    asked.cursor = Some(Place { cursor, before: name == BEFORE });
                }
                _ => {}
            }
        }
        if asked.number.is_some() && asked.cursor.is_some() {
            errors.add(CURSOR, "and page exclude each other");
        }
        asked
    }

    /// The page, as it is answered.
    pub(super) async fn answer<M: Model>(
        &self,
        rows: QuerySet<M>,
        asked: Asked,
        uri: &Uri,
        load: &dyn Load<M>,
        shown: &Representation<M>,
        work: &mut Work,
    ) -> WebResult {
        let (count, next, previous, rows) = match (asked.cursor, &self.cursors) {
            (Some(cursor), Some(cursors)) => {
                let page = load.keyset(rows, asked.size, (cursors, cursor), shown, work).await?;
                let to =
                    |name: &'static str| move |cursor: String| link(uri, &[CURSOR, BEFORE], name, &cursor);
                (None, page.next.map(to(CURSOR)), page.previous.map(to(BEFORE)), page.rows)
            }
            _ => {
                let number = asked.number.unwrap_or(1);
                let (page, rows) = load.page(rows, (number, asked.size), shown, work).await?;
                if number > 1 && number > page.pages() {
                    let detail = format!("there is no page {number}: there are {}", page.pages());
                    return Err(Problem::new(StatusCode::NOT_FOUND, detail));
                }
                let to = |number: u64| link(uri, &[PAGE], PAGE, &number.to_string());
                let next = page.has_next().then(|| to(number + 1));
                let previous = page.has_previous().then(|| to(number - 1));
                (Some(page.total), next, previous, rows)
            }
        };
        let count = count.map(|count| format!("\"count\":{count},")).unwrap_or_default();
        let text = |link: Option<String>| serde_json::Value::from(link).to_string();
        let (next, previous) = (text(next), text(previous));
        let start = format!("{{{count}\"next\":{next},\"previous\":{previous},\"results\":[");
        let mut body = start.into_bytes();
        body.extend_from_slice(&rows);
        body.extend_from_slice(b"]}");
        Ok(json(body))
    }
}

/// An answer of JSON text.
pub(super) fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The address of another page: the same query, with another parameter in place of these. It is relative to the host, which only the
/// outermost proxy knows.
fn link(uri: &Uri, others: &[&str], name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let given = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.extend_pairs(given.filter(|(given, _)| !others.contains(&given.as_ref()))).append_pair(name, value);
    format!("{}?{}", uri.path(), query.finish())
}
