//! What a query string asks the audit log for.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::capability::audit_log::{Action, AuditLog};
use crate::choices::ModelEnum;
use crate::error::{Result, ValidationErrors};
use crate::expr::{Expr, Like};
use crate::model::Model;
use crate::pool::Pool;
use crate::queryset::Query;
use crate::users::UserModel;

/// The parameters that filter.
pub(super) const FILTERS: [&str; 6] = ["search", "action", "model", "user", "from", "to"];

/// The parameters that say where a page starts or ends.
pub(super) const AFTER: &str = "after";
pub(super) const BEFORE: &str = "before";

/// Longest search, in characters, and most words of it.
const SEARCH_LENGTH: usize = 200;
const SEARCH_WORDS: usize = 10;

/// In how many users' addresses a word may be: their keys are values of the search.
const USERS: usize = 1000;

/// Longest of the other parameters; what the columns hold.
const TEXT_LENGTH: usize = 255;

/// The parameters as they were typed. What is empty was not given.
#[derive(Debug, Clone)]
pub(super) struct Typed(Vec<(&'static str, String)>);

impl Typed {
    /// Reads the parameters of these names.
    pub(super) fn read(query: Option<&str>, names: &[&'static str], errors: &mut ValidationErrors) -> Self {
        let mut typed = Self(Vec::new());
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let Some(known) = names.iter().find(|known| **known == name) else {
                let name: String = name.chars().take(50).collect();
                errors.add(name, format!("is no parameter of this page; it has {}", names.join(", ")));
                continue;
            };
            if typed.0.iter().any(|(given, _)| given == known) {
                errors.add(*known, "is given twice; give it once");
            } else if value.contains('\0') {
                errors.add(*known, "contains the character U+0000, which no text has; leave it out");
            } else if value.chars().count() > TEXT_LENGTH && ![AFTER, BEFORE].contains(known) {
                let length = value.chars().count();
                errors.add(*known, format!("has {length} characters, {TEXT_LENGTH} are allowed"));
            } else {
                typed.0.push((*known, value.trim().to_owned()));
            }
        }
        typed.0.retain(|(_, value)| !value.is_empty());
        typed
    }

    /// What was typed there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// What was given of these, for a link.
    pub(super) fn only(&self, names: &[&str]) -> Vec<(&'static str, String)> {
        self.0.iter().filter(|(name, _)| names.contains(name)).cloned().collect()
    }

    /// The date that was typed there.
    fn date(&self, name: &str, errors: &mut ValidationErrors) -> Option<NaiveDate> {
        let text = self.given(name)?;
        let date = NaiveDate::from_str(text).ok().filter(|date| (1..=9998).contains(&date.year()));
        if date.is_none() {
            errors.add(name, format!("is {text:?}, and no date; write it as 2026-01-31"));
        }
        date
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub action: Option<Action>,
    pub model: Option<String>,
    /// The key of the user.
    pub actor_id: Option<String>,
    /// From the start of that day on, in UTC.
    pub from: Option<NaiveDate>,
    /// Until the end of that day.
    pub to: Option<NaiveDate>,
    pub words: Vec<Word>,
}

/// A word of the search.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub text: String,
    /// The keys of the users in whose address it is.
    pub actors: Vec<String>,
}

impl Asked {
    /// Reads the filters. `models` are those of which there are entries.
    pub(super) async fn read<U: UserModel>(
        typed: &Typed,
        models: &[String],
        db: &Pool,
        errors: &mut ValidationErrors,
    ) -> Result<Self> {
        let mut asked = Self::default();
        if let Some(text) = typed.given("action") {
            match text.parse() {
                Ok(action) => asked.action = Some(action),
                Err(_) => {
                    let known: Vec<_> = Action::VARIANTS.iter().map(ModelEnum::as_str).collect();
                    errors.add("action", format!("is {text:?}, and must be one of {}", known.join(", ")));
                }
            }
        }
        if let Some(text) = typed.given("model") {
            if is_label(text) || models.iter().any(|model| model == text) {
                asked.model = Some(text.to_owned());
            } else {
                errors.add("model", format!("is {text:?}, and no model's label; write it as blog.post"));
            }
        }
        if let Some(text) = typed.given("user") {
            asked.actor_id = if text.contains('@') {
                let user = U::objects().by_email(text).fetch_optional(db).await?;
                if user.is_none() {
                    errors.add(
                        "user",
                        format!("is {text:?}, an address that no user has; a user who is gone is found by their key"),
                    );
                }
                user.map(|user| user.id().to_string())
            } else {
                Some(text.to_owned())
            };
        }
        (asked.from, asked.to) = (typed.date("from", errors), typed.date("to", errors));
        if let (Some(from), Some(to)) = (asked.from, asked.to)
            && from > to
        {
            errors.add("to", format!("is {to}, before {from}; exchange the two"));
        }
        if let Some(text) = typed.given("search") {
            let length = text.chars().count();
            let words: Vec<_> = text.split_whitespace().collect();
            if length > SEARCH_LENGTH {
                errors.add("search", format!("has {length} characters, {SEARCH_LENGTH} are allowed"));
            } else if words.len() > SEARCH_WORDS {
                let words = words.len();
                errors.add("search", format!("has {words} words, {SEARCH_WORDS} are allowed"));
            } else if errors.errors().is_empty() {
                for word in words {
                    asked.words.push(Word::find::<U>(word, db, errors).await?);
                }
            }
        }
        Ok(asked)
    }
}

impl Word {
    /// Reads the keys once, so that what is searched need not look at the users for each entry.
    async fn find<U: UserModel>(text: &str, db: &Pool, errors: &mut ValidationErrors) -> Result<Self> {
        let column = U::TABLE.column_of("email").into();
        let has_word = Expr::Like { column, like: Like::ContainsAnyCase, text: text.to_owned() };
        let users = U::objects().filter_expr(has_word).order_by(|_| []).limit(USERS as u64 + 1);
        let users = users.fetch_all(db).await?;
        if users.len() > USERS {
            errors.add(
                "search",
                format!("has {text:?}, which is in the address of more than 1,000 users; write more of it"),
            );
            return Ok(Self { text: text.to_owned(), actors: Vec::new() });
        }
        Ok(Self { text: text.to_owned(), actors: users.iter().map(|user| user.id().to_string()).collect() })
    }
}

/// Whether a text could be a model's label.
fn is_label(text: &str) -> bool {
    text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'.'))
}

/// The models of which there are entries, by name: each is one step in an index.
pub(super) async fn models(db: &Pool) -> Result<Vec<String>> {
    let mut models: Vec<String> = Vec::new();
    loop {
        let rows = AuditLog::objects().order_by(|log| log.content_type.asc());
        let rows = match models.last() {
            Some(last) => rows.filter(|log| log.content_type.gt(last)),
            None => rows,
        };
        match rows.values(|log| log.content_type).first(db).await? {
            Some(model) => models.push(model),
            None => return Ok(models),
        }
    }
}
