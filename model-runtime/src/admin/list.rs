//! The list of entries: filters, a search, and pages by cursor.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;

use super::AuditPage;
use super::asked::{AFTER, Asked, BEFORE, FILTERS, Typed, models};
use super::rows::{AMONG, Entries};
use super::staff::Staff;
use super::view::{Frame, page};
use crate::capability::audit_log::{Action, AuditLog};
use crate::choices::ModelEnum;
use crate::error::{Error, FieldError, Result, ValidationErrors};
use crate::queryset::{Keyset, KeysetPage, Query, QuerySet};
use crate::users::UserModel;
use crate::web::{Problem, WebResult};

/// How many entries a page has.
const SIZE: u64 = 50;

#[derive(Template)]
#[template(path = "admin/list.html")]
struct ListPage {
    frame: Frame,
    typed: Typed,
    models: Vec<String>,
    errors: Vec<FieldError>,
    page: Option<KeysetPage<AuditLog>>,
}

impl ListPage {
    fn actions(&self) -> &'static [Action] {
        Action::VARIANTS
    }

    fn error(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == field);
        error.map(|error| error.message.as_str())
    }

    fn is_filtered(&self) -> bool {
        FILTERS.iter().any(|name| self.typed.given(name).is_some())
    }

    /// Whether there is a page that these go on from.
    fn is_further(&self) -> bool {
        [AFTER, BEFORE].iter().any(|name| self.typed.given(name).is_some())
    }

    /// The list with these filters, from this place.
    fn at(&self, name: &'static str, cursor: &str) -> String {
        let mut parameters = self.typed.only(&FILTERS);
        parameters.push((name, cursor.to_owned()));
        self.frame.list(&parameters)
    }

    fn newest(&self) -> String {
        self.frame.list(&self.typed.only(&FILTERS))
    }

    fn export(&self, kind: &str) -> String {
        self.frame.link(&format!("/export.{kind}"), &self.typed.only(&FILTERS))
    }

    /// Whether all rows were used up that are looked among, and where more may be found.
    fn goes_on(&self) -> Option<&'static str> {
        let is_cut = self.page.as_ref().is_some_and(|page| page.is_cut);
        is_cut.then_some(if self.typed.given(BEFORE).is_some() { "newer" } else { "older" })
    }

    /// The model that is asked for, where there are no entries of it.
    fn model_without_entries(&self) -> Option<&str> {
        self.typed.given("model").filter(|asked| self.models.iter().all(|model| model != asked))
    }
}

pub(super) async fn show<U: UserModel>(
    State(audit): State<AuditPage<U>>,
    Staff(caller): Staff<U>,
    OriginalUri(uri): OriginalUri,
) -> WebResult {
    let db = caller.db();
    let mut errors = ValidationErrors::new("AuditLog");
    let names = [&FILTERS[..], &[AFTER, BEFORE]].concat();
    let typed = Typed::read(uri.query(), &names, &mut errors);
    let models = models(db).await?;
    let asked = Asked::read::<U>(&typed, &models, db, &mut errors).await?;
    let entries = pages(&audit, &typed, &asked, &mut errors)?;
    let entries = if errors.errors().is_empty() { entries } else { None };
    let found = match entries {
        Some(entries) => Some(entries.fetch(db).await?),
        None => None,
    };
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let frame = Frame::new(&audit.path, &caller);
    page(status, &ListPage { frame, typed, models, errors: errors.errors().to_vec(), page: found })
}

/// The page of entries; none where the cursor is refused.
fn pages<U: UserModel>(
    audit: &AuditPage<U>,
    typed: &Typed,
    asked: &Asked,
    errors: &mut ValidationErrors,
) -> Result<Option<Keyset<AuditLog, QuerySet<AuditLog>>>> {
    let pages = Entries::new(asked, audit.web.db().dialect()).keyset(SIZE, AMONG, &audit.cursors);
    turned(pages, typed, errors)
}

/// The page that the parameters name the place of.
pub(super) fn turned(
    pages: Keyset<AuditLog, QuerySet<AuditLog>>,
    typed: &Typed,
    errors: &mut ValidationErrors,
) -> Result<Option<Keyset<AuditLog, QuerySet<AuditLog>>>> {
    let (name, pages) = match (typed.given(AFTER), typed.given(BEFORE)) {
        (Some(_), Some(_)) => {
            errors.add(BEFORE, "and after exclude each other; leave one out");
            return Ok(None);
        }
        (after, None) => (AFTER, pages.after(after)),
        (None, before) => (BEFORE, pages.before(before)),
    };
    match pages {
        Ok(pages) => Ok(Some(pages)),
        Err(Error::Validation(refused)) => {
            refused.errors().iter().for_each(|error| errors.add(name, error.message.clone()));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl<U: UserModel> AuditPage<U> {
    /// What the database would do for the list that a query string asks for: for tests that look for an index by name.
    ///
    /// # Errors
    /// 400 where the query string is refused; the database's.
    pub async fn explain(&self, query: &str) -> WebResult<String> {
        let db = self.web.db();
        let mut errors = ValidationErrors::new("AuditLog");
        let names = [&FILTERS[..], &[AFTER, BEFORE]].concat();
        let typed = Typed::read(Some(query), &names, &mut errors);
        let asked = Asked::read::<U>(&typed, &models(db).await?, db, &mut errors).await?;
        let pages = pages(self, &typed, &asked, &mut errors)?;
        match pages.filter(|_| errors.errors().is_empty()) {
            Some(pages) => Ok(pages.into_rows()?.explain(db).await?),
            None => Err(Problem::bad_request(errors)),
        }
    }
}
